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

// Error is every mistake of a configuration: those of the file from top to bottom,
// then those of the environment.
type Error struct{ Mistakes []Mistake }

// Error prints one mistake a line.
func (e *Error) Error() string {
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
	// that one of them is in.
	spoilt, below map[string]bool
	// at is where each key of the file is, by its path.
	at map[string]token.Position
	// given are the keys to which the file gives a value, by their paths.
	given map[string]bool
	// fromEnv is the variable that a key was set by, by its path; fromFile is the file that
	// holds a secret.
	fromEnv, fromFile map[string]string
	// names are those of items of lists, by their paths: sources[2] has a name.
	names map[string]string
}

func newMistakes(file string) mistakes {
	return mistakes{
		file: file, spoilt: map[string]bool{}, below: map[string]bool{},
		at: map[string]token.Position{}, given: map[string]bool{}, fromEnv: map[string]string{}, fromFile: map[string]string{},
		names: map[string]string{},
	}
}

// add adds a mistake about a key or a variable, after which nothing else can be reported about it.
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

// above is the path of what a key is in.
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
// in the file. What is known to be wrong already is not reported again in other words.
func (l *mistakes) wrong(path, format string, args ...any) {
	m := Mistake{Path: path, Text: fmt.Sprintf(format, args...)}
	if name, ok := l.fromEnv[path]; ok {
		m.Path = name
	} else if place, ok := l.place(path); ok {
		m.File, m.Line, m.Column = l.file, place.Line, place.Column
	}
	if !l.reported(m.Path) {
		l.add(m)
	}
}

// wrongIn adds a mistake about a variable of the environment.
func (l *mistakes) wrongIn(name, format string, args ...any) {
	l.add(Mistake{Path: name, Text: fmt.Sprintf(format, args...)})
}

// reported says whether there is a mistake about a key, one that it is in, or one that
// is in it.
func (l *mistakes) reported(path string) bool {
	for up, ok := path, true; ok; up, ok = above(up) {
		if l.spoilt[up] {
			return true
		}
	}
	return l.below[path]
}

// item is the path of an item of a list, which a variable sets as a whole.
func (l *mistakes) item(path string, i int) string {
	if _, ok := l.fromEnv[path]; ok {
		return path
	}
	return index(path, i)
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

// shown is a path as people read it: an item goes by its name where it has one.
func (l *mistakes) shown(path string) string {
	item, rest, found := strings.Cut(path, "]")
	if name := l.names[item+"]"]; found && name != "" {
		list, _, _ := strings.Cut(item, "[")
		return list + "." + name + rest
	}
	return path
}

// err is nil, or a *Error.
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
	for i := range l.all {
		l.all[i].Path = l.shown(l.all[i].Path)
	}
	if l.left > 0 {
		l.all = append(l.all, Mistake{File: l.file, Text: fmt.Sprintf("and %d more mistakes", l.left)})
	}
	return &Error{l.all}
}
