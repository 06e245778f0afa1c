package internal_test

import (
	"fmt"
	"go/ast"
	"testing"
)

// The bounds of what a reader has to hold in mind at once.
const (
	longestFile     = 300
	longestTestFile = 420
	longestFunction = 80
)

// roomBounds are the packages that must stay small, in lines without tests: the rule has to fit in a head, and wiring
// has to stay wiring.
var roomBounds = map[string]int{"internal/rule": 1000, "internal/app": 2500}

// longerFiles are files that may be longer, with how long.
var longerFiles = map[string]int{
	"internal/app/app.go":                   340, // straight-line wiring
	"internal/config/decode.go":             340,
	"internal/console/render.go":            310,
	"internal/controls/silence.go":          305,
	"internal/desk/desktest/desktest.go":    325,
	"internal/doctor/checks.go":             355,
	"internal/store/incident.go":            340,
	"internal/store/storetest/storetest.go": 375,
	"internal/web/amapi.go":                 325,
}

// longerFunctions are wiring that is read from top to bottom.
var longerFunctions = map[string]bool{"internal/app/app.go run": true}

func TestFilesAndFunctionsFitInAHead(t *testing.T) {
	report(t, sizeFaults(readTree(t)))
}

// sizeFaults says which file, function or room is too long.
func sizeFaults(tree []pkg) (faults []string) {
	for _, p := range tree {
		room := 0
		for _, f := range p.files {
			lines, most := f.fset.File(f.ast.Pos()).LineCount(), longestFile
			if f.test {
				most = longestTestFile
			} else {
				room += lines
			}
			if most = max(most, longerFiles[f.path]); lines > most {
				faults = append(faults, fmt.Sprintf("%s has %d lines, and at most %d are allowed: split it by what it is about", f.path, lines, most))
			}
			if !f.test {
				faults = append(faults, functionFaults(f)...)
			}
		}
		if most := roomBounds[p.path]; most > 0 && room > most {
			faults = append(faults, fmt.Sprintf("%s has %d lines without tests, and at most %d are allowed", p.path, room, most))
		}
	}
	return faults
}

// functionFaults says which function of a file is too long. A function that only declares routes, tests or scenes is none.
func functionFaults(f file) (faults []string) {
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || longerFunctions[f.path+" "+fn.Name.Name] {
			continue
		}
		if lines := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1; lines > longestFunction {
			faults = append(faults, fmt.Sprintf("%s: %s has %d lines, and at most %d are allowed", f.at(fn), fn.Name.Name, lines, longestFunction))
		}
	}
	return faults
}
