package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine is one file, with one writing connection and a few reading ones.
type sqliteEngine struct {
	path        string
	write, read *sql.DB
	lock        *os.File

	// writing counts our open write transactions: at most one.
	writing atomic.Int32
}

// readers is how many connections read in addition to the writer.
const readers = 4

// openSQLite opens path. An exclusive one holds a lock file while it is open, so that a second serve on the
// same data fails instead of duplicating tickets.
func openSQLite(ctx context.Context, path string, o Options) (engine, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !o.Create {
		return nil, fmt.Errorf("there is no database at %s: start docket serve first, or set the database (--database or DATABASE_URL)", path)
	}
	e := &sqliteEngine{path: path}
	if o.Exclusive {
		if err := e.take(); err != nil {
			return nil, err
		}
		// Accessible only to the user that runs Docket: it contains tickets and accounts. The files that
		// SQLite creates next to it get the same mode.
		if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err == nil { //nolint:gosec // The operator names the file.
			_ = f.Close() // Nothing was written.
		}
	}
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-32000)",
		"wal_autocheckpoint(4000)", "temp_store(MEMORY)"}}
	if !o.Exclusive && !o.Beside {
		pragmas = url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)"}, "mode": {"ro"}}
	}
	reading := url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)", "cache_size(-8000)"}}
	pragmas.Set("_txlock", "immediate")
	var err error
	if e.write, err = openPrepared(dsn(path, pragmas)); err == nil {
		e.read, err = openPrepared(dsn(path, reading))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), e.close())
	}
	e.write.SetMaxOpenConns(1)
	e.read.SetMaxOpenConns(readers)
	if err := e.write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", e.explain(err), err), e.close())
	}
	return e, nil
}

func openPrepared(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparedConnector{c}), nil
}

func dsn(path string, v url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}).String()
}

// take locks the file next to the database for this process; the kernel releases it however the process ends.
func (e *sqliteEngine) take() error {
	f, err := os.OpenFile(e.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write to %s, the folder of the database: %w", filepath.Dir(e.path), err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("another Docket is using %s: a SQLite file is for one process, and several replicas need PostgreSQL",
			e.path), f.Close())
	}
	e.lock = f
	return nil
}

func (e *sqliteEngine) dialect() dialect {
	return dialect{
		name: "sqlite", exclusive: true,
		auditTime: "created_at", auditPayload: "payload",
		clock:      "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
		encodeTime: func(t time.Time) any { return t.UTC().Format(auditTimeLayout) },
		lockHead:   "", // A write transaction is always the only one.
	}
}

// listen never reports anything: only one process has the file, and it knows its own changes.
func (e *sqliteEngine) listen(ctx context.Context, heard func()) error {
	heard()
	<-ctx.Done()
	return ctx.Err()
}

func (e *sqliteEngine) close() error {
	var errs []error
	for _, db := range []*sql.DB{e.read, e.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close())
	}
	return errors.Join(errs...)
}

func (e *sqliteEngine) reader() querier { return sqlDB{e.read} }

func (e *sqliteEngine) begin(ctx context.Context) (transaction, error) {
	tx, err := e.write.BeginTx(ctx, nil)
	if err != nil {
		// Time ran out, and none of us was writing: whoever is ahead of us in the queue is waiting for
		// another program's lock.
		if errors.Is(err, context.DeadlineExceeded) && e.writing.Load() == 0 {
			err = &lockedError{err}
		}
		return nil, err
	}
	e.writing.Add(1)
	return &sqliteTx{engine: e, tx: tx}, nil
}

// lockedError means that waiting for another program's lock was given up.
type lockedError struct{ err error }

func (e *lockedError) Error() string { return "locked by another program: " + e.err.Error() }
func (e *lockedError) Unwrap() error { return e.err }

// explain says in one sentence what SQLite's error code means.
func (e *sqliteEngine) explain(err error) string {
	var se *sqlite.Error
	var locked *lockedError
	switch {
	case errors.As(err, &locked):
		return "the database " + e.path + " is locked by another program"
	case errors.Is(err, context.DeadlineExceeded):
		return "the database did not respond in time"
	case !errors.As(err, &se):
		return "the database failed"
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return "the disk that holds " + e.path + " is full: free some space, and Docket continues by itself"
	case sqlite3.SQLITE_READONLY:
		return "the database " + e.path + " or its folder is read-only: make it writable for the user that runs Docket"
	case sqlite3.SQLITE_CANTOPEN:
		return "the database " + e.path + " cannot be opened: check that its folder exists and is writable"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "the database " + e.path + " is locked by another program"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "the file " + e.path + " is not a valid SQLite database: restore it from a backup"
	case sqlite3.SQLITE_IOERR:
		return "the disk that holds " + e.path + " cannot be read or written"
	}
	return "the database failed"
}

// away is true for error codes about the file, the disk or a lock, and for timeouts.
func (e *sqliteEngine) away(err error) bool {
	se, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrConnDone)
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}

// sqlDB and sqliteTx make database/sql a querier.
type sqlDB struct{ db *sql.DB }

func (d sqlDB) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(d.db.ExecContext(ctx, query, args...))
}

func (d sqlDB) query(ctx context.Context, query string, args ...any) (rows, error) {
	rs, err := d.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rs, nil
}

type sqliteTx struct {
	engine *sqliteEngine
	tx     *sql.Tx
	// over means that the transaction has ended.
	over bool
}

// end records that the transaction is over, once.
func (t *sqliteTx) end() {
	if !t.over {
		t.over = true
		t.engine.writing.Add(-1)
	}
}

func (t *sqliteTx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(t.tx.ExecContext(ctx, query, args...))
}

func (t *sqliteTx) query(ctx context.Context, query string, args ...any) (rows, error) {
	rs, err := t.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rs, nil
}

// later runs at once: there are no round trips to save.
func (t *sqliteTx) later(ctx context.Context, query string, args ...any) error {
	_, err := t.exec(ctx, query, args...)
	return err
}

func (t *sqliteTx) laterOne(ctx context.Context, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n != 1 {
		return ErrConflict
	}
	return err
}

func (t *sqliteTx) commit(context.Context) error {
	defer t.end()
	return t.tx.Commit()
}

func (t *sqliteTx) rollback() {
	_ = t.tx.Rollback() // After a commit it returns ErrTxDone, as expected.
	t.end()
}

func (t *sqliteTx) river() any { return t.tx }

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
