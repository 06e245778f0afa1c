package expression

import (
	"encoding/json"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
)

func anything(*cel.Type) string { return "" }

func env(t *testing.T) *Env {
	t.Helper()
	e, err := NewEnv(cel.Variable("body", cel.DynType))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryMistakeStandsAtItsPlace(t *testing.T) {
	t.Parallel()
	e := env(t)
	for _, c := range []struct {
		text         string
		line, column int
		reason       string
	}{
		{"body.a ==", 1, 10, "Syntax error"},
		{"body.a == 1 &&\n  nobody == 2", 2, 3, "undeclared reference"},
		{strings.Repeat(" ", maxBytes) + "1", 1, 1, "is longer than 8192 bytes"},
	} {
		program, faults := e.Compile(c.text, anything)
		if program != nil || len(faults) == 0 {
			t.Errorf("%.40q compiles", c.text)
			continue
		}
		if f := faults[0]; f.Line != c.line || f.Column != c.column || !strings.Contains(f.Reason, c.reason) || strings.Contains(f.Reason, "\n") {
			t.Errorf("%.40q: %+v", c.text, f)
		}
	}
	if _, faults := e.Compile("1 + 1", func(t *cel.Type) string { return "is a " + t.String() }); len(faults) != 1 ||
		faults[0].Reason != "is a int" {
		t.Errorf("%+v", faults)
	}
}

func TestAMissingNameIsAnErrorAndNeverAnEmptyWord(t *testing.T) {
	t.Parallel()
	program, faults := env(t).Compile("body.name", anything)
	if faults != nil {
		t.Fatal(faults)
	}
	if out, _, err := program.Eval(map[string]any{"body": map[string]any{"other": "x"}}); err == nil {
		t.Errorf("it is %v", out)
	}
}

func TestNoBodyMakesAnExpressionRunForLong(t *testing.T) {
	t.Parallel()
	program, faults := env(t).Compile("body.all(a, body.all(b, body.all(c, a + b + c >= 0)))", anything)
	if faults != nil {
		t.Fatal(faults)
	}
	body := make([]any, 1000)
	for i := range body {
		body[i] = int64(i)
	}
	if _, _, err := program.Eval(map[string]any{"body": body}); err == nil || !strings.Contains(err.Error(), "cost limit") {
		t.Errorf("a thousand million steps end with %v", err)
	}
}

func TestNumbersAreAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	var body any
	d := json.NewDecoder(strings.NewReader(`{"n":[9007199254740993,1.5,1e999,"7"]}`))
	d.UseNumber()
	if err := d.Decode(&body); err != nil {
		t.Fatal(err)
	}
	program, faults := env(t).Compile(`body.n[0] == 9007199254740993 && body.n[1] == 1.5 && body.n[2] == "1e999" && body.n[3] == "7"`,
		anything)
	if faults != nil {
		t.Fatal(faults)
	}
	if out, _, err := program.Eval(map[string]any{"body": Value(body)}); err != nil || out.Value() != true {
		t.Errorf("%v %v", out, err)
	}
}
