package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// readYAML decodes the file into the configuration. The tree is walked by our own hand,
// because a decoder stops at the first mistake, and operators want all of them at once. The
// result is false where there is no tree.
func (l *loader) readYAML(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		l.add(l.notUTF8(text))
		return false
	}
	tokens := lexer.Tokenize(string(text))
	if t := tooDeep(tokens); t != nil {
		text := fmt.Sprintf("nested more than %d levels deep", maxNesting)
		l.add(Mistake{File: l.file, Line: t.Position.Line, Column: t.Position.Column, Text: text})
		return false
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // We report those ourselves.
	if err != nil {
		l.add(l.syntax(err))
		return false
	}
	bodies := 0
	for _, doc := range tree.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); doc.Body == nil || directive {
			continue
		}
		if bodies++; bodies > 1 {
			l.wrongAt(doc.Body, "", "a second document starts here: a file must contain one configuration")
			return true
		}
		l.decode(doc.Body, reflect.ValueOf(&l.config).Elem(), "", rule{})
	}
	return true
}

func (l *loader) notUTF8(text []byte) Mistake {
	good := bytes.ToValidUTF8(text, []byte{0}) // Only to find the first difference.
	i := 0
	for i < min(len(text), len(good)) && text[i] == good[i] {
		i++
	}
	line := text[bytes.LastIndexByte(text[:i], '\n')+1 : i]
	return Mistake{File: l.file, Line: 1 + bytes.Count(text[:i], []byte("\n")), Column: 1 + utf8.RuneCount(line), Text: "not UTF-8 text"}
}

// syntax is the parser's error without its excerpt of the file, which may show a secret.
func (l *loader) syntax(err error) Mistake {
	m := Mistake{File: l.file, Line: 1, Column: 1, Text: "not valid YAML"}
	var se yaml.Error
	if !errors.As(err, &se) {
		return m
	}
	m.Text += ": " + plain(se.GetMessage())
	if t := se.GetToken(); t != nil && t.Position != nil {
		m.Line, m.Column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	return m
}

// position is where a node begins. The token of a block mapping is its first colon, so
// its first key says it better.
func position(n ast.Node) token.Position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return position(m.Values[0])
		}
	case *ast.MappingValueNode:
		return position(m.Key)
	}
	at := token.Position{Line: 1, Column: 1}
	if t := n.GetToken(); t != nil && t.Position != nil {
		at.Line, at.Column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	return at
}

// decode writes a node into v; path is v's place, r what the tags of its field say.
func (l *loader) decode(n ast.Node, v reflect.Value, path string, r rule) {
	if n = l.bare(n, path); n == nil {
		return
	}
	l.at[path], l.given[path] = position(n), true
	_, isText := n.(*ast.StringNode)
	if v.CanAddr() {
		if c, ok := reflect.TypeAssert[choice](v.Addr()); ok {
			l.decodeChoice(n, c, path)
			return
		}
	}
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if isSection(v.Type().Elem()) {
			l.shapes.fill(v.Elem())
		}
		l.decode(n, v.Elem(), path, r)
	case v.Type() == reflect.TypeFor[IdentityConfig]() && isText:
		l.identityWord(n, v, path)
	case v.Kind() == reflect.Struct:
		l.decodeStruct(n, v, path)
	case v.Kind() == reflect.Slice:
		l.decodeList(n, v, path, r)
	case v.Kind() == reflect.Map:
		l.decodeMap(n, v, path, r)
	default:
		l.decodeScalar(n, v, path, r)
	}
}

// bare takes anchors and tags off a node. It returns nil where nothing is to be read: at a
// null, which leaves the default, and at an alias, which is a mistake.
func (l *loader) bare(n ast.Node, path string) ast.Node {
	for {
		switch m := n.(type) {
		case *ast.AnchorNode:
			n = m.Value
		case *ast.TagNode:
			n = m.Value
		case *ast.AliasNode:
			l.wrongAt(n, path, "aliases are not supported: write the value out")
			return nil
		case *ast.NullNode, nil:
			return nil
		default:
			return n
		}
	}
}

// identityWord reads the short form identity: alert_id.
func (l *loader) identityWord(n ast.Node, v reflect.Value, path string) {
	if word := scalarText(n); word != "alert_id" {
		l.wrongAt(n, path, "%s is not an identity: write alert_id, {drop: [labels]} or {keep: [labels]}", quoted(word))
		return
	}
	v.Set(reflect.ValueOf(IdentityConfig{AlertID: true}))
}

// member is one key of a mapping and its value.
type member struct {
	key, path string
	at, value ast.Node
}

// members returns a mapping's members; a key that is set twice is a mistake.
func (l *loader) members(n ast.Node, path string) ([]member, bool) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		l.wrongAt(n, path, "must be a mapping of keys to values")
		return nil, false
	}
	all := make([]member, 0, len(values))
	seen := map[string]int{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		m := member{key, join(path, key), v.Key, v.Value}
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			l.wrongAt(v.Key, m.path, "merge keys are not supported: write the keys out")
			continue
		}
		at := position(v.Key)
		if first, twice := seen[key]; twice {
			// The first one is still to be looked at, so the key is not spoilt.
			l.list(Mistake{File: l.file, Line: at.Line, Column: at.Column, Path: m.path, Text: fmt.Sprintf("is set twice, first in line %d", first)})
			continue
		}
		seen[key] = at.Line
		l.at[m.path] = at
		all = append(all, m)
	}
	return all, true
}

// join makes a path; a key that is not a plain word is quoted in it.
func join(path, key string) string {
	if strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" || key == "" || len(key) > maxQuoted {
		key = quoted(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func (l *loader) decodeStruct(n ast.Node, v reflect.Value, path string) {
	members, _ := l.members(n, path)
	known := map[string]bound{}
	for _, f := range l.shapes.bind(v, path) {
		if f.key != "" {
			known[f.key] = f
		}
	}
	var files []member
	for _, m := range members {
		if f, ok := known[m.key]; ok {
			l.decode(m.value, f.value, m.path, f.rule)
			continue
		}
		key, isFile := strings.CutSuffix(m.key, fileKey)
		if f, ok := known[key]; isFile && ok && isSecret(f.value.Type()) {
			files = append(files, m)
			continue
		}
		if !l.keepForDesk(m, v, path) {
			l.wrongAt(m.at, m.path, "unknown key: %s", suggest(m.key, withDeskKeys(v, slices.Collect(maps.Keys(known)))))
		}
	}
	for _, m := range files {
		l.secretFile(m, known[strings.TrimSuffix(m.key, fileKey)])
	}
}

// choice is a value that is a mapping with one key, which chooses what may stand under it.
type choice interface {
	Kinds() []string
	// Choose takes a kind, and returns a pointer to its settings, nil where there is no such kind.
	Choose(kind string) any
	// Chosen returns the kind and its settings, "" where nothing is set.
	Chosen() (kind string, settings any)
}

// decodeChoice takes the key that has a value; one that is alone needs none, since all
// its settings may have defaults.
func (l *loader) decodeChoice(n ast.Node, c choice, path string) {
	members, _ := l.members(n, path)
	chosen := 0
	for _, m := range members {
		if !slices.Contains(c.Kinds(), m.key) {
			l.wrongAt(m.at, m.path, "unknown key: %s", suggest(m.key, slices.Clone(c.Kinds())))
			continue
		}
		value := l.bare(m.value, m.path)
		if value == nil && len(members) > 1 {
			continue
		}
		settings := reflect.ValueOf(c.Choose(m.key)).Elem()
		l.shapes.fill(settings)
		if value != nil {
			l.decode(value, settings, m.path, rule{})
		}
		if chosen++; chosen == 2 {
			l.wrongAt(m.at, path, "must have one of %s", strings.Join(c.Kinds(), ", "))
		}
	}
}

// fileKey ends a key that names the file which holds the secret of the key before it.
const fileKey = "_file"

// secretFile reads the secret that a key with _file behind names.
func (l *loader) secretFile(m member, f bound) {
	var file string
	l.decode(m.value, reflect.ValueOf(&file).Elem(), m.path, rule{})
	if file == "" || l.reported(m.path) {
		return
	}
	if l.given[f.path] && !f.value.IsZero() {
		l.wrong(m.path, "%s is also set: set only one of them", f.key)
		return
	}
	text, err := ReadSecret(file)
	if err != nil {
		l.wrong(m.path, "%v", err)
		return
	}
	f.value.SetString(text)
	l.given[f.path], l.fromFile[f.path] = true, file
	if f.env != "" {
		l.config.SecretFiles[f.env] = file
	}
}

func (l *loader) decodeList(n ast.Node, v reflect.Value, path string, r rule) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		l.wrongAt(n, path, "must be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		at := index(path, i)
		if _, null := item.(*ast.NullNode); null {
			if i < len(list.Entries) { // In block style: the dash, because nothing follows it.
				item = list.Entries[i]
			}
			l.wrongAt(item, at, "is empty")
			continue
		}
		if isSection(v.Type().Elem()) {
			l.shapes.fill(v.Index(i))
		}
		l.decode(item, v.Index(i), at, r)
	}
}

// index is the path of an item of a list.
func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func (l *loader) decodeMap(n ast.Node, v reflect.Value, path string, r rule) {
	members, ok := l.members(n, path)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range members {
		item := reflect.New(v.Type().Elem()).Elem()
		l.decode(m.value, item, m.path, r)
		v.SetMapIndex(reflect.ValueOf(m.key), item)
	}
}
