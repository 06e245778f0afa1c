package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// chosenMutant is the variable that says which fault a binary with all mutants has: its
// place in the table, nothing for none.
const chosenMutant = "DOCKET_SIM_MUTANT"

// switchFile is what a package with mutants gets besides its own files.
const switchFile = `package %s

import "os"

var chosenMutant = os.Getenv(%q)
`

// patient is one file of the program, with the mutants that were put into it.
type patient struct {
	path, source string
	set          *token.FileSet
	tree         *ast.File
	// inserts go in front of an offset of the source, copies to its end.
	inserts map[int]string
	copies  bytes.Buffer
}

// putMutants puts every mutant into its file's text.
func putMutants(t *testing.T) map[string]*patient {
	t.Helper()
	internal, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	patients := map[string]*patient{}
	for i, m := range mutants {
		path := filepath.Join(internal, filepath.FromSlash(m.file))
		p := patients[path]
		if p == nil {
			p = readPatient(t, path)
			patients[path] = p
		}
		p.put(t, i, m)
	}
	return patients
}

// TestEveryMutantHasItsPlace notices at once that the code a mutant changes has moved.
func TestEveryMutantHasItsPlace(t *testing.T) { putMutants(t) }

// buildMutants builds this package's tests once, with every mutant in the program by an
// overlay: no file changes. Each mutant is a copy of the function that it is in, which the
// function hands over to where chosenMutant names it: so several may stand in one place.
func buildMutants(t *testing.T) (binary string) {
	t.Helper()
	dir, patients, overlay := t.TempDir(), putMutants(t), map[string]string{}
	add := func(path, text string) {
		file := filepath.Join(dir, fmt.Sprintf("%d.go", len(overlay)))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[path] = file
	}
	for path, p := range patients {
		add(path, p.text(t))
		if also := filepath.Join(filepath.Dir(path), "zz_mutants.go"); overlay[also] == "" {
			add(also, fmt.Sprintf(switchFile, p.tree.Name.Name, chosenMutant))
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(dir, "mutants.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-overlay", file, "-o", binary, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the mutants do not build: %v\n%s", err, out)
	}
	return binary
}

func readPatient(t *testing.T, path string) *patient {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &patient{path: path, source: string(source), set: token.NewFileSet(), inserts: map[int]string{}}
	if p.tree, err = parser.ParseFile(p.set, path, source, parser.SkipObjectResolution); err != nil {
		t.Fatal(err)
	}
	return p
}

// put adds a mutant: a copy of its function with the fault, and the way there.
func (p *patient) put(t *testing.T, number int, m mutant) {
	t.Helper()
	if n := strings.Count(p.source, m.from); n != 1 {
		t.Fatalf("%s: the fault's place stands %d times in %s: give it its new place", m.name, n, m.file)
	}
	at := strings.Index(p.source, m.from)
	offset := func(pos token.Pos) int { return p.set.Position(pos).Offset }
	for _, d := range p.tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || at < offset(f.Pos()) || at >= offset(f.End()) {
			continue
		}
		sick := fmt.Sprintf("%sMutant%d", f.Name.Name, number)
		begin, end := offset(f.Pos()), offset(f.End())
		text := strings.Replace(p.source[begin:end], m.from, m.to, 1)
		name := offset(f.Name.Pos()) - begin
		if !strings.HasPrefix(text[name:], f.Name.Name+"(") {
			t.Fatalf("%s: the fault moves the name of its function, %s", m.name, f.Name.Name)
		}
		fmt.Fprintf(&p.copies, "\n%s\n", text[:name]+sick+text[name+len(f.Name.Name):])
		for i, field := range f.Type.Params.List {
			if len(field.Names) == 0 { // To be handed over, it needs a name.
				name := fmt.Sprintf("unused%d", i)
				field.Names = []*ast.Ident{ast.NewIdent(name)}
				p.inserts[offset(field.Type.Pos())] = name + " "
			}
		}
		p.inserts[offset(f.Body.Lbrace)+1] += fmt.Sprintf("\nif chosenMutant == \"%d\" {\n%s\n}\n", number, handOver(f, sick))
		return
	}
	t.Fatalf("%s: the fault's place in %s is in no function", m.name, m.file)
}

// handOver is the call of a function's copy with all that the function was given.
func handOver(f *ast.FuncDecl, sick string) string {
	var args []string
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			args = append(args, name.Name)
		}
		if _, rest := field.Type.(*ast.Ellipsis); rest {
			args[len(args)-1] += "..."
		}
	}
	call := fmt.Sprintf("%s(%s)", sick, strings.Join(args, ", "))
	if f.Recv != nil {
		call = f.Recv.List[0].Names[0].Name + "." + call
	}
	if f.Type.Results == nil {
		return call + "\nreturn"
	}
	return "return " + call
}

// text is the file with all its mutants.
func (p *patient) text(t *testing.T) string {
	t.Helper()
	places := make([]int, 0, len(p.inserts))
	for place := range p.inserts {
		places = append(places, place)
	}
	slices.Sort(places)
	var out strings.Builder
	last := 0
	for _, place := range places {
		out.WriteString(p.source[last:place] + p.inserts[place])
		last = place
	}
	out.WriteString(p.source[last:])
	out.Write(p.copies.Bytes())
	text, err := format.Source([]byte(out.String()))
	if err != nil {
		t.Fatalf("%s with its mutants: %v", p.path, err)
	}
	return string(text)
}
