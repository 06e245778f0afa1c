package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the prefix of our own import paths.
const module = "docket/"

// pkg is one folder with Go files in it; its path is relative to the repository.
type pkg struct {
	path  string
	files []file
}

// file is one Go file, parsed but not compiled: the law holds in a tree that does not build, too.
type file struct {
	path    string
	test    bool
	ast     *ast.File
	fset    *token.FileSet
	imports []string
	// names maps the name by which a file knows a package to the package's path.
	names map[string]string
}

// readTree reads the repository that this test stands in.
func readTree(t *testing.T) []pkg {
	t.Helper()
	tree, err := parseTree(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree) < 10 {
		t.Fatalf("only %d packages were found: the law is looking at the wrong folder", len(tree))
	}
	return tree
}

// parseTree parses every Go file below root that is in our module.
func parseTree(root fs.FS) ([]pkg, error) {
	found := map[string][]file{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(root, name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		f, err := parseFile(root, name)
		if err != nil {
			return err
		}
		found[path.Dir(name)] = append(found[path.Dir(name)], f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	tree := make([]pkg, 0, len(found))
	for folder, files := range found {
		tree = append(tree, pkg{folder, files})
	}
	slices.SortFunc(tree, func(a, b pkg) int { return strings.Compare(a.path, b.path) })
	return tree, nil
}

// skipFolder skips what the go command skips, and modules within the module.
func skipFolder(root fs.FS, name string) error {
	base := path.Base(name)
	if name == "." {
		return nil
	}
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" {
		return fs.SkipDir
	}
	if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func parseFile(root fs.FS, name string) (file, error) {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", name, err)
	}
	f := file{path: name, test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet(), names: map[string]string{}}
	f.ast, err = parser.ParseFile(f.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return file{}, fmt.Errorf("parse: %w", err)
	}
	for _, spec := range f.ast.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, fmt.Errorf("parse the imports of %s: %w", name, err)
		}
		known := path.Base(imported)
		if spec.Name != nil {
			known = spec.Name.Name
		}
		f.imports = append(f.imports, imported)
		f.names[known] = imported
	}
	return f, nil
}

// ours returns the imports that are packages of this repository, as their folders.
func (f file) ours() (folders []string) {
	for _, imported := range f.imports {
		if folder, ok := strings.CutPrefix(imported, module); ok {
			folders = append(folders, folder)
		}
	}
	return folders
}

// packageOf returns the path of the package that an expression names, or "".
func (f file) packageOf(e ast.Expr) string {
	if name, ok := e.(*ast.Ident); ok {
		return f.names[name.Name]
	}
	return ""
}

// at returns where a node stands.
func (f file) at(n ast.Node) string { return f.fset.Position(n.Pos()).String() }

// report fails the test with every fault on a line of its own.
func report(t *testing.T, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Error(fault)
	}
}
