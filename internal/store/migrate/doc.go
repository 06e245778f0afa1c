// Package migrate holds the schema's steps for both engines, numbered the same in both
// folders. Steps only add and are never edited once released.
package migrate

import "embed"

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
