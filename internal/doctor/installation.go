package doctor

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Check is a check that brings what it looks at: a function below makes it, and a row in internal/app uses it.
type Check struct {
	// Hop is its step in the report.
	Hop string
	// Look returns what it finds; nil if there is nothing to look at.
	Look func(ctx context.Context) []HopResult
}

// lookInstallation makes these checks at the same time: one that hangs must not hide another.
func lookInstallation(ctx context.Context, e *exam) []HopResult {
	found := make([][]HopResult, len(e.Checks))
	var all sync.WaitGroup
	for i, c := range e.Checks {
		if c.Look == nil {
			continue
		}
		all.Go(func() {
			begin := time.Now()
			found[i] = c.Look(ctx)
			for n := range found[i] {
				found[i][n].Hop, found[i][n].Took = c.Hop, time.Since(begin)
			}
		})
	}
	all.Wait()
	var results []HopResult
	for _, of := range found {
		results = append(results, of...)
	}
	return results
}

// lowSpace is when a disk is nearly full.
const lowSpace = 512 << 20

// Disk checks the file of a SQLite database and its disk; file is "" for another database.
func Disk(file string) Check {
	if file == "" {
		return Check{}
	}
	return Check{Hop: "disk", Look: func(context.Context) []HopResult { return lookDisk(file) }}
}

func lookDisk(file string) []HopResult {
	info, err := os.Stat(file)
	if err != nil {
		return warning("database_file", "The database file cannot be examined.", "", "Check the folder's permissions.")
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(file, &fs); err != nil {
		return warning("database_file", "The disk's free space cannot be determined.", "", "Check the disk.")
	}
	free := fs.Bavail * uint64(fs.Bsize)
	evidence := fmt.Sprintf("%d MB free; the file has %d MB and mode %s", free>>20, info.Size()>>20, info.Mode().Perm())
	switch {
	case free < lowSpace:
		return warning("disk_full", "The disk that holds the database is nearly full.", evidence, "Free some space.")
	case info.Mode().Perm()&0o077 != 0:
		return warning("database_readable", "Other users of this machine can read the database.", evidence, "Run: chmod 600 "+file)
	}
	return passed("The disk has enough free space.", evidence)
}
