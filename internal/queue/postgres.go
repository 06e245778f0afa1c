package queue

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"docket/internal/store"
)

// postgresClient is River on the store's pool.
type postgresClient struct{ river *river.Client[pgx.Tx] }

func newPostgres(st *store.Store, cfg *river.Config) (client, error) {
	c, err := river.NewClient(riverpgxv5.New(st.Postgres()), cfg)
	if err != nil {
		return nil, err
	}
	return &postgresClient{c}, nil
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

// releaseOrphans: other replicas may be running jobs, so none can be called an orphan;
// River's rescuer takes those over whose time is up.
func (c *postgresClient) releaseOrphans(context.Context) error { return nil }
