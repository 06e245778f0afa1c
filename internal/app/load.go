package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong in the configuration.
type Mistake struct {
	// File is the file's path, "" for the environment.
	File string
	// Line and Column are 1-based, 0 for the environment.
	Line, Column int
	// Path is the key's path, or the variable's name.
	Path string
	Text string
}

// String prints docket.yaml:12:9: sources[1].every: what is wrong.
func (m Mistake) String() string {
	if m.File == "" {
		return m.Path + ": " + m.Text
	}
	if m.Path == "" {
		return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", m.File, m.Line, m.Column, m.Path, m.Text)
}

// ConfigError is every mistake of a configuration.
type ConfigError struct{ Mistakes []Mistake }

// Error prints one mistake a line.
func (e *ConfigError) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// Environ looks a variable up.
type Environ func(name string) (value string, set bool)

// defaultPath is read where it exists and no other file is named.
const defaultPath = "docket.yaml"

// Load reads the configuration: defaults, then the file, then the environment. path is
// --config, "" where it was not given. The error is a *ConfigError with every mistake.
func Load(path string, env Environ) (Config, error) {
	l := &loader{config: Defaults(), env: env, at: map[string]Mistake{}}
	if path == "" {
		path, _ = env("DOCKET_CONFIG")
	}
	named := path != ""
	if !named {
		path = defaultPath
	}
	text, err := os.ReadFile(path) //nolint:gosec // The operator names the file.
	switch {
	case err == nil:
		l.file = path
		l.readFile(text)
	case named || !errors.Is(err, fs.ErrNotExist):
		l.mistakes = append(l.mistakes, Mistake{File: path, Text: "the configuration file cannot be read: " + reason(err)})
	}
	l.readEnv()
	l.settle()
	l.validate()
	if len(l.mistakes) > 0 {
		slices.SortStableFunc(l.mistakes, func(a, b Mistake) int {
			if a.File != b.File {
				return -strings.Compare(a.File, b.File)
			}
			return (a.Line-b.Line)*10000 + a.Column - b.Column
		})
		return Config{}, &ConfigError{l.mistakes}
	}
	return l.config, nil
}

// reason is a file error without the path, which is said already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// loader collects mistakes while it reads.
type loader struct {
	config   Config
	env      Environ
	file     string
	mistakes []Mistake
	// at is where each key of the file stands, by its path.
	at map[string]Mistake
	// fromEnv says which variable a key came from.
	fromEnv map[string]string
}

// wrong adds a mistake about a key, at its place in the file or by its variable.
func (l *loader) wrong(path, format string, args ...any) {
	m := Mistake{Path: path, Text: fmt.Sprintf(format, args...)}
	if name, ok := l.fromEnv[path]; ok {
		m.Path = name
	} else if place, ok := l.place(path); ok {
		m.File, m.Line, m.Column = place.File, place.Line, place.Column
	}
	l.mistakes = append(l.mistakes, m)
}

// place finds a key, or the nearest one above it.
func (l *loader) place(path string) (Mistake, bool) {
	for {
		if place, ok := l.at[path]; ok {
			return place, true
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return Mistake{}, false
		}
		path = path[:cut]
	}
}
