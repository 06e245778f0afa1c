package internal_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// The law itself is on trial here: each offence, in a tree with nothing else in it, must be seen.
func TestLawSeesEachOffence(t *testing.T) {
	floors := func(_ fs.FS, tree []pkg) []string { return floorFaults(tree) }
	ground := func(_ fs.FS, tree []pkg) []string { return groundFaults(tree) }
	doors := func(_ fs.FS, tree []pkg) []string { return doorFaults(tree) }
	suite := func(_ fs.FS, tree []pkg) []string { return suiteFaults(tree) }
	size := func(_ fs.FS, tree []pkg) []string { return sizeFaults(tree) }
	docs := func(_ fs.FS, tree []pkg) []string { return docFaults(tree) }
	names := func(_ fs.FS, tree []pkg) []string { return nameFaults(tree) }
	sleeps := func(_ fs.FS, tree []pkg) []string { return sleepFaults(tree) }

	for _, c := range []struct {
		name  string
		law   func(fs.FS, []pkg) []string
		files map[string]string
		want  string // Part of the only fault; "" where there is none.
	}{
		{"a door climbs to the store", floors, files("internal/desk/x.go", `package desk; import _ "docket/internal/store"`),
			"imports only go down"},
		{"a nested door climbs", floors, files("internal/desk/local/x.go", `package local; import _ "docket/internal/web"`),
			"(doors) imports internal/web (faces)"},
		{"a loop uses another loop", floors, files("internal/intake/x.go", `package intake; import _ "docket/internal/courier"`),
			"neighbours does not list"},
		{"the queue uses the ledger", floors, files("internal/queue/x.go", `package queue; import _ "docket/internal/ledger"`),
			"neighbours does not list"},
		{"a package on no floor", floors, files("internal/attic/x.go", `package attic`), "internal/attic is on no floor"},
		{"an import from no floor", floors, files("internal/web/x.go", `package web; import _ "docket/internal/attic"`), "which is on no floor"},
		{"the ledger uses the queue", floors, files("internal/ledger/x.go", `package ledger; import _ "docket/internal/queue"`), ""},
		{"a tree uses its own branch", floors, files("internal/store/x.go", `package store; import _ "docket/internal/store/migrate"`), ""},
		{"a test climbs", floors, files("internal/desk/x_test.go", `package desk; import _ "docket/internal/app"`), ""},

		{"a rule reads the clock", ground, files("internal/incident/x.go", `package incident; import "time"; var x = time.Now`), "uses time.Now"},
		{"a rule reads the clock by another name", ground,
			files("internal/incident/x.go", `package incident; import clock "time"; var x = clock.Since`), "uses time.Since"},
		{"a rule reads the clock by no name", ground,
			files("internal/incident/x.go", `package incident; import . "time"; var x = Now`), "without a name"},
		{"a rule rolls dice", ground, files("internal/flag/x.go", `package flag; import _ "math/rand/v2"`), "imports math/rand/v2"},
		{"a rule calls out", ground, files("internal/alert/x.go", `package alert; import _ "net/http"`), "imports net/http"},
		{"a rule logs", ground, files("internal/audit/x.go", `package audit; import "log/slog"; var x = slog.Info`), "uses slog.Info"},
		{"a rule starts a goroutine", ground, files("internal/silence/x.go", `package silence; func f() { go f() }`), "starts a goroutine"},
		{"a rule takes a time and has a log value", ground,
			files("internal/alert/x.go", `package alert; import ("log/slog"; "time"); func f(time.Time) slog.Value { return slog.StringValue("") }`),
			""},

		{"a door opens a database", doors, files("internal/notify/slack/x.go", `package slack; import _ "database/sql"`), "imports database/sql"},
		{"a door opens PostgreSQL", doors, files("internal/source/x.go", `package source; import _ "github.com/jackc/pgx/v5/pgxpool"`),
			"imports github.com/jackc/pgx/v5/pgxpool"},
		{"the store opens a database", doors, files("internal/store/x.go", `package store; import _ "database/sql"`), ""},

		{"the program uses a suite", suite,
			files("internal/app/x.go", `package app; import _ "docket/internal/desk/desktest"`), "for tests only"},
		{"a test uses a suite", suite, files("internal/app/x_test.go", `package app; import _ "docket/internal/desk/desktest"`), ""},

		{"a page that knows a desk by its name", func(root fs.FS, _ []pkg) []string { return deskNameFaults(root) },
			files("internal/console/x.html", "Open it in FreeScout"), "says FreeScout"},
		{"a desk that names itself", func(root fs.FS, _ []pkg) []string { return deskNameFaults(root) },
			files("internal/desk/freescout/x.go", "package freescout", "internal/console/x_test.go", "package console // freescout"), ""},

		{"a way in another order", literalFaults,
			files("internal/ledger/way.go", `package ledger; func way() []s { return []s{{"decided", d}, {"kept", k}} }`,
				"internal/filing/way.go", `package filing; var way = []s{{Queued, d}}`,
				"ARCHITECTURE.md", "\n| station | what |\n|---|---|\n| kept | k |\n| decided | d |\n\n| state | what |\n| queued | q |\n"),
			`["kept" "decided"]`},

		{"a file that is too long", size, files("internal/alert/x.go", "package alert\n"+strings.Repeat("//\n", 300)), "has 301 lines"},
		{"a file that just fits", size, files("internal/alert/x.go", "package alert\n"+strings.Repeat("//\n", 298)), ""},
		{"a function that is too long", size,
			files("internal/alert/x.go", "package alert\nfunc f() {\n"+strings.Repeat("\n", 80)+"}\n"), "f has 82 lines"},
		{"a room that is too large", size, files("internal/rule/x.go", "package rule\n"+strings.Repeat("//\n", 299),
			"internal/rule/y.go", "package rule\n"+strings.Repeat("//\n", 299), "internal/rule/z.go", "package rule\n"+strings.Repeat("//\n", 299),
			"internal/rule/a.go", "package rule\n"+strings.Repeat("//\n", 120)), "internal/rule has"},

		{"no doc.go", docs, files("internal/alert/alert.go", `package alert`), "has no doc.go"},
		{"an empty doc.go", docs, files("internal/alert/doc.go", `package alert`), "no package comment"},
		{"a name that says nothing", names, files("internal/alertutils/x.go", `package alertutils`), "alertutils says nothing"},
		{"another name that says nothing", names, files("internal/web/x.go", `package handler`), "handler says nothing"},
		{"a sleep in a test", sleeps, files("internal/web/x_test.go", `package web; import "time"; func f() { time.Sleep(1) }`), "sleeps"},
		{"a sleep in a bubble", sleeps,
			files("internal/web/x_test.go", `package web; import ("testing/synctest"; "time"); func f() { synctest.Wait(); time.Sleep(1) }`), ""},
		{"a wait for time alone", sleeps, files("internal/web/x_test.go", `package web; import "time"; func f() { <-time.After(1) }`),
			"sleeps by time.After"},
		{"a select that waits for time alone", sleeps,
			files("internal/web/x_test.go", `package web; import "time"; func f() { select { case <-time.After(1): } }`), "sleeps by time.After"},
		{"a wait with a bound", sleeps,
			files("internal/web/x_test.go", `package web; import "time"; func f(c chan int) { select { case <-c: case <-time.After(1): } }`), ""},

		{"no map", mapFaults, files("internal/alert/x.go", `package alert`), "ARCHITECTURE.md"},
		{"a map under no heading", mapFaults,
			files("internal/alert/x.go", `package alert`, "ARCHITECTURE.md", "```\ninternal/alert/ alerts\n```\n"), "no fenced block"},
		{"a package that the map lacks", mapFaults, files("internal/desk/local/x.go", `package local`, "ARCHITECTURE.md", "## Map\n```\n```\n"),
			"lacks internal/desk/local/"},
		{"a package that is only on the map", mapFaults, files("ARCHITECTURE.md", "## Map\n```\n  internal/alert/   alerts\n```\n"),
			"shows internal/alert/, and there is no such package"},
		{"a package drawn twice", mapFaults,
			files("cmd/docket/x.go", `package main`, "ARCHITECTURE.md", "## Map\n```\ncmd/docket/ x\ncmd/docket/\n```\n"), "twice"},
		{"a true map", mapFaults,
			files("internal/alert/x.go", `package alert`, "ARCHITECTURE.md",
				"# A\n\n## Map\n\n```text\n-- ground --\ninternal/alert/   alerts\n```\n"), ""},

		{"a library without a page", libraryFaults,
			files("internal/web/x.go", `package web; import _ "example.org/a/b/c"`, "go.mod", "require (\n\texample.org/a/b v1.2.3 // indirect\n)\n",
				"docs/decisions/x.md", "example.org/a/b/v2 and example.org/a/bc"), "imports example.org/a/b,"},
		{"a library with a page", libraryFaults,
			files("internal/web/x.go", `package web; import _ "example.org/a/b"`, "go.mod", "require example.org/a/b v1.2.3\n",
				"docs/decisions/x.md", "`example.org/a/b`: because."), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, text := range c.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			tree, err := parseTree(root)
			if err != nil {
				t.Fatal(err)
			}
			faults := c.law(root, tree)
			switch {
			case c.want == "" && len(faults) > 0:
				t.Errorf("lawful, and yet: %q", faults)
			case c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0], c.want)):
				t.Errorf("got faults %q, want one with %q", faults, c.want)
			}
		})
	}
}

// files pairs names with texts.
func files(pairs ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}
