package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// TestStatementsThatAreKeptAnswerAsFreshOnes goes through what a kept statement could get wrong.
func TestStatementsThatAreKeptAnswerAsFreshOnes(t *testing.T) {
	db, err := openPrepared(dsn(filepath.Join(t.TempDir(), "a.db"), nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec("CREATE TABLE n (id INTEGER PRIMARY KEY, text TEXT)")
	for i := range 10 {
		exec("INSERT INTO n (id, text) VALUES (?, ?)", i, fmt.Sprint(i))
	}

	t.Run("the same query while its rows are read", func(t *testing.T) {
		if got := nested(t, db); got != 100 {
			t.Errorf("%d pairs, want 100", got)
		}
	})
	t.Run("a value of the last run does not stay", func(t *testing.T) {
		var text sql.NullString
		for _, want := range []sql.NullString{{String: "7", Valid: true}, {}} {
			if err := db.QueryRowContext(t.Context(), "SELECT ?", want).Scan(&text); err != nil || text != want {
				t.Errorf("%v, %v, want %v", text, err, want)
			}
		}
	})
	t.Run("after a failed run", func(t *testing.T) {
		for range 2 {
			if _, err := db.ExecContext(t.Context(), "INSERT INTO n (id, text) VALUES (?, ?)", 1, "twice"); err == nil {
				t.Error("an id was taken twice")
			}
		}
		exec("INSERT INTO n (id, text) VALUES (?, ?)", 10, "10")
	})
	t.Run("after a query that was given up", func(t *testing.T) {
		for range 3 {
			giveUp(t, db)
		}
		exec("DELETE FROM n WHERE id = ?", 10) // Nothing holds a lock.
	})
	t.Run("after the schema has changed", func(t *testing.T) {
		exec("ALTER TABLE n ADD COLUMN more TEXT DEFAULT 'x'")
		exec("UPDATE n SET text = more WHERE id = ?", 1)
		if got := nested(t, db); got != 100 {
			t.Errorf("%d pairs, want 100", got)
		}
	})
	t.Run("more texts than are kept", func(t *testing.T) {
		for i := range 3 * maxPrepared {
			var got int
			if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + ?", i), 1).Scan(&got); err != nil || got != i+1 {
				t.Fatalf("%d: %d, %v", i, got, err)
			}
		}
	})
}

// nested reads the table once for each of its rows, in one transaction, with one text.
func nested(t *testing.T, db *sql.DB) (pairs int) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // It only reads.
	var walk func(depth int)
	walk = func(depth int) {
		rows, err := tx.QueryContext(t.Context(), "SELECT id FROM n")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			if depth == 0 {
				pairs++
				continue
			}
			walk(depth - 1)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	walk(1)
	return pairs
}

// giveUp cancels a query while its rows are read.
func giveUp(t *testing.T, db *sql.DB) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows, err := db.QueryContext(ctx, "SELECT a.id FROM n a, n b, n c")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		cancel()
	}
	if err := rows.Err(); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
