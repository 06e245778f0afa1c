// Package migrated is storetest for packages above the store: their tests get databases that contain the
// schema, copied from one that was migrated once.
//
// It is for tests only. storetest itself cannot import the store, whose own tests use it.
package migrated

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"docket/internal/store"
	"docket/internal/store/storetest"
)

// Main is storetest.MainMigrated with the store's own migrations.
func Main(m *testing.M) int { return storetest.MainMigrated(m, migrate) }

func migrate(url string) (err error) {
	ctx := context.Background()
	st, err := store.Open(ctx, url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		return fmt.Errorf("open the template: %w", err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.Migrate(ctx)
}
