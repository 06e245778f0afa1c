package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // The driver, to stand in a database's way.

	"docket/internal/desk/fakedesk"
	"docket/internal/store/storetest"
)

// readiness asks /readyz.
func (p *process) readiness() (status int, body string) {
	resp, err := http.Get(p.url + "/readyz")
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

// endsWith starts a docket that must end by itself with exit code 2 and a sentence.
func endsWith(t *testing.T, s setup, sentence string) {
	t.Helper()
	p := launch(t, s)
	if p.url != "" {
		t.Fatalf("docket started, want it to end with %q", sentence)
	}
	if err := p.wait(); err == nil {
		t.Error("docket ended well")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != exitErrors {
		t.Errorf("exit code %d, want %d", code, exitErrors)
	}
	last := strings.TrimSpace(p.log.String())
	last = last[strings.LastIndexByte(last, '\n')+1:]
	if !strings.HasPrefix(last, "docket: ") || !strings.Contains(last, sentence) {
		t.Errorf("docket said %q, want a sentence with %q", last, sentence)
	}
}

func TestDiskFullIsSaidAndHealsByItself(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk can only be made by root with the right to mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(dir, "filler")
	p := start(t, setup{database: filepath.Join(dir, "docket.db")})
	p.mustPost(hook, webhook("firing", "Before"))
	p.settled(10 * time.Second)

	// The rest of the disk is taken by somebody else.
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<16)
	for err == nil {
		_, err = f.Write(block)
	}
	_ = f.Close() // There is no room to tell of.

	var kept, refused []string
	eventually(t, 30*time.Second, "a full disk refuses alerts", func() bool {
		name := fmt.Sprintf("Full%03d", len(kept)+len(refused))
		status, answer, err := post(p.url+hook, webhook("firing", name))
		switch {
		case err != nil:
			t.Fatal(err)
		case status == http.StatusOK:
			kept = append(kept, name)
			return false
		case status != http.StatusServiceUnavailable || !strings.Contains(answer, "full"):
			t.Fatalf("%d %s, want 503 that says that the disk is full", status, answer)
		}
		refused = append(refused, name)
		return true
	})
	eventually(t, 10*time.Second, "/readyz says that the disk is full", func() bool {
		status, body := p.readiness()
		return status == http.StatusServiceUnavailable && strings.Contains(body, "is full")
	})

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "/readyz is well again", func() bool {
		status, _ := p.readiness()
		return status == http.StatusOK
	})
	for _, name := range refused {
		p.mustPost(hook, webhook("firing", name)) // As its sender does.
	}
	p.settled(30 * time.Second)
	everyAlertOnce(t, p, append(append([]string{"Before"}, kept...), refused...))
}

// everyAlertOnce checks the local desk and the audit log: each alert has one ticket, and
// nothing is half-written.
func everyAlertOnce(t *testing.T, p *process, alerts []string) {
	t.Helper()
	by := listed(p)
	for _, name := range alerts {
		if by[name] != 1 {
			t.Errorf("alert %s has %d tickets, want 1", name, by[name])
		}
	}
	if len(by) != len(alerts) {
		t.Errorf("%d alerts have tickets, want %d", len(by), len(alerts))
	}
	filedOnce(t, p, len(alerts))
}

func TestReadOnlyDataFolderIsSaidAtStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o555); err != nil {
		t.Fatal(err)
	}
	s := setup{database: filepath.Join(data, "docket.db")}
	if os.Getuid() == 0 {
		// Root may write anywhere: the program runs as nobody.
		s.uid = 65534
	}
	endsWith(t, s, "cannot write to "+data)
}

func TestMissingDataFolderIsSaidAtStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there")
	endsWith(t, setup{database: filepath.Join(dir, "docket.db")}, "cannot write to "+dir)
}

func TestFileThatIsNoDatabaseIsSaidAtStart(t *testing.T) {
	t.Parallel()
	path := writeFile(t, filepath.Join(t.TempDir(), "docket.db"), strings.Repeat("This is a letter, not a database. ", 100))
	endsWith(t, setup{database: path}, "is not a valid SQLite database")
}

func TestSecondDocketOnOneFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "docket.db")
	start(t, setup{database: path})
	endsWith(t, setup{database: path}, "another Docket is using "+path)
}

func TestNewerDatabaseIsSaidAtStart(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "docket.db")
		start(t, setup{database: path}).stop()
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		endsWith(t, setup{database: path}, "the database is from a newer version: it has schema 99")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := storetest.URL(t, "postgres")
		start(t, setup{database: url}).stop()
		execPostgres(t, url, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
		endsWith(t, setup{database: url}, "the database is from a newer version: it has schema 99")
	})
}

func execPostgres(t *testing.T, url, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, query); err != nil {
		t.Fatal(err)
	}
}

func TestLockedDatabaseIsSaidAndHealsByItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "docket.db")
	p := start(t, setup{database: path})
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	status, answer, err := post(p.url+hook, webhook("firing", "Locked"))
	if err != nil || status != http.StatusServiceUnavailable || !strings.Contains(answer, "locked by another program") {
		t.Errorf("%d %s %v, want 503 that says who is in the way", status, answer, err)
	}
	if _, err := db.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "/readyz is well again", func() bool {
		status, _ := p.readiness()
		return status == http.StatusOK
	})
	p.mustPost(hook, webhook("firing", "Locked"))
	p.settled(20 * time.Second)
	everyAlertOnce(t, p, []string{"Locked"})
}

func TestPostgresGoneIsSaidAndHealsByItself(t *testing.T) {
	t.Parallel()
	server := storetest.NewServer(t)
	url := server.Database(t)
	f := newFreeScout(t, fakedesk.Options{CreateDelay: 300 * time.Millisecond})
	p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
	alerts := names("Gone", 20)
	p.mustPost(hook, webhook("firing", alerts[:10]...))
	server.Stop(t) // In the middle of filing.
	eventually(t, time.Minute, "/readyz says that the server is away", func() bool {
		status, body := p.readiness()
		return status == http.StatusServiceUnavailable && strings.Contains(body, "PostgreSQL")
	})
	if status, answer, err := post(p.url+hook, webhook("firing", alerts[10:]...)); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("%d %s %v, want 503", status, answer, err)
	}
	server.Start(t)
	eventually(t, time.Minute, "/readyz is well again", func() bool {
		status, _ := p.readiness()
		return status == http.StatusOK
	})
	p.mustPost(hook, webhook("firing", alerts...))
	f.oneTicketEach(t, 120*time.Second, alerts)
	p.settled(120 * time.Second)
	f.oneTicketEach(t, time.Second, alerts)
	filedOnce(t, p, len(alerts))
}

// PostgreSQL is lost in the middle of filing, for good, and a standby that has all of its
// commits takes its place at the same address.
func TestPostgresFailsOverToAStandbyAndNothingIsLost(t *testing.T) {
	notInShort(t)
	t.Parallel()
	server := storetest.NewServer(t)
	url := server.Database(t)
	standby := server.Standby(t)
	way := newProxy(t, server.Address())
	f := newFreeScout(t, fakedesk.Options{CreateDelay: 300 * time.Millisecond})
	p := start(t, setup{database: way.through(t, url), yaml: f.yaml(2 * time.Second)})
	alerts := names("Moved", 30)
	p.mustPost(hook, webhook("firing", alerts[:20]...))
	eventually(t, 30*time.Second, "filing has begun", func() bool { return len(f.Tickets()) > 0 })
	server.Stop(t)
	if status, answer, err := post(p.url+hook, webhook("firing", alerts[20:]...)); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("%d %s %v, want 503", status, answer, err)
	}
	way.retarget(standby.Address())
	standby.Promote(t)
	eventually(t, time.Minute, "/readyz is well again", func() bool {
		status, _ := p.readiness()
		return status == http.StatusOK
	})
	p.mustPost(hook, webhook("firing", alerts[20:]...)) // Those that were kept are not told again.
	f.oneTicketEach(t, 120*time.Second, alerts)
	p.settled(120 * time.Second)
	f.oneTicketEach(t, time.Second, alerts)
	filedOnce(t, p, len(alerts))
}

func TestPostgresAwayAtStartIsAwaited(t *testing.T) {
	t.Parallel()
	server := storetest.NewServer(t)
	url := server.Database(t)
	server.Stop(t)
	s := setup{database: url, dir: t.TempDir(), env: []string{"DOCKET_LISTEN=" + freeAddress(t)}, listenByEnv: true, early: true}
	p := launch(t, s)
	p.url = "http://" + strings.TrimPrefix(s.env[0], "DOCKET_LISTEN=")
	eventually(t, 20*time.Second, "/readyz says what is awaited", func() bool {
		status, body := p.readiness()
		return status == http.StatusServiceUnavailable && strings.Contains(body, "the PostgreSQL server cannot be reached")
	})
	if status, _, err := post(p.url+hook, webhook("firing", "Early")); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("%d %v, want 503: the sender is to come again", status, err)
	}
	server.Start(t)
	eventually(t, 30*time.Second, "docket becomes ready by itself", func() bool {
		status, _ := p.readiness()
		return status == http.StatusOK
	})
	p.mustPost(hook, webhook("firing", "Early"))
	p.settled(20 * time.Second)
	everyAlertOnce(t, p, []string{"Early"})
}

func TestStopIsQuickAndLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{CreateDelay: 12 * time.Second})
		s := setup{database: url, yaml: f.yaml(15 * time.Second), dir: t.TempDir()}
		p := start(t, s)
		alerts := names("Stop", 10)
		p.mustPost(hook, webhook("firing", alerts...))
		eventually(t, 20*time.Second, "creates are on the wire", func() bool { return f.Stats().Requests[fakedesk.OpCreate] == len(alerts) })
		if took := p.stop(); took > 10*time.Second {
			t.Errorf("the stop took %s, more than 10 s", took)
		}
		p = start(t, s)
		p.settled(90 * time.Second)
		f.oneTicketEach(t, time.Second, alerts)
		filedOnce(t, p, len(alerts))
	})
}
