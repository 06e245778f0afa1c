package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// retired are the words of an old dialect that native readers stumble over, and what to write instead.
var retired = []struct {
	word    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\bburn(s|ing)?\b`), "open incidents, firing"},
	{regexp.MustCompile(`(?i)\bill\b`), "failing, degraded, with problems"},
	{regexp.MustCompile(`(?i)\bwarned\b`), "warning"},
	{regexp.MustCompile(`(?i)\bin trouble\b`), "needs attention, has problems"},
	{regexp.MustCompile(`(?i)(^well$|\bwell\s*[/|,·]\s*(ill|warn|away|fail)|\b` +
		`(is|are|was|were|be|been|still|all|desk|stays?|turns?) well([^-\w ]|$))`),
		"OK, healthy"},
	{regexp.MustCompile(`(?i)\b(is|are|was|were|be|been|being|never|not) (told|heard|said)\b`), "notified, received, reported"},
	{regexp.MustCompile(`(?i)\b(told|heard) (of|again)\b`), "notified, received"},
	{regexp.MustCompile(`(?i)\bdeeds?\b`), "action"},
	{regexp.MustCompile(`(?i)\blately\b`), "recently, recent changes"},
	{regexp.MustCompile(`(?i)\bcomes? late\b`), "arrives late"},
	{regexp.MustCompile(`(?i)\bthe while\b`), "while"},
	{regexp.MustCompile(`(?i)\bcom(e|es|ing|en) in([.,:;]|$)`), "arrive, be received"},
	{regexp.MustCompile(`(?i)\bsurely\b`), "certainly, definitely"},
	{regexp.MustCompile(`\b(It|it|that|which|what|key|mark|them|nobody|nothing) stands\b([^ ]| [^f])`), "is, follows, stays"},
	{regexp.MustCompile(`\bstands (in|at|there|twice|once|before|behind|beside)\b`), "is in, is set, follows"},
	{regexp.MustCompile(`(?i)\bno row is like\b`), "no matching entries"},
	{regexp.MustCompile(`(?i)\bhow manieth\b`), "which attempt"},
}

// suspects are the stems of the retired words, to look closer only where one of them is.
var suspects = []string{"burn", "ill", "warned", "trouble", "well", "told", "heard", "said", "deed", "late", "the while", " in", "surely",
	"stands", "no row", "manieth"}

// kept are the words that stay, with the reason: what the operators' contract or a database holds. A file may use
// the given word as often as the number says.
var kept = map[string]struct {
	times int
	why   string
}{
	"internal/console/doctor.go: warned": {1, "verdicts that an older version wrote into the database are still shown"},
	"internal/console/doctor.go: ill":    {1, "verdicts that an older version wrote into the database are still shown"},
	"internal/console/doctor.go: well":   {1, "verdicts that an older version wrote into the database are still shown"},
	"internal/doctor/doctor.go: well":    {1, "the database's column has the verdicts in the words of earlier versions"},
	"internal/doctor/doctor.go: warned":  {1, "the database's column has the verdicts in the words of earlier versions"},
	"internal/doctor/doctor.go: ill":     {1, "the database's column has the verdicts in the words of earlier versions"},
	"internal/doctor/keep.go: ill":       {1, "the key of a message: another one would send it again after an update"},
	"CHANGELOG.md: warned":               {2, "the entries that say which words were retired"},
	"CHANGELOG.md: ill":                  {2, "the entries that say which words were retired"},
	"CHANGELOG.md: well, warn":           {1, "the entries that say which words were retired"},
}

// wordFaults finds retired words in what people read: the strings and comments of the program, the pages' templates
// and scripts, and the documentation. Tests are not judged, nor are names in the code.
func wordFaults(root fs.FS, tree []pkg) []string {
	var faults []string
	used := map[string]int{}
	judge := func(file string, line int, text string) {
		lower := strings.ToLower(text)
		if !slices.ContainsFunc(suspects, func(stem string) bool { return strings.Contains(lower, stem) }) {
			return
		}
		for _, r := range retired {
			for _, found := range r.word.FindAllString(text, -1) {
				key := file + ": " + strings.ToLower(strings.TrimSpace(found))
				if used[key]++; used[key] > kept[key].times {
					faults = append(faults, fmt.Sprintf("%s:%d says %q: write %s", file, line, found, r.instead))
				}
			}
		}
	}
	for _, p := range tree {
		for _, f := range p.files {
			if f.test {
				continue
			}
			judgeGo(f, judge)
		}
	}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipFolder(root, name)
		case strings.Contains(name, "/testdata/") || !slices.Contains([]string{".html", ".md", ".js", ".yaml", ".json", ".sh"}, path.Ext(name)):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		for n, line := range strings.Split(string(text), "\n") {
			judge(name, n+1, line)
		}
		return err
	})
	if err != nil {
		faults = append(faults, err.Error())
	}
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		file, _, _ := strings.Cut(key, ": ")
		if _, err := fs.Stat(root, file); err == nil && used[key] < kept[key].times {
			faults = append(faults, key+" is allowed, and no longer there: take it off the list")
		}
	}
	return faults
}

// judgeGo judges the strings and comments of a file.
func judgeGo(f file, judge func(file string, line int, text string)) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				judge(f.path, f.fset.Position(n.Pos()).Line, text)
			}
		}
		return true
	})
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			judge(f.path, f.fset.Position(c.Pos()).Line, c.Text)
		}
	}
}

// TestRetiredWordsStayRetired keeps the old dialect out of what people read.
func TestRetiredWordsStayRetired(t *testing.T) {
	for _, f := range wordFaults(os.DirFS(".."), readTree(t)) {
		t.Error(f)
	}
}

// TestWordsAreJudgedWherePeopleReadThem breaks the law of the words in every place, and keeps it where it does not hold.
func TestWordsAreJudgedWherePeopleReadThem(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"a page", "internal/console/overview.html", "<p>Nothing burns.</p>", `says "burns"`},
		{"a status", "internal/query/x.go", "package query\nvar x = \"well / ill / away\"", `says "ill"`},
		{"a status of one word", "internal/query/x.go", "package query\nvar x = \"well\"", `says "well"`},
		{"an error", "internal/query/x.go", "package query\nvar x = `nobody was told of it`", `says "was told"`},
		{"a comment", "internal/query/x.go", "package query\n\n// The deed is done.\nvar x = 1", `says "deed"`},
		{"a help text", "cmd/docket/x.go", "package main\ntype x struct{ a int `help:\"What stands in the log.\"` }", `says "stands in"`},
		{"a page of the docs", "docs/x.md", "that comes late\n", `says "comes late"`},
		{"a heading", "README.md", "## Lately\n", `says "Lately"`},
		{"the reference", "docs/docket.example.yaml", "# The desk is well.\n", "says"},
		{"a name in the code", "internal/query/x.go", "package query\nfunc ill() { told := 1; _ = told }", ""},
		{"a test", "internal/query/x_test.go", "package query\nvar x = \"Nothing burns\"", ""},
		{"plain English", "README.md", "It works well with Prometheus, as well as Grafana; \"P1\" stands for the worst. Still, he said so.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := fstest.MapFS{c.file: &fstest.MapFile{Data: []byte(c.text)}}
			tree, err := parseTree(root)
			if err != nil {
				t.Fatal(err)
			}
			faults := wordFaults(root, tree)
			if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) == 0 || !strings.Contains(faults[0], c.want)) {
				t.Errorf("got faults %q, want one with %q", faults, c.want)
			}
		})
	}
}
