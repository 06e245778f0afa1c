package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Environ looks a variable up.
type Environ func(name string) (value string, set bool)

const (
	// defaultPath is read where it exists and no other file is named.
	defaultPath = "docket.yaml"
	// maxConfigBytes bounds the file: 5,000 surfaces with all they may have stay below it.
	maxConfigBytes = 4 << 20
	// maxSecretBytes bounds a secret's file.
	maxSecretBytes = 16 << 10
)

// Load reads the configuration: defaults, then the file, then the environment. path is
// --config, "" where it was not given. The error is a *Error with every mistake.
func Load(path string, env Environ) (Config, error) {
	file, text, err := open(path, env)
	if err != nil {
		return Config{}, err
	}
	return Parse(file, text, env)
}

// open reads the file's text; file is "" where there is none.
func open(path string, env Environ) (file string, text []byte, err error) {
	path, named := Path(path, env)
	text, err = readFile(path, maxConfigBytes)
	if !named && errors.Is(err, fs.ErrNotExist) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, &Error{[]Mistake{{File: path, Text: "the configuration file cannot be read: " + reason(err)}}}
	}
	return path, text, nil
}

// Path is the file that Load reads: path where it is given, that of DOCKET_CONFIG, or
// docket.yaml, which need not exist.
func Path(path string, env Environ) (file string, named bool) {
	if path == "" {
		path, _ = env("DOCKET_CONFIG")
	}
	if path == "" {
		return defaultPath, false
	}
	return path, true
}

// loader is a configuration while it is read.
type loader struct {
	mistakes

	config Config
	env    Environ
	shapes shapes
	// routeKeys are the keys of routes that belong to desks, by their route's path: they are read
	// once the route's desk is known.
	routeKeys map[string][]member
}

// newLoader makes a loader with the defaults. file is "" where there is none.
func newLoader(file string, env Environ) *loader {
	return &loader{newMistakes(file), Defaults(), env, shapes{}, map[string][]member{}}
}

// Parse is Load behind the reading of the file; file is "" where there is none.
func Parse(file string, text []byte, env Environ) (Config, error) {
	l := newLoader(file, env)
	l.read(text)
	if err := l.err(); err != nil {
		return Config{}, err
	}
	return l.config, nil
}

// read reads the file's text and the environment, and checks what came out.
func (l *loader) read(text []byte) {
	readable := l.readYAML(text)
	l.readEnv()
	if readable { // Otherwise all that the file says would be called missing.
		root := reflect.ValueOf(&l.config).Elem()
		l.complete(root, "")
		l.review(root, "")
	}
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) (_ []byte, err error) {
	f, err := os.Open(path) //nolint:gosec // The operator names the file.
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // Only read from.
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is larger than %d KiB", limit>>10)
	}
	return text, err
}

// ReadSecret reads a file that holds a secret. Line breaks at its end do not belong to it.
func ReadSecret(path string) (string, error) {
	text, err := readFile(path, maxSecretBytes)
	if err != nil {
		return "", fmt.Errorf("its file cannot be read: %s", reason(err))
	}
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case secret == "":
		return "", errors.New("its file is empty")
	case !utf8.ValidString(secret):
		return "", errors.New("its file is not UTF-8 text")
	}
	return secret, nil
}

// reason is a file error without the path: that is already reported, or may be a secret that
// was written in place of a path.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}
