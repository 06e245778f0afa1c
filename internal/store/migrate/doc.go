// Package migrate holds the schema migrations for both engines, with the same numbers in both folders.
// Migrations only add, and are never edited after a release.
package migrate

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
)

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS

// Latest is the number of the last migration: the schema version that this program works with.
func Latest() (int64, error) {
	files, err := Files.ReadDir("sqlite")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("read the embedded schema steps: %w", err)
	}
	digits, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read a schema step's number: %w", err)
	}
	return n, nil
}
