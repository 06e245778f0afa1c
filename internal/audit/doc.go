// Package audit holds the audit log's entries and the hash chain that makes a changed,
// missing, moved or cut-off row show.
//
// It is pure: it reads no clock and no database. Its invariants: ids run from 1 without
// gaps; each entry's hash covers all of the entry and the hash before it; a payload hashes
// the same before and after PostgreSQL's JSONB has reordered it.
package audit
