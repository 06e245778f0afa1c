package internal_test

import (
	"bufio"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbiddenNames say nothing about what a package holds, alone or as an ending.
var forbiddenNames = regexp.MustCompile(`(util|common|helper|base|core|model|type|manager|service|handler|mock)s?$`)

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	report(t, docFaults(readTree(t)))
}

func TestPackageNamesSayWhatTheyHold(t *testing.T) {
	report(t, nameFaults(readTree(t)))
}

func TestNoTestSleepsOutsideABubble(t *testing.T) {
	report(t, sleepFaults(readTree(t)))
}

func TestArchitectureMapIsTheTree(t *testing.T) {
	report(t, mapFaults(os.DirFS(".."), readTree(t)))
}

func TestEveryLibraryHasItsDecision(t *testing.T) {
	report(t, libraryFaults(os.DirFS(".."), readTree(t)))
}

// docFaults says which package has no doc.go with a package comment. The folder internal itself holds only these tests.
func docFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		if !strings.HasPrefix(p.path, "internal/") {
			continue
		}
		doc := slices.IndexFunc(p.files, func(f file) bool { return path.Base(f.path) == "doc.go" })
		if doc < 0 {
			faults = append(faults, p.path+" has no doc.go: say what it is for, what it never does, and its invariants")
			continue
		}
		if p.files[doc].ast.Doc.Text() == "" {
			faults = append(faults, p.path+"/doc.go has no package comment")
		}
	}
	return faults
}

// nameFaults says which package is called by a word that says nothing.
func nameFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		for _, name := range []string{path.Base(p.path), strings.TrimSuffix(p.files[0].ast.Name.Name, "_test")} {
			if forbiddenNames.MatchString(name) {
				faults = append(faults, fmt.Sprintf("%s: %s says nothing about what the package holds", p.path, name))
				break
			}
		}
	}
	return faults
}

// sleepFaults says which test sleeps in a file that knows no synctest bubble: by time.Sleep,
// or by waiting for nothing but time.After.
func sleepFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		for _, f := range p.files {
			if !f.test || slices.Contains(f.imports, "testing/synctest") {
				continue
			}
			bounds := map[ast.Stmt]bool{} // Ends of a wait for something else.
			ast.Inspect(f.ast, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectStmt:
					for _, c := range n.Body.List {
						bounds[c.(*ast.CommClause).Comm] = len(n.Body.List) > 1
					}
				case *ast.SelectorExpr:
					if n.Sel.Name == "Sleep" && f.packageOf(n.X) == "time" {
						faults = append(faults, f.at(n)+" sleeps: wait for the event, or test in a synctest bubble")
					}
				case *ast.ExprStmt:
					if f.waitsOnlyForTime(n) && !bounds[n] {
						faults = append(faults, f.at(n)+" sleeps by time.After: wait for the event, or test in a synctest bubble")
					}
				}
				return true
			})
		}
	}
	return faults
}

// waitsOnlyForTime reports whether a statement is <-time.After(...).
func (f file) waitsOnlyForTime(s *ast.ExprStmt) bool {
	from, ok := s.X.(*ast.UnaryExpr)
	if !ok || from.Op != token.ARROW {
		return false
	}
	call, ok := from.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	named, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (named.Sel.Name == "After" || named.Sel.Name == "Tick") && f.packageOf(named.X) == "time"
}

// mapLine is a package on the map of ARCHITECTURE.md: "internal/alert/   what it holds".
var mapLine = regexp.MustCompile(`^\s*((?:internal|cmd)/[a-z0-9/]*[a-z0-9])/(?:\s|$)`)

// mapFaults says where the map in ARCHITECTURE.md and the tree differ.
func mapFaults(root fs.FS, tree []pkg) (faults []string) {
	drawn, err := readMap(root)
	if err != nil {
		return []string{err.Error()}
	}
	var there []string
	for _, p := range tree {
		if strings.HasPrefix(p.path, "internal/") || strings.HasPrefix(p.path, "cmd/") {
			there = append(there, p.path)
		}
	}
	for _, path := range there {
		if !slices.Contains(drawn, path) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md's map lacks %s/", path))
		}
	}
	for i, path := range drawn {
		if !slices.Contains(there, path) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md's map shows %s/, and there is no such package", path))
		}
		if slices.Contains(drawn[:i], path) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md's map shows %s/ twice", path))
		}
	}
	return faults
}

// readMap returns the packages in the first fenced block after the heading "## Map".
func readMap(root fs.FS) (drawn []string, err error) {
	f, err := root.Open("ARCHITECTURE.md")
	if err != nil {
		return nil, fmt.Errorf("read the map: %w", err)
	}
	defer f.Close()
	headed, fenced := false, false
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case !headed:
			headed = strings.TrimSpace(line) == "## Map"
		case strings.HasPrefix(line, "```"):
			if fenced {
				return drawn, nil
			}
			fenced = true
		case fenced:
			if m := mapLine.FindStringSubmatch(line); m != nil {
				drawn = append(drawn, m[1])
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the map: %w", err)
	}
	return nil, errors.New("ARCHITECTURE.md has no fenced block under a heading \"## Map\"")
}

// requirement is a module in go.mod.
var requirement = regexp.MustCompile(`(?m)^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]+/\S+) v\S+`)

// libraryFaults says which module our code imports without a page in docs/decisions that names it.
func libraryFaults(root fs.FS, tree []pkg) (faults []string) {
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return []string{err.Error()}
	}
	decisions, err := readDecisions(root)
	if err != nil {
		return []string{err.Error()}
	}
	for _, m := range requirement.FindAllStringSubmatch(string(mod), -1) {
		library := m[1]
		// The go.mod of a tree in motion marks direct modules as indirect, so the imports decide.
		by := importer(tree, library)
		if by != "" && !regexp.MustCompile(regexp.QuoteMeta(library)+`([^a-z0-9/]|$)`).MatchString(decisions) {
			faults = append(faults, fmt.Sprintf("%s imports %s, and no page in docs/decisions names that module and why we use it", by, library))
		}
	}
	return faults
}

func readDecisions(root fs.FS) (string, error) {
	pages, err := fs.Glob(root, "docs/decisions/*.md")
	if err != nil {
		return "", fmt.Errorf("list the decisions: %w", err)
	}
	var all strings.Builder
	for _, page := range pages {
		text, err := fs.ReadFile(root, page)
		if err != nil {
			return "", fmt.Errorf("read a decision: %w", err)
		}
		all.Write(text)
	}
	return all.String(), nil
}

// importer returns a file that imports from a module, or "".
func importer(tree []pkg, library string) string {
	for _, p := range tree {
		for _, f := range p.files {
			for _, imported := range f.imports {
				if imported == library || strings.HasPrefix(imported, library+"/") {
					return f.path
				}
			}
		}
	}
	return ""
}
