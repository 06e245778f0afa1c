//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The environment says what to do: DOCKET_FAILPOINT=name:n kills the process when it reaches the name for the
// nth time, and DOCKET_FAILPOINT_LOG names a file to which each name is written the first time it is reached.
var points struct {
	sync.Mutex
	hits map[string]int
}

// Hit is a point at which the process may be killed. It dies as by kill -9: nothing is flushed, closed or
// logged.
func Hit(name string) {
	points.Lock()
	defer points.Unlock()
	if points.hits == nil {
		points.hits = map[string]int{}
	}
	points.hits[name]++
	if path := os.Getenv("DOCKET_FAILPOINT_LOG"); path != "" && points.hits[name] == 1 {
		if f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, _ = fmt.Fprintln(f, name)
			_ = f.Close()
		}
	}
	wanted, count, _ := strings.Cut(os.Getenv("DOCKET_FAILPOINT"), ":")
	n, err := strconv.Atoi(count)
	if err != nil || wanted != name || points.hits[name] != n {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // Until the signal arrives.
}

// HitOf is Hit for a name and what it applies to: "courier-before-note".
func HitOf(name, of string) { Hit(name + "-" + of) }

// Hurried shortens a timeout for a test: DOCKET_FAILPOINT_PACE=10 makes it a tenth.
func Hurried(d time.Duration) time.Duration {
	pace, err := strconv.Atoi(os.Getenv("DOCKET_FAILPOINT_PACE"))
	if err != nil || pace < 1 {
		return d
	}
	return d / time.Duration(pace)
}
