package probe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"docket/internal/expression"
	"docket/internal/surface"
)

// program compiles an expression, each one only once. It knows body, the response's JSON, as a source's
// mapping does. The error is a *Fault.
func (p *Prober) program(text string) (cel.Program, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ready, ok := p.programs[text]; ok {
		return ready, nil
	}
	if p.env == nil {
		env, err := expression.NewEnv(cel.Variable("body", cel.DynType))
		if err != nil {
			return nil, err
		}
		p.env = env
	}
	ready, faults := p.env.Compile(text, func(t *cel.Type) string {
		if kind := t.Kind(); kind != cel.BoolKind && kind != cel.DynKind {
			return fmt.Sprintf("is a %s and must be true or false", t)
		}
		return ""
	})
	if len(faults) > 0 {
		first := faults[0]
		return nil, &Fault{"http.json", fmt.Sprintf("%s (at its line %d, column %d)", first.Reason, first.Line, first.Column)}
	}
	p.programs[text] = ready
	return ready, nil
}

// judgeJSON evaluates the expression over a response. If it cannot be evaluated, the response is at fault.
func (p *httpProbe) judgeJSON(f *finding, body []byte) {
	if len(body) >= maxBody {
		f.worse(surface.Down, "the response is larger than 1 MiB, too large for json")
		return
	}
	value, err := jsonValue(body)
	if err != nil {
		f.worse(surface.Down, "the response is not JSON")
		return
	}
	out, _, err := p.program.Eval(map[string]any{"body": value})
	switch {
	case err != nil:
		f.worse(surface.Down, "json could not be evaluated for the response: %s", firstWords(err.Error()))
	case out == types.False:
		f.worse(surface.Down, "json is false for the response: %s", p.JSON)
	case out != types.True:
		f.worse(surface.Down, "json is neither true nor false for the response")
	}
}

// jsonValue reads one JSON value, and nothing after it.
func jsonValue(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more text after the JSON")
	}
	return expression.Value(v), nil
}
