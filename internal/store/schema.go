package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"docket/internal/failpoint"
	"docket/internal/store/migrate"
)

func compareVersions(have int64) error {
	need, err := migrate.Latest()
	switch {
	case err != nil:
		return err
	case have > need:
		return fmt.Errorf("%w: it has schema %d, and this version knows up to %d: run the newer version of Docket again", ErrNewer, have, need)
	case have < need:
		return fmt.Errorf("%w: it has schema %d, and this version needs %d: run docket migrate", ErrBehind, have, need)
	}
	return nil
}

// advisoryLock is the key of the PostgreSQL lock that lets only one replica migrate at a time ("docket" in
// ASCII).
const advisoryLock = 0x646f636b6574

func (e *sqliteEngine) migrate(ctx context.Context) error {
	if err := gooseUp(ctx, goose.DialectSQLite3, e.write, "sqlite"); err != nil {
		return err
	}
	failpoint.Hit("migrate-between")
	m, err := rivermigrate.New(riversqlite.New(e.write), nil)
	if err != nil {
		return fmt.Errorf("prepare the queue's tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue's tables: %w", err)
	}
	failpoint.Hit("migrate-done")
	return nil
}

func (e *postgresEngine) migrate(ctx context.Context) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	// Waiting for another replica's migration may take longer than a single statement should.
	if _, err := conn.Exec(ctx, "SET statement_timeout = 0; SET lock_timeout = 0"); err != nil {
		return fmt.Errorf("prepare to migrate: %w", err)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(advisoryLock)); err != nil {
		return fmt.Errorf("wait for the migration lock: %w", err)
	}
	defer func() {
		// Closing the connection releases the lock as well; it is closed so that its settings go with it.
		_ = conn.Conn().Close(context.WithoutCancel(ctx))
	}()
	db := e.sqlDB()
	defer db.Close() //nolint:errcheck // Only a view of the pool, which stays open.
	if err := gooseUp(ctx, goose.DialectPostgres, db, "postgres"); err != nil {
		return err
	}
	failpoint.Hit("migrate-between")
	m, err := rivermigrate.New(riverpgxv5.New(e.pool), nil)
	if err != nil {
		return fmt.Errorf("prepare the queue's tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue's tables: %w", err)
	}
	failpoint.Hit("migrate-done")
	return nil
}

func gooseUp(ctx context.Context, d goose.Dialect, db *sql.DB, folder string) error {
	p, err := gooseProvider(d, db, folder)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if err := compareVersions(have); errors.Is(err, ErrNewer) {
		return err
	}
	failpoint.Hit("migrate-before")
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func gooseProvider(d goose.Dialect, db *sql.DB, folder string) (*goose.Provider, error) {
	files, err := fs.Sub(migrate.Files, folder)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(d, db, files, goose.WithLogger(goose.NopLogger()), goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("prepare the migrations: %w", err)
	}
	return p, nil
}

// readVersion reads goose's table; a database without it is at 0.
func readVersion(ctx context.Context, q querier, exists string) (int64, error) {
	found, err := one[int64](ctx, q, exists)
	if err != nil || found == 0 {
		return 0, err
	}
	v, err := one[int64](ctx, q, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`)
	return v, err
}

func (e *sqliteEngine) version(ctx context.Context) (int64, error) {
	return readVersion(ctx, e.reader(), `SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'`)
}

func (e *postgresEngine) version(ctx context.Context) (int64, error) {
	return readVersion(ctx, e.reader(),
		`SELECT COUNT(*) FROM pg_tables WHERE tablename = 'goose_db_version' AND schemaname = current_schema()`)
}

// one reads a single value; no row is ErrNotFound.
func one[T any](ctx context.Context, q querier, query string, args ...any) (T, error) {
	var v T
	rs, err := q.query(ctx, query, args...)
	if err != nil {
		return v, err
	}
	defer rs.Close() //nolint:errcheck // Err below tells what Close would.
	if !rs.Next() {
		return v, errors.Join(rs.Err(), ErrNotFound)
	}
	if err := rs.Scan(&v); err != nil {
		return v, err
	}
	return v, rs.Err()
}
