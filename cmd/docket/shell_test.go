package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// shell runs docket's commands in this process, with an environment of its own.
type shell struct {
	t    testing.TB
	env  map[string]string
	db   string
	page strings.Builder
}

func newShell(t testing.TB) *shell {
	t.Helper()
	dir := t.TempDir()
	s := &shell{t: t, db: filepath.Join(dir, "docket.db")}
	s.env = map[string]string{
		"DATABASE_URL": s.db, "DOCKET_LISTEN": freeAddress(t), "DOCKET_CONFIG": writeFile(t, filepath.Join(dir, "docket.yaml"), "{}\n"),
	}
	return s
}

// answer is what a command did.
type answer struct {
	code     int
	out, err string
}

func (s *shell) feed(stdin string, args ...string) answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 60*time.Second)
	defer cancel()
	var out, err bytes.Buffer
	code := run(ctx, args, s.environ(), strings.NewReader(stdin), &out, &err)
	return answer{code, out.String(), err.String()}
}

func (s *shell) environ() []string { return environ(s.env) }

// environ is an environment as the process has it.
func environ(vars map[string]string) []string {
	var all []string
	for name, value := range vars {
		all = append(all, name+"="+value)
	}
	return all
}

func (s *shell) run(args ...string) answer {
	s.t.Helper()
	return s.feed("", args...)
}

// must runs a command that has to go well, and returns what it prints.
func (s *shell) must(args ...string) string {
	s.t.Helper()
	a := s.run(args...)
	if a.code != exitOK || a.err != "" {
		s.t.Fatalf("docket %s: exit %d\n%s%s", strings.Join(args, " "), a.code, a.out, a.err)
	}
	return a.out
}

// rows runs a listing with --json.
func (s *shell) rows(args ...string) []map[string]any {
	s.t.Helper()
	var rows []map[string]any
	out := s.must(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		s.t.Fatalf("docket %s --json: %v\n%s", strings.Join(args, " "), err, out)
	}
	return rows
}

// show writes a command and all it did on the page.
func (s *shell) show(args ...string) {
	s.t.Helper()
	a := s.run(args...)
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = arg
		if strings.ContainsAny(arg, " ;") {
			quoted[i] = "'" + arg + "'"
		}
	}
	fmt.Fprintf(&s.page, "$ docket %s\n%s", strings.Join(quoted, " "), a.out)
	for line := range strings.Lines(a.err) {
		s.page.WriteString("! " + line)
	}
	if a.code != exitOK {
		fmt.Fprintf(&s.page, "exit %d\n", a.code)
	}
	s.page.WriteByte('\n')
}

// The parts of a page that differ from run to run.
var passing = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`), "1111-11-11 11:11:11"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "1111-11-11T11:11:11Z"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:8080"},
	{regexp.MustCompile(`after \d+s`), "after 0s"},
	{regexp.MustCompile(`\S*/docket\.db`), "docket.db"},
}

// golden compares the page with the kept one.
func (s *shell) golden(name string) {
	s.t.Helper()
	got := s.page.String()
	for _, p := range passing {
		got = p.what.ReplaceAllString(got, p.with)
	}
	path := filepath.Join("testdata", name)
	if *update {
		writeFile(s.t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// serve runs docket serve until the returned stop is called.
func (s *shell) serve() (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	log := &logBuffer{}
	end := make(chan int, 1)
	go func() {
		end <- run(ctx, []string{"serve"}, s.environ(), strings.NewReader(""), writer{log}, writer{log})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if code := <-end; code != exitOK {
			s.t.Errorf("docket serve: exit %d\n%s", code, log)
		}
	})
	s.t.Cleanup(stop)
	eventually(s.t, 30*time.Second, "docket serve is ready", func() bool {
		if len(end) > 0 {
			s.t.Fatalf("docket serve ended:\n%s", log)
		}
		return readyLine.MatchString(log.String())
	})
	return stop
}

// settled waits until nothing is to be done in the desk any more.
func (s *shell) settled() {
	s.t.Helper()
	p := &process{t: s.t, url: "http://" + s.env["DOCKET_LISTEN"]}
	p.settled(20 * time.Second)
}
