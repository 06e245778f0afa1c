package app

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"docket/internal/alert"
	"docket/internal/desk"
)

// readFile decodes the file into the configuration. The tree is walked by our own hand,
// because a decoder stops at the first mistake, and operators want all of them at once.
func (l *loader) readFile(text []byte) {
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		m := Mistake{File: l.file, Line: 1, Column: 1, Text: "not valid YAML: " + err.Error()}
		var se yaml.Error
		if asYAML(err, &se) {
			at := se.GetToken().Position
			m.Line, m.Column, m.Text = at.Line, at.Column, "not valid YAML: "+se.GetMessage()
		}
		l.mistakes = append(l.mistakes, m)
		return
	}
	for i, doc := range tree.Docs {
		if i > 0 && doc.Body != nil {
			l.wrongAt(doc.Body, "", "a second document begins here; one file holds one configuration")
			return
		}
		if doc.Body != nil {
			l.decode(doc.Body, reflect.ValueOf(&l.config).Elem(), "")
		}
	}
}

func asYAML(err error, target *yaml.Error) bool {
	e, ok := err.(yaml.Error) //nolint:errorlint // The parser returns it bare.
	if ok && e.GetToken() != nil && e.GetToken().Position != nil {
		*target = e
		return true
	}
	return false
}

// wrongAt adds a mistake at a node.
func (l *loader) wrongAt(n ast.Node, path, format string, args ...any) {
	m := Mistake{File: l.file, Line: 1, Column: 1, Path: path, Text: fmt.Sprintf(format, args...)}
	if t := n.GetToken(); t != nil && t.Position != nil {
		m.Line, m.Column = t.Position.Line, t.Position.Column
	}
	l.mistakes = append(l.mistakes, m)
}

// decode writes a node into v; path is v's place for messages.
func (l *loader) decode(n ast.Node, v reflect.Value, path string) {
	switch n := n.(type) {
	case *ast.AnchorNode:
		l.decode(n.Value, v, path)
		return
	case *ast.TagNode:
		l.decode(n.Value, v, path)
		return
	case *ast.AliasNode, *ast.MergeKeyNode:
		l.wrongAt(n, path, "aliases are not supported; write the value out")
		return
	case *ast.NullNode:
		return // The default stays.
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		l.at[path] = Mistake{File: l.file, Line: t.Position.Line, Column: t.Position.Column}
	}
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		l.decode(n, v.Elem(), path)
	case v.Type() == reflect.TypeFor[IdentityConfig]() && isText(n):
		l.identityWord(n, v, path)
	case v.Kind() == reflect.Struct:
		l.decodeStruct(n, v, path)
	case v.Kind() == reflect.Slice:
		l.decodeList(n, v, path)
	case v.Kind() == reflect.Map:
		l.decodeMap(n, v, path)
	default:
		l.decodeLeaf(n, v, path)
	}
}

func isText(n ast.Node) bool {
	_, ok := n.(*ast.StringNode)
	return ok
}

// identityWord reads the short form identity: alert_id.
func (l *loader) identityWord(n ast.Node, v reflect.Value, path string) {
	if word := n.GetToken().Value; word != "alert_id" {
		l.wrongAt(n, path, "%q is not an identity: write alert_id, {drop: [labels]} or {keep: [labels]}", word)
		return
	}
	v.Set(reflect.ValueOf(IdentityConfig{AlertID: true}))
}

// pairs returns a mapping's members.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (l *loader) decodeStruct(n ast.Node, v reflect.Value, path string) {
	members, ok := pairs(n)
	if !ok {
		l.wrongAt(n, path, "must be a mapping of keys to values")
		return
	}
	fields := map[string]int{}
	for i := range v.NumField() {
		if tag := v.Type().Field(i).Tag.Get("yaml"); tag != "" && tag != "-" {
			fields[tag] = i
		}
	}
	seen := map[string]bool{}
	for _, m := range members {
		key := m.Key.GetToken().Value
		at := join(path, key)
		i, known := fields[key]
		switch {
		case !known:
			l.wrongAt(m.Key, at, "unknown key%s", didYouMean(key, fields))
		case seen[key]:
			l.wrongAt(m.Key, at, "stands twice")
		default:
			l.decode(m.Value, v.Field(i), at)
		}
		seen[key] = true
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// didYouMean suggests the nearest known key, or lists them all where few.
func didYouMean(key string, fields map[string]int) string {
	best, distance := "", 3
	var all []string
	for name := range fields {
		all = append(all, name)
		if d := edits(key, name); d < distance || (d == distance && name < best) {
			best, distance = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf(": did you mean %s?", best)
	}
	slices.Sort(all)
	return ": known here are " + strings.Join(all, ", ")
}

// edits is the Levenshtein distance of two short words.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func (l *loader) decodeList(n ast.Node, v reflect.Value, path string) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		l.wrongAt(n, path, "must be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		l.decode(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (l *loader) decodeMap(n ast.Node, v reflect.Value, path string) {
	members, ok := pairs(n)
	if !ok {
		l.wrongAt(n, path, "must be a mapping of keys to values")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range members {
		key := m.Key.GetToken().Value
		item := reflect.New(v.Type().Elem()).Elem()
		if item.Kind() == reflect.Interface {
			var any any
			if err := yaml.NodeToValue(m.Value, &any); err != nil {
				l.wrongAt(m.Value, join(path, key), "cannot be read: %v", err)
				continue
			}
			l.at[join(path, key)] = Mistake{File: l.file, Line: m.Key.GetToken().Position.Line, Column: m.Key.GetToken().Position.Column}
			if any != nil {
				item.Set(reflect.ValueOf(any))
			}
		} else {
			l.decode(m.Value, item, join(path, key))
		}
		v.SetMapIndex(reflect.ValueOf(key), item)
	}
}

func (l *loader) decodeLeaf(n ast.Node, v reflect.Value, path string) {
	if _, ok := n.(ast.ScalarNode); !ok {
		l.wrongAt(n, path, "must be a single value")
		return
	}
	text := n.GetToken().Value
	if lit, ok := n.(*ast.LiteralNode); ok {
		text = lit.Value.Value
	}
	if s, ok := n.(*ast.StringNode); ok {
		text = s.Value
	}
	if fault := setLeaf(v, text); fault != "" {
		l.wrongAt(n, path, "%s", fault)
	}
}

// setLeaf parses text into v and says what is wrong with it, "" if nothing.
func setLeaf(v reflect.Value, text string) string {
	switch v.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if text == "0" {
			d, err = 0, nil
		}
		if err != nil || d < 0 {
			return fmt.Sprintf("%q is not a duration: write 30s, 5m or 1h", text)
		}
		v.SetInt(int64(d))
		return ""
	case alert.Severity:
		s, err := alert.ParseSeverity(text)
		if err != nil {
			return err.Error()
		}
		v.SetUint(uint64(s))
		return ""
	case desk.Secret:
		v.SetString(text)
		return ""
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int64:
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil || i < 0 {
			return fmt.Sprintf("%q is not a whole number of 0 or more", text)
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f > 0) || f > 1e6 {
			return fmt.Sprintf("%q is not a number above 0", text)
		}
		v.SetFloat(f)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Sprintf("%q is neither true nor false", text)
		}
		v.SetBool(b)
	default:
		return "cannot be set"
	}
	return ""
}
