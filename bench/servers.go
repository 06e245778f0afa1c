package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// running is a server that has been started.
type running struct {
	url string
	// metric is the metric that counts firing alerts.
	metric string
	cmd    *exec.Cmd
	after  []func()
}

// begin starts a program and waits until ready responds with 200.
func begin(ctx context.Context, url, ready, metric, dir string, env []string, args ...string) (*running, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // The programs under measure.
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	r := &running{url: url, metric: metric, cmd: cmd}
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); {
		resp, err := http.Get(url + ready) //nolint:noctx // Our own server on loopback.
		if err == nil {
			_ = resp.Body.Close() // Only the status matters.
			if resp.StatusCode == http.StatusOK {
				return r, nil
			}
		}
		<-time.After(2 * time.Millisecond)
	}
	r.kill()
	return nil, fmt.Errorf("%s did not become ready: %s", args[0], out.String())
}

// stop stops the server and everything it needed.
func (r *running) stop() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // It may have exited already.
	_ = r.cmd.Wait()                          // It was asked to exit.
	for _, do := range r.after {
		do()
	}
}

// kill is kill -9. What the server needed stays.
func (r *running) kill() {
	_ = r.cmd.Process.Kill() // It may have exited already.
	_ = r.cmd.Wait()         // It was asked to exit.
}

func (b *bench) folder(sc scene) (string, error) {
	if sc.state != "" {
		return sc.state, os.MkdirAll(sc.state, 0o750)
	}
	return os.MkdirTemp(b.dir, "run-")
}

func (b *bench) startDocketSQLite(ctx context.Context, sc scene) (*running, error) {
	dir, err := b.folder(sc)
	if err != nil {
		return nil, err
	}
	return b.startDocket(ctx, sc, dir, filepath.Join(dir, "docket.db"))
}

func (b *bench) startDocket(ctx context.Context, sc scene, dir, database string) (*running, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	config := "log: {level: error}\npolicies: {storm: {limit: 0}}\n" + sc.more
	if sc.sink != "" {
		config += fmt.Sprintf("desk: freescout\nfreescout: {api_url: %q, api_key: bench, mailbox_id: 1, rate: 1000000}\n", sc.sink)
	}
	path := filepath.Join(dir, "docket.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("write docket.yaml: %w", err)
	}
	return begin(ctx, "http://"+address, "/readyz", "docket_alerts_firing", dir, []string{"DATABASE_URL=" + database}, b.docket, "serve",
		"--config", path, "--listen", address)
}

func (b *bench) startAlertmanager(ctx context.Context, sc scene) (*running, error) {
	dir, err := b.folder(sc)
	if err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	config := "route: {receiver: none, group_by: [alertname, cluster], group_wait: 30s}\nreceivers: [{name: none}]\n"
	if sc.sink != "" {
		config = fmt.Sprintf("route: {receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 1s}\nreceivers: [{name: sink, "+
			"webhook_configs: [{url: '%s/webhook', send_resolved: false}]}]\n", sc.sink)
	}
	path := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("write alertmanager.yml: %w", err)
	}
	return begin(ctx, "http://"+address, "/-/ready", `alertmanager_alerts{state="active"}`, dir, nil, b.alertmanager, "--config.file="+path,
		"--web.listen-address="+address, "--storage.path="+filepath.Join(dir, "data"), "--cluster.listen-address=", "--log.level=error")
}

// startDocketPostgres starts PostgreSQL with its default settings (with fsync), then Docket.
func (b *bench) startDocketPostgres(ctx context.Context, sc scene) (*running, error) {
	dir, err := b.folder(sc)
	if err != nil {
		return nil, err
	}
	url, stop, err := b.postgres(ctx, dir)
	if err != nil {
		return nil, err
	}
	r, err := b.startDocket(ctx, sc, dir, url)
	if err != nil {
		stop()
		return nil, err
	}
	r.after = append(r.after, stop)
	return r, nil
}

func (b *bench) postgres(ctx context.Context, dir string) (url string, stop func(), err error) {
	data := filepath.Join(dir, "postgres")
	portFile := filepath.Join(dir, "port")
	if text, err := os.ReadFile(portFile); err == nil { //nolint:gosec // Our own folder. // Kept from before a kill: the server still runs.
		return "postgres://docket@127.0.0.1:" + string(text) + "/postgres?sslmode=disable", func() { b.stopPostgres(ctx, data) }, nil
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return "", nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, err
	}
	//nolint:gosec // The server's user must get in.
	if err := errors.Join(os.MkdirAll(data, 0o700), os.Chmod(b.dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
		return "", nil, err
	}
	if id := otherUser(); id != nil {
		if err := os.Chown(data, int(id.Uid), int(id.Gid)); err != nil {
			return "", nil, fmt.Errorf("hand the data folder over: %w", err)
		}
	}
	if out, err := b.pgCommand(ctx, "initdb", "-D", data, "-U", "docket", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	options := "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p " + port
	if out, err := b.pgCommand(ctx, "pg_ctl", "-D", data, "-w", "-o", options, "-l", filepath.Join(data, "log"),
		"start").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("start postgres: %w: %s", err, out)
	}
	if err := os.WriteFile(portFile, []byte(port), 0o600); err != nil {
		return "", nil, err
	}
	return "postgres://docket@127.0.0.1:" + port + "/postgres?sslmode=disable", func() { b.stopPostgres(ctx, data) }, nil
}

func (b *bench) stopPostgres(ctx context.Context, data string) {
	if out, err := b.pgCommand(context.WithoutCancel(ctx), "pg_ctl", "-D", data, "-m", "fast", "-w", "stop").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: stop postgres: %v: %s\n", err, out)
	}
}

func (b *bench) pgCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(b.pg, name), args...) //nolint:gosec // PostgreSQL's own programs.
	cmd.Dir = os.TempDir()
	if id := otherUser(); id != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: id}
	}
	return cmd
}

// otherUser is the user that PostgreSQL runs as if we are root, because it refuses to run as root.
func otherUser() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func postgresBin() string {
	if dir := os.Getenv("DOCKET_TEST_PG_BIN"); dir != "" {
		return dir
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close() //nolint:errcheck // Only the number is wanted.
	return l.Addr().String(), nil
}

// rss is the process's resident memory in MB.
func (r *running) rss() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64) // This is the kernel's format.
			return kb / 1024
		}
	}
	return 0
}

// cpu is the CPU time that the process has used.
func (r *running) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)   // This is the kernel's format.
	system, _ := strconv.ParseInt(fields[12], 10, 64) // Likewise.
	const perTick = 10 * time.Millisecond
	return time.Duration(user+system) * perTick
}
