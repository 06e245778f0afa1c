package internal_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The law of the house. A package imports only from floors below its own; on
// its own floor it imports within its own tree, and what neighbours lists.
// Test files may import what they like.

// floor is one storey: its trees are folders with all that is below them.
type floor struct {
	name  string
	trees []string
}

// house is the floors, from the ground up.
var house = []floor{
	{"ground", []string{"internal/fault", "internal/line", "internal/alert", "internal/silence", "internal/surface", "internal/filing",
		"internal/storm", "internal/incident", "internal/brief", "internal/notice", "internal/rule", "internal/template", "internal/expression",
		"internal/flag", "internal/audit"}},
	{"doors", []string{"internal/answer", "internal/source", "internal/probe", "internal/desk", "internal/notify", "internal/infisical",
		"internal/health", "internal/outbound", "internal/failpoint", "internal/await"}},
	{"keeping", []string{"internal/store", "internal/queue", "internal/ledger"}},
	{"movement", []string{"internal/intake", "internal/outbox", "internal/courier", "internal/notifier", "internal/auth", "internal/controls",
		"internal/watch", "internal/reconcile", "internal/doctor"}},
	{"faces", []string{"internal/query", "internal/metrics", "internal/web", "internal/console", "internal/config", "internal/app",
		"internal/sim", "cmd/docket", "bench", "scripts/testreport"}},
}

// neighbours lists which trees a tree may import on its own floor.
var neighbours = map[string][]string{
	"internal/silence":   {"internal/alert"},
	"internal/surface":   {"internal/alert"},
	"internal/filing":    {"internal/alert", "internal/fault"},
	"internal/storm":     {"internal/alert"},
	"internal/incident":  {"internal/alert", "internal/filing", "internal/storm"},
	"internal/brief":     {"internal/line", "internal/alert", "internal/filing", "internal/storm", "internal/incident"},
	"internal/notice":    {"internal/alert", "internal/filing", "internal/storm", "internal/incident"},
	"internal/rule":      {"internal/alert", "internal/filing", "internal/storm", "internal/incident", "internal/brief"},
	"internal/template":  {"internal/line", "internal/alert", "internal/filing", "internal/incident", "internal/brief"},
	"internal/desk":      {"internal/health", "internal/outbound", "internal/failpoint"},
	"internal/notify":    {"internal/outbound"},
	"internal/infisical": {"internal/outbound"},
	"internal/source":    {"internal/outbound"},
	"internal/queue":     {"internal/store"},
	"internal/ledger":    {"internal/store", "internal/queue"},
	"internal/courier":   {"internal/outbox"},
	"internal/notifier":  {"internal/outbox"},
	"internal/app":       {"internal/query", "internal/metrics", "internal/web", "internal/console", "internal/config"},
	"internal/web":       {"internal/query", "internal/metrics"},
	"internal/console":   {"internal/query"},
	"internal/probe":     {"internal/desk", "internal/outbound"},
	"internal/sim":       {"internal/app", "internal/web", "internal/config"},
	"cmd/docket":         {"internal/app", "internal/query", "internal/web", "internal/config"},
	"bench":              {"internal/app", "internal/web", "internal/config"},
}

// suites are the packages that only tests, and one another, may import.
var suites = []string{
	"internal/await", "internal/desk/desktest", "internal/store/storetest", "internal/store/storetest/migrated", "internal/sim",
}

// The outer world, the clock and chance stay off the ground floor.
var (
	groundImports = regexp.MustCompile(`^(net|net/.*|os|os/.*|io/fs|syscall|log|log/syslog|context|database/.*|crypto/rand|` +
		`math/rand|math/rand/v2|sync|sync/.*|unsafe)$`)
	groundClock = regexp.MustCompile(`^(Now|Since|Until|After|AfterFunc|NewTimer|NewTicker|Tick|Sleep)$`)
	groundLog   = regexp.MustCompile(`^(Value|LogValuer|Attr|String|Int|Int64|Uint64|Bool|Time|Duration|Any|Group|[A-Z][A-Za-z0-9]*Value)$`)
)

// doorImports are the databases, which a door never speaks to.
var doorImports = regexp.MustCompile(`^(database/sql(/.*)?|github\.com/jackc/pgx/.*|modernc\.org/sqlite(/.*)?|` +
	`github\.com/riverqueue/.*|github\.com/pressly/goose/.*)$`)

func TestPackagesImportOnlyFromFloorsBelow(t *testing.T) {
	report(t, floorFaults(readTree(t)))
}

func TestGroundFloorIsPure(t *testing.T) {
	report(t, groundFaults(readTree(t)))
}

func TestDoorsKnowNoDatabase(t *testing.T) {
	report(t, doorFaults(readTree(t)))
}

func TestSuitesStayOutOfTheProgram(t *testing.T) {
	report(t, suiteFaults(readTree(t)))
}

// floorFaults says which imports climb, or cross their floor unlisted.
func floorFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		height, own := floorOf(p.path)
		if height < 0 {
			if p.path != "internal" {
				faults = append(faults, p.path+" is on no floor: give it a place in internal/floors_test.go")
			}
			continue
		}
		for _, f := range p.files {
			for _, imported := range f.ours() {
				h, other := floorOf(imported)
				switch {
				case f.test, h >= 0 && h < height, other == own && own != "", slices.Contains(neighbours[own], other):
				case h < 0:
					faults = append(faults, fmt.Sprintf("%s imports %s, which is on no floor", f.path, imported))
				case h > height:
					faults = append(faults,
						fmt.Sprintf("%s (%s) imports %s (%s): imports only go down", f.path, house[height].name, imported, house[h].name))
				default:
					faults = append(faults,
						fmt.Sprintf("%s imports %s on its own floor (%s), and neighbours does not list that", f.path, imported, house[height].name))
				}
			}
		}
	}
	return faults
}

// groundFaults says where the ground floor touches world, clock, chance or goroutines.
func groundFaults(tree []pkg) (faults []string) {
	for _, f := range programFiles(tree, "ground") {
		for _, path := range f.imports {
			if groundImports.MatchString(path) {
				faults = append(faults, fmt.Sprintf("%s imports %s: the ground floor is pure", f.path, path))
			}
		}
		if path, ok := f.names["."]; ok {
			faults = append(faults, fmt.Sprintf("%s imports %s without a name: nobody sees what it uses", f.path, path))
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				faults = append(faults, f.at(n)+" starts a goroutine: the ground floor is pure")
			case *ast.SelectorExpr:
				name := n.Sel.Name
				switch f.packageOf(n.X) {
				case "time":
					if groundClock.MatchString(name) {
						faults = append(faults, fmt.Sprintf("%s uses time.%s: rules are handed the time", f.at(n), name))
					}
				case "log/slog":
					if !groundLog.MatchString(name) {
						faults = append(faults, fmt.Sprintf("%s uses slog.%s: rules do not log, they only say how a value is logged", f.at(n), name))
					}
				}
			}
			return true
		})
	}
	return faults
}

// doorFaults says which door speaks to a database.
func doorFaults(tree []pkg) (faults []string) {
	for _, f := range programFiles(tree, "doors") {
		for _, path := range f.imports {
			if doorImports.MatchString(path) {
				faults = append(faults, fmt.Sprintf("%s imports %s: a door never speaks to the database", f.path, path))
			}
		}
	}
	return faults
}

// suiteFaults says where the program imports what only tests may.
func suiteFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		if slices.Contains(suites, p.path) {
			continue
		}
		for _, f := range p.files {
			for _, imported := range f.ours() {
				if !f.test && slices.Contains(suites, imported) {
					faults = append(faults, fmt.Sprintf("%s imports %s, which is for tests only", f.path, imported))
				}
			}
		}
	}
	return faults
}

// floorOf returns the height of a package's floor and the tree it belongs to, or -1.
func floorOf(path string) (height int, tree string) {
	for height, f := range house {
		for _, tree := range f.trees {
			if path == tree || strings.HasPrefix(path, tree+"/") {
				return height, tree
			}
		}
	}
	return -1, ""
}

// programFiles returns the files of a floor that are part of the program.
func programFiles(tree []pkg, floorName string) (files []file) {
	for _, p := range tree {
		height, _ := floorOf(p.path)
		if height < 0 || house[height].name != floorName {
			continue
		}
		for _, f := range p.files {
			if !f.test {
				files = append(files, f)
			}
		}
	}
	return files
}
