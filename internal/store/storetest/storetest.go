package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Engines are the engines on which every promise must hold.
var Engines = []string{"sqlite", "postgres"}

// Each runs a test on a new database of each engine, as made by URL.
func Each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) { test(t, URL(t, engine)) })
	}
}

// URL returns the URL of a new database that exists as long as the test: with the schema if the package's
// TestMain is MainMigrated, otherwise empty.
func URL(t testing.TB, engine string) string {
	t.Helper()
	return fresh(t, engine, templates.migrate != nil)
}

// Empty is URL without the schema, whatever TestMain is.
func Empty(t testing.TB, engine string) string {
	t.Helper()
	return fresh(t, engine, false)
}

func fresh(t testing.TB, engine string, migrated bool) string {
	t.Helper()
	if engine == "sqlite" {
		path := filepath.Join(t.TempDir(), "docket.db")
		if migrated {
			if err := templates.copySQLite(path); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	if testing.Short() {
		t.Skip("needs PostgreSQL, which the quick loop does without: make test")
	}
	var url string
	var err error
	if migrated {
		url, err = templates.copyPostgres(&shared)
	} else {
		url, err = shared.database("")
	}
	if err != nil {
		t.Fatalf("this test needs a real PostgreSQL: %v", err)
	}
	return url
}

// Main runs a package's tests and stops the server if they started it.
func Main(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

// MainMigrated is Main for a package whose tests need the schema in their databases: it is created once for
// each engine, and copied.
func MainMigrated(m *testing.M, migrate func(url string) error) int {
	templates.migrate = migrate
	return Main(m)
}

// Server is a PostgreSQL server of the test's own, which it may stop and start.
type Server struct {
	mu      sync.Mutex // guards all below
	bin     string
	dir     string
	port    int
	started *exec.Cmd
	count   int
}

// shared is the test binary's common server, started when first asked for.
var shared Server

// NewServer starts a server for one test only.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	t.Cleanup(s.stop)
	if _, err := s.database(""); err != nil {
		t.Fatalf("this test needs a real PostgreSQL: %v", err)
	}
	return s
}

// Database creates a new database on the server.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, err := s.database("")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Stop stops the server at once, as a crash would; Start starts it again.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
}

// Start starts the server again on the same port and data.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.launch(); err != nil {
		t.Fatal(err)
	}
}

// Standby starts a server that replicates this one: what is committed here is there as well.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	standby := &Server{bin: s.bin}
	t.Cleanup(standby.stop)
	if err := standby.follow(s); err != nil {
		t.Fatal(err)
	}
	if err := s.exec("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	return standby
}

// Promote makes a standby an independent server.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.exec("SELECT pg_promote()"); err != nil {
		t.Fatal(err)
	}
}

// Address is the server's address.
func (s *Server) Address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

func (s *Server) follow(primary *Server) error {
	dir, err := makeFolder()
	if err != nil {
		return err
	}
	s.dir = dir
	if s.port, err = freePort(); err != nil {
		return err
	}
	cmd := s.command("pg_basebackup", "-h", "127.0.0.1", "-p", strconv.Itoa(primary.port), "-U", "docket", "-D", filepath.Join(dir, "data"),
		"-R", "-X", "stream", "-c", "fast", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, out)
	}
	return s.launch()
}

func (s *Server) exec(statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // A test's connection.
	for _, q := range statements {
		if _, err := conn.Exec(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

// makeFolder makes a folder that the server's user can write to.
func makeFolder() (string, error) {
	dir, err := os.MkdirTemp("", "docket-postgres-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	if id, ok := otherUser(); ok {
		if err := os.Chown(dir, int(id.Uid), int(id.Gid)); err != nil {
			return "", fmt.Errorf("hand the folder to the server's user: %w", err)
		}
	}
	return dir, nil
}

// database makes sure that the server is running, and creates a database on it, as a copy of template if that
// is set.
func (s *Server) database(template string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		if err := s.prepare(); err != nil {
			return "", err
		}
		if err := s.launch(); err != nil {
			return "", err
		}
	}
	s.count++
	name := "t" + strconv.Itoa(s.count)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return "", fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // A test's connection.
	create := "CREATE DATABASE " + name
	if template != "" {
		create += " TEMPLATE " + template
	}
	if _, err := conn.Exec(ctx, create); err != nil {
		return "", fmt.Errorf("create a test database: %w", err)
	}
	return s.url(name), nil
}

func (s *Server) url(name string) string {
	return fmt.Sprintf("postgres://docket@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

// prepare creates the server's data folder.
func (s *Server) prepare() error {
	bin, err := findPostgres()
	if err != nil {
		return err
	}
	dir, err := makeFolder()
	if err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	s.bin, s.dir = bin, dir
	cmd := s.command("initdb", "-D", filepath.Join(dir, "data"), "-U", "docket", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// launch starts the server and waits until it responds.
func (s *Server) launch() error {
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return fmt.Errorf("make the server's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // The child has its own.
	cmd := s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
		// Nothing here needs to outlive the machine, but commits must outlive the server, which tests stop at once. With a
		// database for each test, autovacuum would start a worker several times a second.
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "jit=off")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.started = cmd
	var last error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			err = conn.Close(ctx)
			cancel()
			return err
		}
		cancel()
		last = err
		<-time.After(50 * time.Millisecond)
	}
	return fmt.Errorf("the test server did not come up: %w", last)
}

func (s *Server) kill() {
	if s.started == nil {
		return
	}
	// Immediate shutdown: no checkpoint, recovery at the next start.
	_ = s.started.Process.Signal(syscall.SIGQUIT) // It may be gone already.
	_ = s.started.Wait()                          // It was asked to exit, so the result does not matter.
	s.started = nil
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // A temporary folder.
	}
}

// command makes a command that runs as the server's user, and dies with the test.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...) //nolint:gosec,noctx // PostgreSQL's own programs.
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if id, ok := otherUser(); ok {
		cmd.SysProcAttr.Credential = id
	}
	return cmd
}

// otherUser is the user the server runs as if the test runs as root: PostgreSQL refuses root.
func otherUser() (*syscall.Credential, bool) {
	if os.Getuid() != 0 {
		return nil, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, true
		}
	}
	return nil, false
}

// findPostgres returns the folder that contains initdb and postgres.
func findPostgres() (string, error) {
	if dir := os.Getenv("DOCKET_TEST_PG_BIN"); dir != "" {
		return dir, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("initdb was not found: run make setup, or set DOCKET_TEST_PG_BIN")
}

func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close() //nolint:errcheck // Only the number is wanted.
	return l.Addr().(*net.TCPAddr).Port, nil
}
