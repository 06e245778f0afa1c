package config

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"docket/internal/desk/kinds"
)

// The configuration's documents are made of the fields: their keys, tags and comments.

func TestTheDocumentsOfTheConfigurationAreThoseOfItsFields(t *testing.T) {
	root := newReference(t)
	for path, text := range map[string]string{
		"../../docs/docket.example.yaml": exampleFile(root),
		"../../docs/configuration.md":    referencePage(root),
		"../../docs/docket.schema.json":  schemaFile(t, root),
		"docket.schema.json":             schemaFile(t, root),
	} {
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(strings.Split(text, "\n"), strings.Split(string(have), "\n")); diff != "" {
			t.Errorf("%s is not made of the fields (go test ./internal/config -update writes it anew):\n%s", path, diff)
		}
	}
}

// entry is one key of the configuration, with all that is known of it.
type entry struct {
	bound

	// doc is the comment of the field, example the YAML in the comment of its type.
	doc, example string
	// kind is what the value is: a section, a list of sections, a choice or a value.
	kind entryKind
	// below are the keys of a section, of an item of the list, or of each kind.
	below []entry
}

type entryKind int

const (
	isValue entryKind = iota
	isStruct
	isList
	isChoice
)

// reference reads comments from the sources.
type reference struct {
	t      *testing.T
	shapes shapes
	// types are the comments by package and type; fields those by type and field.
	types, fields map[string]string
	read          map[string]bool
}

func newReference(t *testing.T) []entry {
	t.Helper()
	r := reference{t, shapes{}, map[string]string{}, map[string]string{}, map[string]bool{}}
	cfg := Defaults()
	return r.entries(reflect.ValueOf(&cfg).Elem(), "")
}

// entries are the keys of a struct.
func (r reference) entries(v reflect.Value, path string) []entry {
	var all []entry
	for _, f := range r.shapes.bind(v, path) {
		e := entry{bound: f, doc: r.comment(f)}
		e.path = strings.ReplaceAll(e.path, "[0]", "")
		typ := f.value.Type()
		switch {
		case reflect.PointerTo(typ).Implements(reflect.TypeFor[choice]()):
			e.kind = isChoice
			c, _ := reflect.TypeAssert[choice](reflect.New(typ))
			for _, kind := range c.Kinds() {
				settings := reflect.ValueOf(c.Choose(kind)).Elem()
				r.shapes.fill(settings)
				at := join(f.path, kind)
				e.below = append(e.below, entry{
					bound: bound{field{key: kind}, settings, at}, doc: r.typeComment(settings.Type()), kind: isStruct, below: r.entries(settings, at),
				})
			}
		case isSection(typ):
			e.kind, e.below, e.example = isStruct, r.entries(f.value, f.path), r.exampleOf(typ)
		case typ.Kind() == reflect.Slice && isSection(typ.Elem()):
			item := reflect.New(typ.Elem()).Elem()
			r.shapes.fill(item)
			e.kind, e.below, e.example = isList, r.entries(item, f.path), r.exampleOf(typ.Elem())
			if typ.Elem() == reflect.TypeFor[RouteConfig]() {
				e.below = append(e.below, r.routeEntries()...)
			}
		}
		all = append(all, e)
	}
	return all
}

// routeEntries are the keys that desks add to their routes.
func (r reference) routeEntries() []entry {
	var all []entry
	for _, k := range kinds.All() {
		if k.Route != nil {
			all = append(all, r.entries(reflect.ValueOf(k.Route()).Elem(), "routes")...)
		}
	}
	return all
}

// comment is a field's comment, or that of a desk's section.
func (r reference) comment(f bound) string {
	if f.owner == nil {
		first, rest, _ := strings.Cut(r.typeComment(f.value.Type()), "\n\n") // The second paragraph is for those who configure.
		return cmp.Or(rest, first)
	}
	r.parse(f.owner)
	return r.fields[f.owner.String()+"."+f.owner.Field(f.index).Name]
}

// typeComment is a type's comment, without the YAML in it.
func (r reference) typeComment(t reflect.Type) string {
	r.parse(t)
	text, _, _ := strings.Cut(r.types[t.String()], ":\n\n\t")
	return strings.TrimSuffix(text, ".") + "."
}

// exampleOf is the YAML in a type's comment, "" for none.
func (r reference) exampleOf(t reflect.Type) string {
	r.parse(t)
	_, text, found := strings.Cut(r.types[t.String()], ":\n\n")
	if !found {
		return ""
	}
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimPrefix(strings.TrimRight(line, "\n"), "\t"))
	}
	return strings.Join(lines, "\n")
}

// parse reads the comments of a type's package.
func (r reference) parse(t reflect.Type) {
	if r.read[t.PkgPath()] {
		return
	}
	r.read[t.PkgPath()] = true
	dir := filepath.Join("../..", strings.TrimPrefix(t.PkgPath(), "docket/"))
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		r.t.Fatal(err)
	}
	pkg := filepath.Base(dir)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, d := range file.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				continue
			}
			for _, s := range decl.Specs {
				r.keep(pkg, s.(*ast.TypeSpec), decl.Doc) //nolint:forcetypeassert // Of token.TYPE.
			}
		}
	}
}

func (r reference) keep(pkg string, spec *ast.TypeSpec, doc *ast.CommentGroup) {
	name := pkg + "." + spec.Name.Name
	r.types[name] = strings.TrimSpace(doc.Text())
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range fields.Fields.List {
		for _, ident := range f.Names {
			r.fields[name+"."+ident.Name] = plainText(f.Doc.Text())
		}
	}
}

// plainText is a comment as one paragraph.
func plainText(text string) string {
	var p comment.Parser
	printer := comment.Printer{TextWidth: -1}
	return strings.TrimSpace(string(bytes.ReplaceAll(printer.Text(p.Parse(text)), []byte("\n"), []byte(" "))))
}

func TestEveryKeyIsDocumented(t *testing.T) {
	var walk func(all []entry)
	walk = func(all []entry) {
		for _, e := range all {
			if e.doc == "" && e.kind != isStruct {
				t.Errorf("%s has no comment: it is the documentation of the key", e.path)
			}
			walk(e.below)
		}
	}
	walk(newReference(t))
}

// wrapped breaks a text into lines of at most width runes.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// shownDefault is an entry's default as the file would have it, "" for none.
func (e entry) shownDefault() string {
	if e.def != "" && (e.with != "" || e.without != "") {
		return quoteYAML(e.def)
	}
	if e.kind != isValue || (e.value.IsZero() && !e.zeroCounts()) {
		return ""
	}
	if isSecret(e.value.Type()) {
		return e.value.String() // A default is no secret.
	}
	if e.value.Kind() == reflect.Slice || !needsQuotes(text(e.value)) {
		return text(e.value)
	}
	return quoteYAML(text(e.value))
}

// zeroCounts reports whether zero is a default worth showing.
func (e entry) zeroCounts() bool {
	return e.value.Kind() == reflect.Bool || isDuration(e.value.Type()) || (e.zero != "" && e.value.Kind() == reflect.Int64)
}

func needsQuotes(text string) bool { return strings.Trim(text, ":") == "" }

func quoteYAML(text string) string {
	if needsQuotes(text) {
		return `"` + text + `"`
	}
	return text
}

// variable names the variables that set an entry, "" for none.
func (e entry) variable() string {
	if e.env == "" {
		return ""
	}
	if e.secret() {
		return e.env + " (FILE)"
	}
	return e.env
}
