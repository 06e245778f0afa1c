package internal_test

import (
	"go/ast"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// namedTest is a test that a page of the docs names.
var namedTest = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9_]*)`")

// What make prove runs with more, or in real time, stands in the promises with both figures.
func TestWhatProveAddsIsInThePromises(t *testing.T) {
	text, err := os.ReadFile("../docs/promises.md")
	if err != nil {
		t.Fatal(err)
	}
	_, added, _ := strings.Cut(string(text), "## What make prove adds")
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(makefile), "\nprove:")
	recipe, _, _ = strings.Cut(recipe, "\n.PHONY:")
	run := regexp.MustCompile(`Test[A-Z][A-Za-z0-9_]*`).FindAllString(recipe, -1)
	for _, name := range run {
		if !strings.Contains(added, "`"+name+"`") {
			t.Errorf("make prove runs %s, and docs/promises.md does not say what that adds", name)
		}
	}
	for _, found := range namedTest.FindAllStringSubmatch(added, -1) {
		if !strings.Contains(recipe, found[1]) && !strings.Contains(found[1], "Worlds") {
			t.Errorf("docs/promises.md says that make prove adds to %s, and it does not run it", found[1])
		}
	}
	if len(run) < 5 {
		t.Errorf("make prove runs only %q", run)
	}
}

// A page that says which test holds a promise must name one that is there.
func TestEveryTestThatTheDocsNameIsThere(t *testing.T) {
	known := map[string]bool{}
	for _, p := range readTree(t) {
		for _, f := range p.files {
			for _, d := range f.ast.Decls {
				if do, ok := d.(*ast.FuncDecl); ok && f.test {
					known[do.Name.Name] = true
				}
			}
		}
	}
	named := map[string]int{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".md" || strings.HasPrefix(name, ".build/") {
			return err
		}
		text, err := os.ReadFile("../" + name)
		if err != nil {
			return err
		}
		for _, found := range namedTest.FindAllStringSubmatch(string(text), -1) {
			named[name]++
			if !known[found[1]] {
				t.Errorf("%s names %s, which is no test", name, found[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for page, least := range map[string]int{"docs/lifecycle.md": 30, "docs/proof.md": 20, "docs/promises.md": 20} {
		if named[page] < least {
			t.Errorf("%s names only %d tests: it has lost its column of tests", page, named[page])
		}
	}
}
