package incident_test

import (
	"docket/internal/incident"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestEveryReasonHasASentence(t *testing.T) {
	seen := map[string]string{}
	reasonsIn(t, "reason.go", seen)
	reasonsIn(t, "../filing/answer.go", seen) // A verdict is a reason, too.
	if len(seen) < 50 {
		t.Errorf("only %d reasons were found", len(seen))
	}
	if got := incident.Reason("from a newer version").Sentence(); got != "from a newer version" {
		t.Errorf("an unknown reason says %q", got)
	}
}

// reasonsIn checks the constants of the types Reason and Verdict in a file.
func reasonsIn(t *testing.T, file string, seen map[string]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || (kind.Name != "Reason" && kind.Name != "Verdict") {
			return true
		}
		word, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		name := strings.Trim(word.Value, `"`)
		sentence := incident.Reason(name).Sentence()
		if sentence == name || !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s says %q", name, sentence)
		}
		if other, twice := seen[name]; twice {
			t.Errorf("%s and %s are one word", spec.Names[0], other)
		}
		seen[name] = spec.Names[0].Name
		return true
	})
}
