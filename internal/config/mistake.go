package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Mistake is one thing that is wrong in the configuration.
type Mistake struct {
	// File is the file's path, "" for the environment.
	File string
	// Line and Column count from 1; they are 0 for the environment, and for a file that
	// cannot be read.
	Line, Column int
	// Path is the key's path or the variable's name, "" where the file as a whole is wrong.
	Path string
	// Text says what is wrong and what is allowed.
	Text string
}

// String prints docket.yaml:12:9: sources[1].every: what is wrong.
func (m Mistake) String() string {
	var parts []string
	switch {
	case m.File != "" && m.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column))
	case m.File != "":
		parts = append(parts, m.File)
	}
	if m.Path != "" {
		parts = append(parts, m.Path)
	}
	return strings.Join(append(parts, m.Text), ": ")
}

// ConfigError is every mistake of a configuration: those of the file from top to bottom,
// then those of the environment.
type ConfigError struct{ Mistakes []Mistake }

// Error prints one mistake a line.
func (e *ConfigError) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// maxMistakes bounds the list: more than this is another kind of file.
const maxMistakes = 200

// mistakes collects what is wrong while the configuration is read.
type mistakes struct {
	file string
	all  []Mistake
	// left counts the mistakes beyond maxMistakes.
	left int
	// spoilt are the keys and variables that there is a mistake about; below are the keys
	// that one of them stands in.
	spoilt, below map[string]bool
	// at is where each key of the file stands, by its path.
	at map[string]token.Position
	// given are the keys to which the file gives a value, by their paths.
	given map[string]bool
	// fromEnv is the variable that a key was set by, by its path.
	fromEnv map[string]string
}

func newMistakes(file string) mistakes {
	return mistakes{
		file: file, spoilt: map[string]bool{}, below: map[string]bool{},
		at: map[string]token.Position{}, given: map[string]bool{}, fromEnv: map[string]string{},
	}
}

// add adds a mistake about a key or a variable, after which nothing else can be said of it.
func (l *mistakes) add(m Mistake) {
	if m.Path != "" {
		l.spoilt[m.Path] = true
		for path, ok := above(m.Path); ok; path, ok = above(path) {
			l.below[path] = true
		}
	}
	l.list(m)
}

func (l *mistakes) list(m Mistake) {
	if len(l.all) >= maxMistakes {
		l.left++
		return
	}
	l.all = append(l.all, m)
}

// above is the path of what a key stands in.
func above(path string) (string, bool) {
	cut := strings.LastIndexAny(path, ".[")
	return path[:max(0, cut)], cut > 0
}

// wrongAt adds a mistake at a node of the file.
func (l *mistakes) wrongAt(n ast.Node, path, format string, args ...any) {
	at := position(n)
	l.add(Mistake{File: l.file, Line: at.Line, Column: at.Column, Path: path, Text: fmt.Sprintf(format, args...)})
}

// wrong adds a mistake about a key's value: by the variable that set it, or at its place
// in the file. What is known to be wrong already is not said again in other words.
func (l *mistakes) wrong(path, format string, args ...any) {
	m := Mistake{Path: path, Text: fmt.Sprintf(format, args...)}
	if name, ok := l.fromEnv[path]; ok {
		m.Path = name
	} else if place, ok := l.place(path); ok {
		m.File, m.Line, m.Column = l.file, place.Line, place.Column
	}
	if !l.said(m.Path) {
		l.add(m)
	}
}

// wrongIn adds a mistake about a variable of the environment.
func (l *mistakes) wrongIn(name, format string, args ...any) {
	l.add(Mistake{Path: name, Text: fmt.Sprintf(format, args...)})
}

// said reports whether there is a mistake about a key, one that it stands in, or one that
// stands in it.
func (l *mistakes) said(path string) bool {
	for up, ok := path, true; ok; up, ok = above(up) {
		if l.spoilt[up] {
			return true
		}
	}
	return l.below[path]
}

// holds reports whether the file has a key, with or without a value.
func (l *mistakes) holds(path string) bool {
	_, found := l.at[path]
	return found
}

// place finds a key in the file, or the nearest one above it.
func (l *mistakes) place(path string) (token.Position, bool) {
	for up, ok := path, true; ok; up, ok = above(up) {
		if place, found := l.at[up]; found {
			return place, true
		}
	}
	return token.Position{}, false
}

// err is nil, or a *ConfigError.
func (l *mistakes) err() error {
	if len(l.all) == 0 {
		return nil
	}
	slices.SortStableFunc(l.all, func(a, b Mistake) int {
		if a.File == "" || b.File == "" {
			return -cmp.Compare(a.File, b.File)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if l.left > 0 {
		l.all = append(l.all, Mistake{File: l.file, Text: fmt.Sprintf("and %d more mistakes", l.left)})
	}
	return &ConfigError{l.all}
}
