package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docket/internal/await"
	"docket/internal/store/storetest"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if builtDir != "" {
		_ = os.RemoveAll(builtDir) // A temporary folder.
	}
	os.Exit(code)
}

// The real program, built once for all tests.
var (
	build    sync.Once
	built    string
	builtDir string
	buildErr error
)

// notInShort leaves a test that runs real programs to make test.
func notInShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs real programs: make test does, make check does not")
	}
}

func program(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program, which takes longer than the quick loop: make test")
	}
	notInShort(t)
	build.Do(func() {
		// Not the test's own folder: the program outlives the first test that needs it.
		if builtDir, buildErr = os.MkdirTemp("", "docket-build-"); buildErr != nil { //nolint:usetesting // See above.
			return
		}
		built = filepath.Join(builtDir, "docket")
		cmd := exec.Command("go", "build", "-o", built, ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			buildErr = fmt.Errorf("build docket: %w: %s", err, out)
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return built
}

// process is a running docket of a test.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	url string
	log *logBuffer
	end chan error
	// gone is closed once the process has ended.
	gone chan struct{}
}

// logBuffer keeps a process' output.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.WriteString(line + "\n")
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// setup is what a docket is started with.
type setup struct {
	database string
	yaml     string
	env      []string
	dir      string
	// listenByEnv leaves the address to DOCKET_LISTEN in env.
	listenByEnv bool
	// uid runs the program as another user, 0 as ourselves.
	uid uint32
	// program is run instead of the plain build.
	program string
	// early returns from launch without waiting.
	early bool
}

var readyLine = regexp.MustCompile(`msg=ready address=(\S+)`)

// start starts a docket and waits until it takes alerts.
func start(t testing.TB, s setup) *process {
	t.Helper()
	p := launch(t, s)
	if p.url == "" {
		t.Fatalf("docket did not become ready:\n%s", p.log)
	}
	return p
}

// launch starts a docket and waits until it takes alerts or ends.
func launch(t testing.TB, s setup) *process {
	t.Helper()
	if s.dir == "" {
		s.dir = t.TempDir()
	}
	config := filepath.Join(s.dir, "docket.yaml")
	if err := os.WriteFile(config, []byte(s.yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.program == "" {
		s.program = program(t)
	}
	args := []string{s.program, "serve", "--config", config}
	if !s.listenByEnv {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = s.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "DATABASE_URL=" + s.database}, s.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if s.uid != 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: s.uid, Gid: s.uid}
		openFor(t, config)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	p := &process{t: t, cmd: cmd, log: &logBuffer{}, end: make(chan error, 1), gone: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.log.add(lines.Text())
			if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
				ready <- m[1]
			}
		}
		p.end <- cmd.Wait()
		close(p.end)
		close(p.gone)
		close(ready)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			text := p.log.String()
			t.Logf("docket's log (its end):\n%s", text[max(0, len(text)-6000):])
		}
	})
	if s.early {
		return p
	}
	select {
	case p.url = <-ready:
	case <-time.After(2 * patience):
		t.Fatalf("docket neither became ready nor ended:\n%s", p.log)
	}
	return p
}

// openFor lets every user read a file and enter the folders above it, and the program's.
func openFor(t testing.TB, file string) {
	t.Helper()
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Dir(file), builtDir} {
		for ; dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wait waits for the process' end and returns how it exited.
func (p *process) wait() error { return <-p.end }

// kill is kill -9, and waits.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // It may be gone already.
	_ = p.wait()             // Its exit is what was asked for.
}

// stop is SIGTERM; it returns how long the stop took.
func (p *process) stop() time.Duration {
	p.t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.end:
		if err != nil {
			p.t.Errorf("docket ended with %v after SIGTERM:\n%s", err, p.log)
		}
	case <-time.After(stretched(30 * time.Second)):
		p.t.Fatalf("docket did not stop within 30 s of SIGTERM:\n%s", p.log)
	}
	return time.Since(began)
}

// get reads JSON from the process.
func (p *process) get(path string, into any) {
	p.t.Helper()
	resp, err := http.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %s %v\n%s", path, resp.Status, err, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		p.t.Fatalf("GET %s: %v\n%s", path, err, text)
	}
}

// post sends a body and returns the answer.
func post(url, body string) (status int, answer string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// mustPost sends a body that must be taken.
func (p *process) mustPost(path, body string) {
	p.t.Helper()
	status, answer, err := post(p.url+path, body)
	if err != nil || status != http.StatusOK {
		p.t.Fatalf("POST %s: %d %v %s", path, status, err, answer)
	}
}

// patience is for what takes a second or two on a quiet machine: a wait ends by its event,
// so a generous bound costs nothing, and a busy machine is no failure.
const patience = 90 * time.Second

// eventually waits until a condition holds. How long that takes is no promise here, so it
// waits for patience at least; promptly is for promises.
func eventually(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	await.Until(t, max(within, patience), what, holds, nil)
}

// promptly waits until a condition holds, where the time is part of the promise.
func promptly(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	await.Until(t, stretched(within), what, holds, nil)
}

// stretched is a time that we promise, as a machine keeps it on which others wait for the
// processor, too: as many times longer as there are programs for each processor.
func stretched(d time.Duration) time.Duration {
	text, err := os.ReadFile("/proc/loadavg")
	var load float64
	if err != nil {
		return d
	}
	if _, err := fmt.Sscan(string(text), &load); err != nil {
		return d
	}
	return time.Duration(float64(d) * min(3, max(1, 1.5*load/float64(runtime.NumCPU()))))
}

// settled waits until the process has nothing left to do in the desk.
func (p *process) settled(within time.Duration) {
	p.t.Helper()
	eventually(p.t, within, "nothing is waiting for the desk", func() bool {
		var state struct{ Waiting int }
		status, body := p.readiness()
		return status == http.StatusOK && json.Unmarshal([]byte(body), &state) == nil && state.Waiting == 0
	})
}

// together calls do n times at once and fails on the first error.
func together(t testing.TB, n int, do func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make(chan error, n)
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			errs <- do(i)
		})
	}
	close(gate)
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

// sent is post for together: anything but 200 is an error.
func sent(url, body string) error {
	status, answer, err := post(url, body)
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("POST %s: %d %s: %w", url, status, answer, errors.Join(err, errors.New("not taken")))
	}
	return nil
}
