package config

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"docket/internal/flag"
)

// secret reports whether a variable may come as NAME_FILE, too, and is never quoted.
func (f bound) secret() bool { return isSecret(f.value.Type()) }

// variables are the environment's part of the contract with operators: every key below v that a
// variable sets.
func (s shapes) variables(v reflect.Value, path string) []bound {
	var all []bound
	for _, f := range s.bind(v, path) {
		switch {
		case isSection(f.value.Type()):
			all = append(all, s.variables(f.value, f.path)...)
		case f.env != "":
			all = append(all, f)
		}
	}
	return all
}

// defaultVariables are the variables of a configuration with nothing configured.
func defaultVariables() []bound {
	cfg := Defaults()
	return shapes{}.variables(reflect.ValueOf(&cfg).Elem(), "")
}

// readEnv lays the environment over the file.
func (l *loader) readEnv() {
	for _, v := range l.shapes.variables(reflect.ValueOf(&l.config).Elem(), "") {
		text, name := l.lookup(v)
		if name == "" {
			continue
		}
		l.fromEnv[v.path] = name
		if wrong := v.set(v.value, text); wrong != "" {
			l.wrongIn(name, "%s", wrong)
		}
	}
	l.readPort()
	for _, f := range flag.Flags {
		l.readFlag(f)
	}
}

// lookup returns a variable's value and the variable that gave it: NAME, or NAME_FILE, which
// names a file with the value. Both are "" where there is none; an empty variable is how
// platforms unset one.
func (l *loader) lookup(v bound) (text, name string) {
	text, _ = l.env(v.env)
	path, fileName := "", v.env+"_FILE"
	if v.secret() {
		path, _ = l.env(fileName)
	}
	switch {
	case text == "" && path == "":
		return "", ""
	case !utf8.ValidString(text):
		l.wrongIn(v.env, "is not UTF-8 text")
		return "", ""
	case path == "":
		delete(l.config.SecretFiles, v.env)
		return text, v.env
	case text != "":
		l.wrongIn(v.env, "is set, and so is %s: set only one of them", fileName)
		return "", ""
	}
	text, err := ReadSecret(path)
	if err != nil {
		l.wrongIn(fileName, "%v", err)
		return "", ""
	}
	l.config.SecretFiles[v.env] = path
	return text, fileName
}

// readPort reads PORT, which platforms set: it means all addresses, unless DOCKET_LISTEN
// asks for one.
func (l *loader) readPort() {
	port, _ := l.env("PORT")
	switch {
	case port == "" || l.fromEnv["listen"] != "":
	case !isPort(port):
		l.wrongIn("PORT", "%s is not a port: write a number from 1 to 65535", quoted(port))
	default:
		l.config.Listen, l.fromEnv["listen"] = ":"+port, "PORT"
	}
}

// readFlag reads 0 (pinned off) or 1 (on by default).
func (l *loader) readFlag(f flag.Flag) {
	text, _ := l.env(f.EnvVar)
	value, err := flag.ParseEnv(text)
	if err != nil {
		l.wrongIn(f.EnvVar, "%s is neither 0 (pinned off) nor 1 (on by default)", quoted(text))
		return
	}
	if value != flag.EnvUnset {
		l.config.Flags[f.Name] = value
	}
}

// separated are the values of a list in one text.
func separated(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
