package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// templateSet holds databases that contain the schema, created on first use. A copy takes milliseconds;
// another migration takes a second under the race detector.
type templateSet struct {
	migrate func(url string) error

	mu       sync.Mutex // guards all below
	sqlite   []byte
	postgres string
}

// templates belong to the test binary.
var templates templateSet

// copySQLite writes a copy of the migrated file to a path.
func (ts *templateSet) copySQLite(path string) error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.sqlite == nil {
		dir, err := os.MkdirTemp("", "docket-template-")
		if err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // A temporary folder.
		file := filepath.Join(dir, "docket.db")
		if err := ts.migrate(file); err != nil {
			return fmt.Errorf("migrate the template: %w", err)
		}
		if ts.sqlite, err = os.ReadFile(file); err != nil { //nolint:gosec // Our own file.
			return fmt.Errorf("read the template: %w", err)
		}
	}
	if err := os.WriteFile(path, ts.sqlite, 0o600); err != nil {
		return fmt.Errorf("copy the template: %w", err)
	}
	return nil
}

// copyPostgres makes a copy of the migrated database on a server.
func (ts *templateSet) copyPostgres(s *Server) (url string, err error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.postgres == "" {
		url, err := s.database("")
		if err != nil {
			return "", err
		}
		if err := ts.migrate(url); err != nil {
			return "", fmt.Errorf("migrate the template: %w", err)
		}
		path, _, _ := strings.Cut(url, "?")
		ts.postgres = path[strings.LastIndex(path, "/")+1:]
	}
	return s.database(ts.postgres)
}
