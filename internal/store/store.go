package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"docket/internal/failpoint"
)

// Errors to check with errors.Is.
var (
	// ErrConflict: a compare-and-set found another version; reload and decide again.
	ErrConflict = errors.New("the row was changed in the meantime")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrFull: the maximum number of this kind is reached.
	ErrFull = errors.New("there are too many")
	// ErrNewer: the database was migrated by a newer Docket.
	ErrNewer = errors.New("the database is from a newer version")
	// ErrBehind: the database has to be migrated first.
	ErrBehind = errors.New("the database is from an older version")
)

// rows is what sql.Rows and pgx.Rows have in common.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// querier runs SQL with ? placeholders.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	query(ctx context.Context, query string, args ...any) (rows, error)
}

// transaction is a write transaction of one engine.
type transaction interface {
	querier
	// later runs a statement in order, but no later than the commit, if it is cheaper to send several at
	// once; laterOne also requires that one row is affected, otherwise ErrConflict. Their errors may be
	// returned by a later call or by the commit.
	later(ctx context.Context, query string, args ...any) error
	laterOne(ctx context.Context, query string, args ...any) error
	commit(ctx context.Context) error
	rollback()
	// river is the transaction in the type that the queue's driver needs: *sql.Tx or pgx.Tx.
	river() any
}

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	reader() querier
	begin(ctx context.Context) (transaction, error)
	migrate(ctx context.Context) error
	version(ctx context.Context) (int64, error)
	explain(err error) string
	// away reports whether an error is about the database itself and not about the rows.
	away(err error) bool
	// listen calls heard once it is listening and whenever somebody has switched something. It returns when
	// it can no longer listen.
	listen(ctx context.Context, heard func()) error
	close() error
	dialect() dialect
}

// dialect holds the few places where the SQL differs.
type dialect struct {
	name string
	// exclusive: only this process writes, so what it remembers stays true.
	exclusive bool
	// auditTime and auditPayload select the two audit columns as text.
	auditTime, auditPayload string
	// clock is the current time in microseconds since 1970.
	clock string
	// encodeTime encodes audit_log.created_at for the engine.
	encodeTime func(time.Time) any
	// lockHead is appended to the SELECT of the audit head to lock the row.
	lockHead string
	// notify announces to other processes, at the commit, that something was switched; "" if there are none.
	notify string
}

// Store is an open database.
type Store struct {
	engine engine
	words  dialect
	url    string
}

// Options say how to open.
type Options struct {
	// Exclusive takes the SQLite file for this process alone, as serve does. Without it and without Beside,
	// the file is opened read-only.
	Exclusive bool
	// Beside opens the SQLite file for writing next to the process that holds it, for data that no process
	// caches: accounts and tokens.
	Beside bool
	// Create creates a missing SQLite file.
	Create bool
}

// Open opens the database at url: a file path, or postgres://... It does not migrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	var e engine
	var err error
	if IsPostgres(url) {
		e, err = openPostgres(ctx, url)
	} else {
		e, err = openSQLite(ctx, strings.TrimPrefix(url, "sqlite://"), o)
	}
	if err != nil {
		return nil, err
	}
	return &Store{engine: e, words: e.dialect(), url: url}, nil
}

// IsPostgres reports whether url names a PostgreSQL database.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Close closes every connection.
func (s *Store) Close() error { return s.engine.close() }

// Exclusive reports whether this process is the only writer, so that what it remembers of the database stays
// true.
func (s *Store) Exclusive() bool { return s.words.exclusive }

// Engine returns "sqlite" or "postgres".
func (s *Store) Engine() string { return s.words.name }

// Migrate brings the schema to this program's version. It is safe if several replicas start at once, does
// nothing if there is nothing to do, and returns ErrNewer for a database of a newer version.
func (s *Store) Migrate(ctx context.Context) error { return s.engine.migrate(ctx) }

// Current returns nil if the schema is this program's version, otherwise ErrNewer or ErrBehind.
func (s *Store) Current(ctx context.Context) error {
	have, err := s.engine.version(ctx)
	if err != nil {
		return err
	}
	return compareVersions(have)
}

// Explain says in one sentence, for people, why a database call failed.
func (s *Store) Explain(err error) string { return s.engine.explain(err) }

// Away reports whether a call failed because the database cannot be reached or written to right now, so that
// anything tried next will fail as well. Every other error is about the data to be read or written.
func (s *Store) Away(err error) bool {
	if err == nil || errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrFull) {
		return false
	}
	return s.engine.away(err)
}

// SQLite returns the writing and the reading pool; it panics on PostgreSQL. For the queue only.
func (s *Store) SQLite() (write, read *sql.DB) {
	e := s.engine.(*sqliteEngine)
	return e.write, e.read
}

// Postgres returns the pool; it panics on SQLite. For the queue only.
func (s *Store) Postgres() *pgxpool.Pool { return s.engine.(*postgresEngine).pool }

// Tx is a write transaction. On either engine at most one that has called AuditHead runs at a time, across
// all replicas.
type Tx struct {
	transaction
	words    dialect
	switched int64
}

// SQLite returns the transaction for the queue's SQLite driver.
func (t *Tx) SQLite() *sql.Tx { return t.river().(*sql.Tx) }

// Postgres returns the transaction for the queue's PostgreSQL driver.
func (t *Tx) Postgres() pgx.Tx { return t.river().(pgx.Tx) }

// Write runs do in one write transaction: all or nothing.
func (s *Store) Write(ctx context.Context, do func(*Tx) error) error {
	t, err := s.engine.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.rollback()
	if err := do(&Tx{transaction: t, words: s.words}); err != nil {
		return err
	}
	failpoint.Hit("store-before-commit")
	if err := t.commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	failpoint.Hit("store-committed")
	return nil
}

// Beat writes a row, to prove that alerts could be stored right now.
func (s *Store) Beat(ctx context.Context, now time.Time) error {
	const q = `UPDATE pulse SET beat_at_us = ? WHERE one = 1`
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, micros(now))
		return err
	})
}

// micros encodes a time, fromMicros decodes it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// marks returns n placeholders: "?, ?, ?".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// batches are the row counts of multi-row statements: only a few, so that each text is prepared once.
var batches = [...]int{256, 64, 16, 4, 2, 1}

// inBatches calls do with slices of items whose lengths are all in batches.
func inBatches[T any](items []T, do func([]T) error) error {
	for _, size := range batches {
		for len(items) >= size {
			if err := do(items[:size]); err != nil {
				return err
			}
			items = items[size:]
		}
	}
	return nil
}

// collect reads all rows with scan.
func collect[T any](rs rows, err error, scan func(rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rs.Close() //nolint:errcheck // Err below tells what Close would.
	var all []T
	for rs.Next() {
		item, err := scan(rs)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, rs.Err()
}

// Clock is the database's own clock; SQLite's is this machine's.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	us, err := one[int64](ctx, s.engine.reader(), `SELECT `+s.words.clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the clock: %w", err)
	}
	return fromMicros(us), nil
}
