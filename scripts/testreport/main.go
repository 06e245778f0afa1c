// Command testreport reads the events of `go test -json` and prints what people want to see: one line per package, the
// full output of failed tests, and at the end which tests were skipped, with the reason that each one gave. It exits
// with 1 if anything failed.
//
//	go test -json ./... | testreport -promises docs/promises.md
//
// With -promises, each test named on that page must have passed: a test that was skipped, or that no package has, fails
// the run.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action  string  `json:"Action"`
	Package string  `json:"Package"`
	Test    string  `json:"Test"`
	Output  string  `json:"Output"`
	Elapsed float64 `json:"Elapsed"`
}

// report is what the events have shown so far.
type report struct {
	out io.Writer
	// output is what each running test or package has printed so far.
	output map[[2]string][]string
	// left holds the reasons of skipped tests, by package and name.
	left   map[string]string
	passed map[string]bool
	failed int
	tests  int
}

var (
	noise    = regexp.MustCompile(`^(=== (RUN|PAUSE|CONT|NAME) |\s*--- (PASS|SKIP): |PASS$|ok\s|\?\s)`)
	place    = regexp.MustCompile(`^\s*\S+\.go:\d+: `)
	promised = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9_]*)`")
)

func main() {
	promises := flag.String("promises", "", "a page whose tests must all have passed")
	flag.Parse()
	r := &report{out: os.Stdout, output: map[[2]string][]string{}, left: map[string]string{}, passed: map[string]bool{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r.line(lines.Text())
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(r.out, "testreport: read events:", err)
		r.failed++
	}
	r.leftOut()
	if *promises != "" {
		r.compare(*promises)
	}
	if r.failed > 0 || r.tests == 0 {
		fmt.Fprintf(r.out, "FAIL: %d failures\n", r.failed)
		os.Exit(1)
	}
}

// line handles one line: an event, or output of go itself.
func (r *report) line(text string) {
	var e event
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &e) != nil {
		fmt.Fprintln(r.out, text)
		return
	}
	at := [2]string{e.Package, e.Test}
	switch e.Action {
	case "output":
		r.output[at] = append(r.output[at], e.Output)
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.failed++
	case "pass", "fail", "skip":
		r.ended(e, r.output[at])
		delete(r.output, at)
	}
}

// ended handles the end of a test, or of a package, which has no test name.
func (r *report) ended(e event, output []string) {
	name := strings.TrimPrefix(e.Package, "docket/")
	if e.Action == "fail" {
		r.failed++
		r.print(output)
	}
	if e.Test == "" {
		if e.Action != "skip" {
			fmt.Fprintf(r.out, "%-4s %-32s %7.1fs\n", map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action], name, e.Elapsed)
		}
		return
	}
	r.tests++
	switch e.Action {
	case "pass":
		r.passed[e.Test] = true
	case "skip":
		r.left[name+" "+e.Test] = reason(output)
	}
}

func (r *report) print(output []string) {
	for _, line := range output {
		if !noise.MatchString(line) {
			fmt.Fprint(r.out, line)
		}
	}
}

// reason is the message of a test that skipped itself.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if at := place.FindString(line); at != "" {
			return strings.TrimSpace(strings.TrimPrefix(line, at))
		}
	}
	return "no reason given"
}

// leftOut lists the skipped tests by reason.
func (r *report) leftOut() {
	by := map[string][]string{}
	for name, why := range r.left {
		pkg, test, _ := strings.Cut(name, " ")
		test, _, _ = strings.Cut(test, "/") // Its cases are skipped for the same reason.
		by[why] = append(by[why], pkg+" "+test)
	}
	for _, why := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[why])
		fmt.Fprintf(r.out, "\nLeft out: %s\n", why)
		for _, name := range slices.Compact(by[why]) {
			fmt.Fprintf(r.out, "  %s\n", name)
		}
	}
	fmt.Fprintf(r.out, "\n%d tests and cases, %d left out.\n", r.tests, len(r.left))
}

// compare reports an error for each test on the page that has not passed.
func (r *report) compare(page string) {
	text, err := os.ReadFile(page) //nolint:gosec // The page that make names.
	if err != nil {
		fmt.Fprintln(r.out, "testreport: read the promises:", err)
		r.failed++
		return
	}
	seen := map[string]bool{}
	for _, m := range promised.FindAllStringSubmatch(string(text), -1) {
		if !r.passed[m[1]] && !seen[m[1]] {
			seen[m[1]] = true
			r.failed++
			fmt.Fprintf(r.out, "%s names %s, which has not passed here\n", page, m[1])
		}
	}
}
