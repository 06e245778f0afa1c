package main

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/store/storetest"
)

// The kill matrix: the real program is killed at every failpoint that stands in the source,
// on both databases, started again, and must then have made one ticket of every alert, none
// twice, and have forgotten nothing that it said it had.

var (
	kills    = flag.Int("kills", 1, "how often the program is killed at each failpoint, on each database")
	killOnly = flag.String("kill-only", "", "kill only at failpoints that hold this text")
)

const (
	// killsAtOnce is how many programs die side by side: they wait more than they work.
	killsAtOnce = 20
	// killWithin bounds the way to a failpoint.
	killWithin = 3 * time.Minute
	// drainWithin bounds what follows the restart: the time that a call may take, the
	// wait-out, a lease that runs out, and a slow machine.
	drainWithin = 5 * time.Minute
)

// hurry is how many times faster the longest time-outs of the program with failpoints are: a
// create's 25 s, and the 30 s after which one that was cut off can no longer arrive.
var hurry = flag.Int("hurry", 10, "how many times faster time-outs are in the tests that wait for them; make prove: 1")

// hurried is the setting that makes the program keep the pace.
func hurried() string { return fmt.Sprintf("DOCKET_FAILPOINT_PACE=%d", *hurry) }

// paced is a time of the real world at the tests' pace.
func paced(d time.Duration) time.Duration { return d / time.Duration(*hurry) }

// deadly is the program with failpoints, built once.
var deadly = sync.OnceValues(func() (string, error) {
	path := filepath.Join(builtDir, "docket-failpoints")
	cmd := exec.Command("go", "build", "-tags", "failpoints", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build docket with failpoints: %w: %s", err, out)
	}
	return path, nil
})

// killing is one cell of the matrix.
type killing struct {
	scene  story
	point  string
	engine string
	round  int
}

func (k killing) name() string { return fmt.Sprintf("%s/%s/%d", k.point, k.engine, k.round+1) }

// hit is the how manieth time of coming to the point kills: later rounds kill later, where a
// point is come to often.
func (k killing) hit() int {
	return 1 + k.scene.from + k.round%max(1, k.scene.deep)
}

func TestKilledAtAnyFailpointEveryAlertGetsOneTicket(t *testing.T) {
	program(t) // Makes builtDir.
	t.Parallel()
	server := storetest.NewServer(t)
	var cells []killing
	for round := range *kills {
		for _, s := range scenes() {
			for _, point := range s.points {
				for _, engine := range storetest.Engines {
					if strings.Contains(point, *killOnly) {
						cells = append(cells, killing{s, point, engine, round})
					}
				}
			}
		}
	}
	// The longest first.
	slices.SortStableFunc(cells, func(a, b killing) int { return cmp.Compare(b.scene.takes, a.scene.takes) })
	free := make(chan struct{}, killsAtOnce)
	var wg sync.WaitGroup
	var mu sync.Mutex // guards resumed
	resumed := map[string][]time.Duration{}
	for _, cell := range cells {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			t.Run(cell.name(), func(t *testing.T) {
				url := filepath.Join(t.TempDir(), "docket.db")
				if cell.engine == "postgres" {
					url = fewConnections(server.Database(t))
				}
				took := cell.run(t, url)
				mu.Lock()
				defer mu.Unlock()
				resumed[cell.engine] = append(resumed[cell.engine], took)
			})
		})
	}
	wg.Wait()
	for engine, all := range resumed {
		slices.Sort(all)
		t.Logf("%s: %d kills; ready again after %s in the middle, %s at worst", engine, len(all), all[len(all)/2], all[len(all)-1])
	}
}

// fewConnections keeps so many programs within what one server allows.
func fewConnections(url string) string {
	if strings.Contains(url, "?") {
		return url + "&pool_max_conns=6"
	}
	return url + "?pool_max_conns=6"
}

// run kills the program once and checks what comes of it. It returns how long the restart took.
func (k killing) run(t *testing.T, url string) time.Duration {
	path, err := deadly()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, k.scene, setup{database: url, dir: t.TempDir(), program: path, env: []string{hurried()}})
	armed := w.setup
	armed.env = append(slices.Clone(armed.env), fmt.Sprintf("DOCKET_FAILPOINT=%s:%d", k.point, k.hit()))
	w.p = launch(t, armed)
	ready := w.p.url != ""
	if ready {
		k.scene.play(w)
	}
	select {
	case <-w.p.gone:
	case <-time.After(killWithin):
		t.Fatalf("the program never came to %s a %d. time", k.point, k.hit())
	}
	if status, ok := w.p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the program ended with %s, want it to be killed at %s", w.p.cmd.ProcessState, k.point)
	}
	began := time.Now()
	w.p = start(t, w.setup)
	took := time.Since(began)
	w.sendAgain()
	if !ready {
		k.scene.play(w) // It did not live to see it.
	}
	if k.scene.after != nil {
		k.scene.after(w)
	}
	k.scene.check(w)
	return took
}

func TestAProcessOnSQLiteResumesWithinTwoSecondsOfItsRestart(t *testing.T) {
	program(t) // Makes builtDir.
	t.Parallel()
	path, err := deadly()
	if err != nil {
		t.Fatal(err)
	}
	var all []time.Duration
	for range 5 {
		w := newWorld(t, story{alerts: []string{"Resumed"}},
			setup{database: filepath.Join(t.TempDir(), "docket.db"), dir: t.TempDir(), program: path})
		armed := w.setup
		armed.env = []string{"DOCKET_FAILPOINT=courier-before-find:1"} // Its job is taken, and nothing is sent yet.
		w.p = start(t, armed)
		fire(w)
		w.until("the program is killed", func() bool { return false })
		began := time.Now()
		w.p = launch(t, w.setup)
		oneEach(w)
		for _, r := range w.f.Requests() {
			if r.Op == fakedesk.OpCreate {
				all = append(all, r.At.Sub(began))
			}
		}
	}
	slices.Sort(all)
	t.Logf("from the restart to the first job done: %s", all)
	if median := all[len(all)/2]; median > stretched(2*time.Second) {
		t.Errorf("the first job was done %s after the restart, want at most 2 s", median)
	}
}

var hitInSource = regexp.MustCompile(`failpoint\.(Hit|HitOf)\("([^"]+)"`)

// pointsInSource lists the failpoints that stand in the source: whole names, and those that
// go on with what is done.
func pointsInSource(t *testing.T) (names, prefixes []string) {
	t.Helper()
	err := filepath.WalkDir("../../internal", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range hitInSource.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "HitOf" {
				prefixes = append(prefixes, m[2]+"-")
			} else {
				names = append(names, m[2])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, prefixes
}

func TestEveryFailpointOfTheSourceIsInTheKillMatrix(t *testing.T) {
	names, prefixes := pointsInSource(t)
	killed := map[string]bool{}
	for _, s := range scenes() {
		for _, point := range s.points {
			if killed[point] {
				t.Errorf("%s is in two scenes", point)
			}
			killed[point] = true
			if !slices.Contains(names, point) && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(point, p) }) {
				t.Errorf("%s is in the matrix and not in the source", point)
			}
		}
	}
	for _, name := range names {
		if !killed[name] {
			t.Errorf("the program is never killed at %s", name)
		}
	}
	for _, prefix := range prefixes {
		if !slices.ContainsFunc(scenes(), func(s story) bool {
			return slices.ContainsFunc(s.points, func(p string) bool { return strings.HasPrefix(p, prefix) })
		}) {
			t.Errorf("the program is never killed at %s...", prefix)
		}
	}
	if len(killed) < 30 {
		t.Errorf("%d failpoints, want at least 30", len(killed))
	}
}
