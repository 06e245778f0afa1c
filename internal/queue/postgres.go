package queue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"docket/internal/store"
)

// postgresClient is River on the store's connection pool.
type postgresClient struct {
	river *river.Client[pgx.Tx]
	store *store.Store

	mu sync.Mutex // guards beat
	// beat is when this replica last reported that it is alive; zero before the first time.
	beat time.Time
}

func newPostgres(st *store.Store, cfg *river.Config) (client, error) {
	c, err := river.NewClient(riverpgxv5.New(st.Postgres()), cfg)
	if err != nil {
		return nil, err
	}
	return &postgresClient{river: c, store: st}, nil
}

func (c *postgresClient) insertTx(ctx context.Context, tx *store.Tx, params []river.InsertManyParams) error {
	_, err := c.river.InsertManyTx(ctx, tx.Postgres(), params)
	return err
}

func (c *postgresClient) insert(ctx context.Context, params []river.InsertManyParams) error {
	_, err := c.river.InsertMany(ctx, params)
	return err
}

// wake does nothing: the commit itself notifies the workers of every replica.
func (c *postgresClient) wake() {}

func (c *postgresClient) start(ctx context.Context) error         { return c.river.Start(ctx) }
func (c *postgresClient) stop(ctx context.Context) error          { return c.river.Stop(ctx) }
func (c *postgresClient) stopAndCancel(ctx context.Context) error { return c.river.StopAndCancel(ctx) }

// releaseOrphans cannot release anything yet, because other replicas may be running the jobs. It reports that
// this replica is alive before it takes a job.
func (c *postgresClient) releaseOrphans(ctx context.Context) error {
	return c.takeUp(ctx, time.Now().UTC())
}

func (c *postgresClient) hasten(ctx context.Context, effectIDs []string, now time.Time) error {
	const q = `UPDATE river_job SET state = 'available', scheduled_at = $1 WHERE queue = $2 AND state IN ('available', 'scheduled') AND ` +
		`scheduled_at > $1 AND args->>'effect_id' = ANY($3)`
	_, err := c.store.Postgres().Exec(ctx, q, now, queueName, effectIDs)
	return err
}

const (
	// lifeLease is how long a replica counts as alive after its last report. After that its jobs are given to
	// others: after 15 s and a beat, while River alone takes up to a minute or more.
	lifeLease = 15 * time.Second
	// keepLeases is how long the report of a replica that is gone is kept.
	keepLeases = time.Hour
	// leaseName is the prefix of the names of these leases.
	leaseName = "replica "
)

// takeUp reports that this replica is alive, and makes the jobs of replicas available that no longer do so.
// Such a replica may still be alive, paused or disconnected: then two work on one effect, which the rules
// expect (filing.Effect).
func (c *postgresClient) takeUp(ctx context.Context, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.store.TakeLease(ctx, leaseName+c.river.ID(), c.river.ID(), now, lifeLease); err != nil {
		return err
	}
	steady := now.Sub(c.beat) < lifeLease
	c.beat = now
	if !steady {
		// The database was unreachable, or we were paused: the others may not have had a chance to report
		// yet.
		return nil
	}
	const release = `UPDATE river_job SET state = 'available'
		WHERE state = 'running' AND attempted_at < $1 AND NOT EXISTS (
			SELECT 1 FROM lease WHERE name = $2 || attempted_by[array_upper(attempted_by, 1)] AND until_us > $3)`
	const forget = `DELETE FROM lease WHERE name LIKE $1 || '%' AND until_us < $2`
	pool := c.store.Postgres()
	if _, err := pool.Exec(ctx, release, now.Add(-lifeLease), leaseName, now.UnixMicro()); err != nil {
		return fmt.Errorf("take over the jobs of stopped replicas: %w", err)
	}
	if _, err := pool.Exec(ctx, forget, leaseName, now.Add(-keepLeases).UnixMicro()); err != nil {
		return fmt.Errorf("forget stopped replicas: %w", err)
	}
	return nil
}
