// Package store stores Docket's data in SQLite or PostgreSQL, with one set of SQL texts.
//
// It decides nothing: it loads and saves nouns, one file per noun. What differs between the two engines is in
// sqlite.go and postgres.go only. Times are integers, microseconds since 1970 in UTC, 0 for none (except
// audit_log.created_at, which people query). Keys are the 64 bits of the alert_key as a signed integer.
//
// Invariants, enforced by the schema: one live incident per key; one effect per effect id; every save of an
// incident or effect is a compare-and-set on its version; audit rows are numbered without gaps.
package store
