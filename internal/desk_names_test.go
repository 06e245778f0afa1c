package internal_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// A desk is one folder and one row: the rest of Docket does not know it by name.
var (
	deskName = regexp.MustCompile(`(?i)freescout`)
	// deskHomes may name it: the desk itself, its fake, the table of desks, and the benchmark, which files into one.
	deskHomes = []string{"internal/desk/freescout/", "internal/desk/fakedesk/", "internal/desk/kinds/", "bench/"}
	// madeFromDesks are files that are made from the desks' settings.
	madeFromDesks = map[string]bool{"internal/config/docket.schema.json": true}
)

func TestOnlyADesksFolderNamesIt(t *testing.T) {
	report(t, deskNameFaults(os.DirFS("..")))
}

// deskNameFaults says which file of the program names a desk that it should not know.
func deskNameFaults(root fs.FS) (faults []string) {
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(root, name)
		}
		if !programFile(name) || madeFromDesks[name] {
			return nil
		}
		for _, home := range deskHomes {
			if strings.HasPrefix(name, home) {
				return nil
			}
		}
		text, err := fs.ReadFile(root, name)
		if found := deskName.Find(text); found != nil {
			faults = append(faults, name+" says "+string(found)+": only that desk's own folder and its row in internal/desk/kinds may")
		}
		return err
	})
	if err != nil {
		faults = append(faults, err.Error())
	}
	return faults
}

// programFile reports whether a file is part of the program: code, templates and what pages load; no test, no docs.
func programFile(name string) bool {
	if !strings.HasPrefix(name, "internal/") && !strings.HasPrefix(name, "cmd/") && !strings.HasPrefix(name, "bench/") {
		return false
	}
	switch path.Ext(name) {
	case ".go", ".html", ".js", ".css", ".sql", ".json":
		return !strings.HasSuffix(name, "_test.go")
	}
	return false
}
