package store_test

import (
	"strings"
	"testing"

	"docket/internal/store"
	"docket/internal/store/storetest"
)

// TestDatabaseURLIsHonouredWithItsTLS: the server of the tests has no TLS. A URL that asks for
// it, or PGSSLMODE where the URL does not speak of it, is never answered in plain text.
func TestDatabaseURLIsHonouredWithItsTLS(t *testing.T) {
	url := storetest.URL(t, "postgres")
	silent := strings.Replace(url, "?sslmode=disable", "", 1)
	if silent == url {
		t.Fatalf("the URL of the tests has changed: %s", url)
	}
	for _, c := range []struct {
		name, url, env string
		refused        bool
	}{
		{"nothing said", silent, "", false},
		{"the environment asks for it", silent, "require", true},
		{"the URL asks for it", silent + "?sslmode=require", "", true},
		{"the URL goes before the environment", url, "require", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("PGSSLMODE", c.env)
			st, err := store.Open(t.Context(), c.url, store.Options{Create: true})
			if err == nil {
				err = st.Migrate(t.Context())
				if closing := st.Close(); closing != nil {
					t.Error(closing)
				}
			}
			if c.refused != (err != nil) || c.refused && !strings.Contains(err.Error(), "TLS") {
				t.Errorf("err = %v", err)
			}
		})
	}
}
