package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/flag"
)

// Setting is one key with its value in force and where that comes from.
type Setting struct {
	// Key is the key's path, or the variable that sets what the file cannot.
	Key string `json:"key"`
	// Value is the value as the file would have it; a secret that is set reads [redacted].
	Value string `json:"value"`
	// From is default, a place in the file, or the variable of the environment.
	From string `json:"from"`
}

// Show returns every key with its value. path and env are as for Load, and so is the error.
func Show(path string, env Environ) ([]Setting, error) {
	file, text, err := open(path, env)
	if err != nil {
		return nil, err
	}
	l := newLoader(file, env)
	l.read(text)
	if err := l.err(); err != nil {
		return nil, err
	}
	all := l.settings(reflect.ValueOf(&l.config).Elem(), "")
	for _, f := range flag.Flags {
		s := Setting{Key: f.EnvVar, From: "default"}
		if value, set := l.config.Flags[f.Name]; set {
			s.Value, s.From = strconv.Itoa(map[flag.Env]int{flag.EnvDefaultOn: 1}[value]), f.EnvVar
		}
		all = append(all, s)
	}
	return all, nil
}

// settings are the keys below v.
func (l *loader) settings(v reflect.Value, path string) []Setting {
	var all []Setting
	if c, ok := reflect.TypeAssert[choice](v.Addr()); ok {
		if kind, settings := c.Chosen(); kind != "" {
			return l.settings(reflect.ValueOf(settings).Elem(), join(path, kind))
		}
		return nil
	}
	for _, f := range l.shapes.bind(v, path) {
		nested := 0
		l.sections(f.value, f.path, nil, func(section reflect.Value, at string, _ map[string]bool) {
			nested++
			all = append(all, l.settings(section, at)...)
		})
		if nested == 0 {
			all = append(all, Setting{l.shown(f.path), l.value(f), l.from(f.path)})
		}
	}
	return all
}

// from says where the value at a path comes from.
func (l *loader) from(path string) string {
	if name := l.fromEnv[path]; name != "" {
		return name
	}
	at, there := l.at[path]
	if !there {
		at, there = l.at[path+fileKey]
	}
	if there && l.given[path] {
		return fmt.Sprintf("%s:%d", l.file, at.Line)
	}
	return "default"
}

// value is a key's value as people may see it; what is a default is no secret.
func (l *loader) value(f bound) string {
	if isSecret(f.value.Type()) && l.from(f.path) == "default" {
		return f.value.String()
	}
	return text(f.value)
}

// text is a value as the file would have it, without secrets; "" for what is not set.
func text(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case fault.Secret:
		if !value.Set() {
			return ""
		}
		return value.String()
	case alert.Severity:
		if value == 0 {
			return ""
		}
		return value.String()
	case time.Duration:
		return short(value)
	}
	switch v.Kind() { //nolint:exhaustive // The kinds that a configuration has.
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return text(v.Elem())
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = text(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		items := map[string]string{}
		for _, key := range v.MapKeys() {
			items[key.String()] = text(v.MapIndex(key))
		}
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(items)) {
			pairs = append(pairs, key+": "+items[key])
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}
