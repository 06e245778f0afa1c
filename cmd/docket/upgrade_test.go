package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // The driver that restores the PostgreSQL fixture.

	"docket/internal/store/storetest"
)

// The fixtures in testdata/upgrade are dumps of databases that Docket as of 2026-11-27 (9009109)
// made and that ended by kill -9: incidents in every state, a storm, a silence, a window, a closed
// ticket whose alert fired again, and one alert taken in right before the kill.

const upgradeToken = "fixture-admin-token-0123456789"

const upgradeYAML = `
surfaces:
  - {name: checkout, title: Checkout, every: 1h, probe: {tcp: {address: '127.0.0.1:9'}}}
routes:
  - {name: shop, match: ['team="shop"'], tags: [shop], hold: 0s}
  - {name: slow, match: ['team="slow"'], hold: 1h}
  - {name: flood, match: ['team="flood"'], storm: {limit: 2, per: 5m}}
policies: {settle: 2s}
auth: {mode: password, open_metrics: true, tokens: [{name: admin, token: ` + upgradeToken + `, scopes: [admin, ingest, read, operate]}]}
`

// kept is what must outlive an upgrade.
type kept struct {
	// Incidents are title and ticket number by mark; Tickets are subject and status by id.
	Incidents, Tickets map[string]string
	// Audit are the hashes of the audit log's rows by their number.
	Audit map[int64]string
	// Others are what people had set and written. Silences are left out: those that are over are forgotten in time.
	Others []string
}

func TestADatabaseOfTheFirstEditionStartsAndKeepsEverything(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			db := restore(t, engine, url)
			before := readKept(t, engine, db)
			if len(before.Incidents) < 19 || len(before.Tickets) < 12 || len(before.Audit) < 96 || len(before.Others) < 3 {
				t.Fatalf("the fixture holds %d incidents, %d tickets, %d audit rows", len(before.Incidents), len(before.Tickets), len(before.Audit))
			}
			p := start(t, setup{database: url, yaml: upgradeYAML})
			eventually(t, time.Minute, "the alert taken in before the kill has its ticket", func() bool {
				return strings.HasPrefix(readKept(t, engine, db).Incidents["6ac66668838160e3.1"], "PendingAtKill #1")
			})
			upgradePost(t, p, "StaysFiring")
			upgradePost(t, p, "FiresAgain")
			after := readKept(t, engine, db)
			for mark, was := range before.Incidents {
				// An incident without a ticket may get one now: what held or muted it may be over.
				if is := after.Incidents[mark]; is != was && (!strings.HasSuffix(was, " #") || !strings.HasPrefix(is, was)) {
					t.Errorf("incident %s was %q and is %q", mark, was, is)
				}
			}
			for id, was := range before.Tickets {
				if is := after.Tickets[id]; is != was {
					t.Errorf("ticket %s was %q and is %q", id, was, is)
				}
			}
			onePerMark(t, after.Tickets)
			for n, was := range before.Audit {
				if after.Audit[n] != was {
					t.Errorf("audit row %d has another hash", n)
				}
			}
			if diff := cmp.Diff(before.Others, after.Others); diff != "" {
				t.Errorf("what operators had set: %s", diff)
			}
			for _, args := range []string{"audit verify", "incidents", "incidents explain 6612ebf8e038d184", "tickets", "alerts", "silences",
				"maintenance", "flags"} {
				var out, problem strings.Builder
				env := []string{"DOCKET_URL=" + p.url, "DOCKET_TOKEN=" + upgradeToken}
				if code := run(t.Context(), strings.Fields(args), env, strings.NewReader(""), &out, &problem); code != 0 {
					t.Errorf("docket %s exits %d: %s%s", args, code, &out, &problem)
				}
			}
		})
	}
}

// onePerMark fails where two tickets carry one mark.
func onePerMark(t *testing.T, tickets map[string]string) {
	t.Helper()
	seen := map[string]string{}
	for id, subject := range tickets {
		mark := subject[strings.LastIndexByte(subject, '['):]
		if other, twice := seen[mark]; twice {
			t.Errorf("tickets %s and %s both carry %s", id, other, mark)
		}
		seen[mark] = id
	}
}

// upgradePost says once more, as Alertmanager would, that an alert fires.
func upgradePost(t *testing.T, p *process, title string) {
	t.Helper()
	body := strings.ReplaceAll(webhook("firing", title), `"team":"shop"`, `"team":"infra"`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+hook, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+upgradeToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("posting %s answers %s", title, resp.Status)
	}
}

// restore lays the engine's dump into the empty database at url.
func restore(t *testing.T, engine, url string) *sql.DB {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("testdata", "upgrade", engine+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	driver, source := "sqlite", url
	if engine == "postgres" {
		driver, source = "pgx", url+"&default_query_exec_mode=simple_protocol"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, string(dump)); err != nil {
		t.Fatalf("restore the fixture: %v", err)
	}
	if engine == "postgres" { // The dump empties it for its own session, which goes back to the pool.
		_, err = conn.ExecContext(ctx, "SET search_path = public")
	} else {
		_, err = conn.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// readKept reads the database behind the program's back.
func readKept(t *testing.T, engine string, db *sql.DB) kept {
	t.Helper()
	hex := "printf('%016x', alert_key)"
	if engine == "postgres" {
		hex = "lpad(to_hex(alert_key), 16, '0')"
	}
	k := kept{Incidents: map[string]string{}, Tickets: map[string]string{}, Audit: map[int64]string{}}
	each(t, db, "SELECT "+hex+" || '.' || generation, title || ' #' || ticket_number FROM incident", func(row [2]string) {
		k.Incidents[row[0]] = row[1]
	})
	each(t, db, "SELECT CAST(number AS TEXT), status || ' ' || subject FROM desk_ticket", func(row [2]string) { k.Tickets[row[0]] = row[1] })
	each(t, db, "SELECT CAST(id AS TEXT), hash FROM audit_log", func(row [2]string) {
		var n int64
		if _, err := fmt.Sscan(row[0], &n); err != nil {
			t.Fatal(err)
		}
		k.Audit[n] = row[1]
	})
	for _, q := range []string{
		"SELECT 'window ' || maintenance_id, plan FROM maintenance", "SELECT 'flag ' || name, CAST(is_on AS TEXT) FROM flag",
		"SELECT 'note ' || COUNT(*), MIN(text) FROM desk_note WHERE text LIKE '%a person looked at it%'",
	} {
		each(t, db, q, func(row [2]string) { k.Others = append(k.Others, strings.Join(row[:], " ")) })
	}
	return k
}

func each(t *testing.T, db *sql.DB, query string, take func(row [2]string)) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b sql.RawBytes
		if err := rows.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		take([2]string{string(a), string(b)})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
