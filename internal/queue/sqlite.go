package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"docket/internal/store"
)

// sqliteClient is River on the store's single writing connection.
type sqliteClient struct {
	river  *river.Client[*sql.Tx]
	db     *sql.DB
	driver *wakingDriver
}

func newSQLite(st *store.Store, cfg *river.Config) (client, error) {
	db, _ := st.SQLite()
	driver := newWakingDriver(db)
	c, err := river.NewClient[*sql.Tx](driver, cfg)
	if err != nil {
		return nil, err
	}
	return &sqliteClient{c, db, driver}, nil
}

func (c *sqliteClient) insertTx(ctx context.Context, tx *store.Tx, params []river.InsertManyParams) error {
	_, err := c.river.InsertManyTx(ctx, tx.SQLite(), params)
	return err
}

func (c *sqliteClient) insert(ctx context.Context, params []river.InsertManyParams) error {
	_, err := c.river.InsertMany(ctx, params)
	c.wake()
	return err
}

func (c *sqliteClient) wake() { c.driver.notify() }

func (c *sqliteClient) start(ctx context.Context) error         { return c.river.Start(ctx) }
func (c *sqliteClient) stop(ctx context.Context) error          { return c.river.Stop(ctx) }
func (c *sqliteClient) stopAndCancel(ctx context.Context) error { return c.river.StopAndCancel(ctx) }

// riverTime is the format in which River writes times to SQLite (riversqlite timeString, v0.49.0, read
// 2026-11-23).
const riverTime = "2006-01-02 15:04:05.000"

func (c *sqliteClient) hasten(ctx context.Context, effectIDs []string, now time.Time) error {
	const q = `UPDATE river_job SET state = 'available', scheduled_at = ? WHERE queue = ? AND state IN ('available', 'scheduled') AND ` +
		`scheduled_at > ? AND json_extract(args, '$.effect_id') IN (SELECT value FROM json_each(?))`
	ids, err := json.Marshal(effectIDs)
	if err != nil {
		return err
	}
	at := now.UTC().Format(riverTime)
	_, err = c.db.ExecContext(ctx, q, at, queueName, at, string(ids))
	return err
}

// takeUp does nothing: there is no other process.
func (c *sqliteClient) takeUp(context.Context, time.Time) error { return nil }

// releaseOrphans can release everything: only this process has the file open, so every running job and the
// leader of the last run are certainly gone.
func (c *sqliteClient) releaseOrphans(ctx context.Context) error {
	for _, q := range []string{
		`UPDATE river_job SET state = 'available', attempt = MAX(attempt - 1, 0) WHERE state = 'running'`,
		`DELETE FROM river_leader`,
	} {
		if _, err := c.db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("clean up after the last run: %w", err)
		}
	}
	return nil
}
