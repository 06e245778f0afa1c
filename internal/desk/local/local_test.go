package local_test

import (
	"os"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/local"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

func TestLocalDeskIsADesk(t *testing.T) {
	for _, engine := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			desktest.Run(t, func(t *testing.T) desk.Desk {
				t.Helper()
				st, err := store.Open(t.Context(), storetest.URL(t, engine), store.Options{Exclusive: true, Create: true})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := st.Close(); err != nil {
						t.Error(err)
					}
				})
				if err := st.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				return local.New(st, "http://docket.example.org/tickets/")
			}, desktest.Options{UniqueMarks: true})
		})
	}
}
