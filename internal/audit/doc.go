// Package audit holds the entries of the audit log and the hash chain that reveals a changed, missing, moved
// or cut-off row.
//
// It is pure: it reads no clock and no database. Its invariants: ids run from 1 without gaps; each entry's
// hash covers the whole entry and the hash before it; a payload has the same hash before and after
// PostgreSQL's JSONB has reordered it.
package audit
