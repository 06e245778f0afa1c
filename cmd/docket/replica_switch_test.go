package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"docket/internal/query"
	"docket/internal/store/storetest"
)

// filing reports whether a replica files tickets, as it shows that itself.
func (p *process) filing() bool {
	p.t.Helper()
	var flags []query.FlagRow
	p.get("/api/v1/flags", &flags)
	for _, f := range flags {
		if f.Name == "alerts.auto_ticket" {
			return f.On
		}
	}
	p.t.Fatalf("%+v lacks alerts.auto_ticket", flags)
	return false
}

func (p *process) setFiling(on bool) {
	p.t.Helper()
	p.mustPost("/api/v1/flags/alerts.auto_ticket", fmt.Sprintf(`{"on":%t,"why":"a test"}`, on))
}

func TestAFlipHoldsOnEveryReplicaAndWhatItHeldBackIsFiledOnce(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "postgres")
	a := start(t, setup{database: url, yaml: "policies: {storm: {limit: 0}}\n"})
	b := start(t, setup{database: url, yaml: "policies: {storm: {limit: 0}}\n"})
	a.setFiling(false)
	promptly(t, time.Second, "the flip is heard of by the other replica", func() bool { return !b.filing() })
	const n = 40
	for i := range n {
		[]*process{a, b}[i%2].mustPost(hook, webhook("firing", fmt.Sprintf("Held%02d", i)))
	}
	a.settled(30 * time.Second)
	var tickets []query.TicketRow
	if b.get("/api/v1/tickets?limit=1000", &tickets); len(tickets) != 0 {
		t.Fatalf("%d tickets although filing is off", len(tickets))
	}
	b.setFiling(true)
	eventually(t, 30*time.Second, "all of it is filed", func() bool {
		a.get("/api/v1/tickets?limit=1000", &tickets)
		return len(tickets) >= n
	})
	a.settled(30 * time.Second)
	b.settled(30 * time.Second)
	a.get("/api/v1/tickets?limit=1000", &tickets)
	each := map[string]int{}
	for _, ticket := range tickets {
		for i := range n {
			if name := fmt.Sprintf("Held%02d", i); strings.Contains(ticket.Subject, name) {
				each[name]++
			}
		}
	}
	if len(tickets) != n || len(each) != n {
		t.Errorf("%d tickets for %d of %d alerts", len(tickets), len(each), n)
	}
}

func TestAReplicaThatIsCutOffFromNotificationsHearsOfAFlipWithinTenSeconds(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "postgres")
	a, b := start(t, setup{database: url}), start(t, setup{database: url})
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	// Both listen; both are cut off.
	cut := int64(0)
	eventually(t, 10*time.Second, "both replicas listen", func() bool {
		tag, err := conn.Exec(t.Context(),
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN docket_switched' AND datname = current_database()`)
		if err != nil {
			t.Fatal(err)
		}
		cut += tag.RowsAffected()
		return cut >= 2
	})
	a.setFiling(false)
	promptly(t, 10*time.Second, "the flip is known to the other replica", func() bool { return !b.filing() })
	if a.filing() {
		t.Error("and not where it was made")
	}
	eventually(t, 20*time.Second, "both listen again", func() bool {
		var n int
		if err := conn.QueryRow(t.Context(),
			`SELECT COUNT(*) FROM pg_stat_activity WHERE query = 'LISTEN docket_switched' AND datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 2
	})
	a.setFiling(true)
	promptly(t, time.Second, "the next flip is heard of at once again", b.filing)
}
