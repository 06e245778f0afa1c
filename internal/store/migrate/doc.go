// Package migrate holds the schema's steps for both engines, numbered the same in both
// folders. Steps only add and are never edited once released.
package migrate

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
)

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS

// Latest is the number of the last step: what this program works with.
func Latest() (int64, error) {
	files, err := Files.ReadDir("sqlite")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("read the embedded schema steps: %w", err)
	}
	digits, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read a schema step's number: %w", err)
	}
	return n, nil
}
