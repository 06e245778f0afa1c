package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is a connection pool.
type postgresEngine struct {
	pool  *pgxpool.Pool
	bound sync.Map // query with ? -> query with $n
}

const (
	// poolConns limits the connections of one replica: hosted PostgreSQL often allows only 20 in all.
	poolConns = 12
	// connectTimeout limits one attempt to connect.
	connectTimeout = 5 * time.Second
)

// openPostgres opens the pool. It does not wait for the server: if the database is unreachable at the start,
// the first call reports it, and it may come back.
func openPostgres(ctx context.Context, url string) (engine, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause may contain the URL, including the password.
		return nil, errors.New("the database URL is not a valid postgres:// URL")
	}
	if cfg.MaxConns < poolConns && !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = poolConns
	}
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "docket"
	params["timezone"] = "UTC"
	// A replica that is paused within a transaction must not block the others.
	params["idle_in_transaction_session_timeout"] = "10s"
	params["lock_timeout"] = "20s"
	params["statement_timeout"] = "30s"
	// Plans are cached, and ours are made while the tables are still empty, when a sequential scan looks
	// cheapest. Every query of ours has its index.
	params["enable_seqscan"] = "off"
	// With that, a sequential scan looks expensive enough to be compiled: 10 ms to save 1 ms.
	params["jit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the PostgreSQL pool: %w", err)
	}
	return &postgresEngine{pool: pool}, nil
}

func (e *postgresEngine) dialect() dialect {
	return dialect{
		name:         "postgres",
		auditTime:    "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
		auditPayload: "payload::text",
		clock:        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
		encodeTime:   func(t time.Time) any { return t },
		lockHead:     " FOR UPDATE",
		notify:       "SELECT pg_notify('" + channel + "', '')",
	}
}

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// sqlDB is the pool as database/sql, for goose.
func (e *postgresEngine) sqlDB() *sql.DB { return stdlib.OpenDBFromPool(e.pool) }

func (e *postgresEngine) reader() querier { return pgQuerier{e, e.pool} }

func (e *postgresEngine) begin(ctx context.Context) (transaction, error) {
	tx, err := e.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &postgresTx{pgQuerier: pgQuerier{e, tx}, tx: tx}, nil
}

// explain says in one sentence what PostgreSQL's error code or the network error means.
func (e *postgresEngine) explain(err error) string {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pe.Code {
		case "53100":
			return "the disk of the PostgreSQL server is full"
		case "25006":
			return "the PostgreSQL server is read-only (a standby, or in recovery)"
		case "28P01", "28000":
			return "PostgreSQL refused the user or password of DATABASE_URL"
		case "3D000":
			return "the database named by DATABASE_URL does not exist on the PostgreSQL server"
		case "53300":
			return "the PostgreSQL server has no free connection"
		case "55P03", "57014":
			return "waiting for a lock in PostgreSQL took too long"
		case "42501":
			return "the PostgreSQL user lacks permission: grant it rights on the schema"
		case "57P01", "57P02", "57P03":
			return "the PostgreSQL server is shutting down or starting"
		}
		return "PostgreSQL refused (" + pe.Code + ")"
	}
	var ne net.Error
	var ce *pgconn.ConnectError
	switch {
	case errors.As(err, &ce):
		return "the PostgreSQL server cannot be reached"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return "the PostgreSQL server did not respond in time"
	}
	return "the connection to PostgreSQL failed"
}

// channel is where replicas announce that something was switched.
const channel = "docket_switched"

// listen uses a connection of its own, so that waiting does not take one from the pool.
func (e *postgresEngine) listen(ctx context.Context, heard func()) error {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // It is broken, or not wanted any more.
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	heard() // We missed everything that was switched before.
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("wait for a notification: %w", err)
		}
		heard()
	}
}

// away is true for everything except errors about the data (class 22) and its constraints (class 23).
func (e *postgresEngine) away(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return !strings.HasPrefix(pe.Code, "22") && !strings.HasPrefix(pe.Code, "23")
	}
	var ne net.Error
	return errors.As(err, &ne) || errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err) || errors.Is(err, io.ErrUnexpectedEOF)
}

// pgConn is what a pool and a transaction have in common.
type pgConn interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

type pgQuerier struct {
	engine *postgresEngine
	conn   pgConn
}

func (q pgQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := q.conn.Exec(ctx, q.engine.bind(query), args...)
	return tag.RowsAffected(), err
}

func (q pgQuerier) query(ctx context.Context, query string, args ...any) (rows, error) {
	rs, err := q.conn.Query(ctx, q.engine.bind(query), args...)
	if err != nil {
		return nil, err
	}
	return pgRows{rs}, nil
}

// pgRows gives pgx's rows the Close of database/sql.
type pgRows struct{ pgx.Rows }

func (r pgRows) Close() error {
	r.Rows.Close()
	return r.Err()
}

// bind turns ? into $1, $2 ...; our SQL contains no other question mark.
func (e *postgresEngine) bind(query string) string {
	if done, ok := e.bound.Load(query); ok {
		return done.(string)
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	e.bound.Store(query, b.String())
	return b.String()
}

// postgresTx sends its changes together, before the next read or the commit: on a network, each round trip
// costs more than the statement.
type postgresTx struct {
	pgQuerier
	tx      pgx.Tx
	waiting pgx.Batch
}

func (t *postgresTx) later(_ context.Context, query string, args ...any) error {
	t.waiting.Queue(t.engine.bind(query), args...)
	return nil
}

func (t *postgresTx) laterOne(_ context.Context, query string, args ...any) error {
	t.waiting.Queue(t.engine.bind(query), args...).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != 1 {
			return ErrConflict
		}
		return nil
	})
	return nil
}

// flush sends the pending statements.
func (t *postgresTx) flush(ctx context.Context) error {
	if t.waiting.Len() == 0 {
		return nil
	}
	err := t.tx.SendBatch(ctx, &t.waiting).Close()
	t.waiting = pgx.Batch{}
	return err
}

func (t *postgresTx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	return t.pgQuerier.exec(ctx, query, args...)
}

func (t *postgresTx) query(ctx context.Context, query string, args ...any) (rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.pgQuerier.query(ctx, query, args...)
}

func (t *postgresTx) commit(ctx context.Context) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	return t.tx.Commit(ctx)
}

func (t *postgresTx) rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	_ = t.tx.Rollback(ctx) // After a commit it returns ErrTxClosed, as expected.
}

func (t *postgresTx) river() any { return t.tx }
