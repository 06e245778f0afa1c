package internal_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchitectureNamesWhatIsThere compares what ARCHITECTURE.md shows of the ways and the tables with
// the code and the schema. The map has a test of its own.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	root := os.DirFS("..")
	report(t, wayFaults(root, readTree(t)))
	report(t, tableFaults(root))
	report(t, literalFaults(root, readTree(t)))
}

// ways are the literals that the program runs through, with the heading of the table that shows them.
var ways = []struct{ file, heading string }{{"internal/ledger/way.go", "station"}, {"internal/filing/way.go", "state"}}

// literalFaults says where a table of ARCHITECTURE.md and the literal named way that it shows differ.
func literalFaults(root fs.FS, tree []pkg) (faults []string) {
	page, err := fs.ReadFile(root, "ARCHITECTURE.md")
	if err != nil {
		return []string{err.Error()}
	}
	for _, w := range ways {
		var there []string
		for _, p := range tree {
			for _, f := range p.files {
				if f.path == w.file {
					there = rowNames(f.ast)
				}
			}
		}
		_, table, _ := strings.Cut(string(page), "\n| "+w.heading+" | ")
		table, _, _ = strings.Cut(table, "\n\n")
		var shown []string
		for _, row := range regexp.MustCompile(`(?m)^\| ([a-z]+) \|`).FindAllStringSubmatch(table, -1) {
			shown = append(shown, row[1])
		}
		if len(there) == 0 || !slices.Equal(shown, there) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md shows the way %q, and that of %s is %q", shown, w.file, there))
		}
	}
	return faults
}

// rowNames are the first fields of the rows of the literal that is called way, or that the function way returns.
func rowNames(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name != "way" {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			rows, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for _, row := range rows.Elts {
				if row, ok := row.(*ast.CompositeLit); ok && len(row.Elts) > 0 {
					switch first := row.Elts[0].(type) {
					case *ast.BasicLit:
						names = append(names, strings.Trim(first.Value, `"`))
					case *ast.Ident:
						names = append(names, strings.ToLower(first.Name))
					}
				}
			}
			return false
		})
	}
	return names
}

// stationName is a step on a way: a package and what it declares, perhaps a method.
var stationName = regexp.MustCompile(`\b([a-z]+)\.([A-Z][A-Za-z]*(?:\.[A-Z][A-Za-z]*)?)\b`)

// wayFaults says which steps of the ways the code does not declare.
func wayFaults(root fs.FS, tree []pkg) (faults []string) {
	page, err := fs.ReadFile(root, "ARCHITECTURE.md")
	if err != nil {
		return []string{err.Error()}
	}
	declared := map[string]bool{}
	for _, p := range tree {
		name := p.path[strings.LastIndex(p.path, "/")+1:]
		for _, f := range p.files {
			if !f.test {
				declare(declared, name, f.ast)
			}
		}
	}
	shown := fenced(string(page), "## The way of the data")
	steps := stationName.FindAllString(shown, -1)
	if len(steps) < 8 {
		return []string{"ARCHITECTURE.md shows no way under \"## The way of the data\""}
	}
	for _, step := range steps {
		if !declared[step] {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md shows %s on the way of the data, and no package declares it", step))
		}
	}
	return faults
}

// declare notes the exported types, functions and methods of a file as pkg.Name or pkg.Type.Method.
func declare(declared map[string]bool, name string, f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			of := ""
			if d.Recv != nil {
				of = receiver(d.Recv.List[0].Type) + "."
			}
			declared[name+"."+of+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				spec, ok := s.(*ast.TypeSpec)
				if !ok {
					continue
				}
				declared[name+"."+spec.Name.Name] = true
				if methods, ok := spec.Type.(*ast.InterfaceType); ok {
					for _, m := range methods.Methods.List {
						for _, id := range m.Names {
							declared[name+"."+spec.Name.Name+"."+id.Name] = true
						}
					}
				}
			}
		}
	}
}

func receiver(e ast.Expr) string {
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// fenced returns the first fenced block after a heading, "" where there is none.
func fenced(page, heading string) string {
	_, after, _ := strings.Cut(page, "\n"+heading+"\n")
	_, after, _ = strings.Cut(after, "\n```\n")
	block, _, _ := strings.Cut(after, "\n```")
	return block
}

var (
	createTable = regexp.MustCompile(`(?m)^CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)
	tableRow    = regexp.MustCompile("^\\| (`[^|]*`) \\|")
	tableName   = regexp.MustCompile("`([a-z_]+)`")
)

// tableFaults says where the tables of "What is kept where" and those of the schema differ.
func tableFaults(root fs.FS) (faults []string) {
	page, err := fs.ReadFile(root, "ARCHITECTURE.md")
	if err != nil {
		return []string{err.Error()}
	}
	_, section, _ := strings.Cut(string(page), "\n## What is kept where\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var shown []string
	for lines := bufio.NewScanner(strings.NewReader(section)); lines.Scan(); {
		if row := tableRow.FindStringSubmatch(lines.Text()); row != nil {
			for _, m := range tableName.FindAllStringSubmatch(row[1], -1) {
				shown = append(shown, m[1])
			}
		}
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		there, err := schemaTables(root, "internal/store/migrate/"+engine)
		if err != nil {
			return []string{err.Error()}
		}
		for _, table := range there {
			if !slices.Contains(shown, table) {
				faults = append(faults, fmt.Sprintf("ARCHITECTURE.md does not list the table %s (%s)", table, engine))
			}
		}
		for _, table := range shown {
			if !slices.Contains(there, table) {
				faults = append(faults, fmt.Sprintf("ARCHITECTURE.md lists the table %s, and %s has none", table, engine))
			}
		}
	}
	return faults
}

// schemaTables returns the tables that the migrations in a folder create.
func schemaTables(root fs.FS, folder string) (there []string, err error) {
	files, err := fs.Glob(root, folder+"/*.sql")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no migrations in %s: %w", folder, err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return nil, err
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			there = append(there, m[1])
		}
	}
	return there, nil
}
