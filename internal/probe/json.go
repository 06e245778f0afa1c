package probe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"

	"docket/internal/surface"
)

const (
	maxExpression = 8 << 10
	// maxCost bounds one evaluation, in CEL's own unit of about one step: milliseconds.
	maxCost = 200_000
)

// celEnv is what expressions know: body, the answer's JSON. It is that of a source's mapping.
func celEnv() (*cel.Env, error) {
	return cel.NewEnv(cel.Variable("body", cel.DynType), cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Lists(), ext.Math())
}

// program compiles an expression, each once. The error is a *Fault.
func (p *Prober) program(expression string) (cel.Program, error) {
	if len(expression) > maxExpression {
		return nil, &Fault{"http.json", fmt.Sprintf("is longer than %d bytes", maxExpression)}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if ready, ok := p.programs[expression]; ok {
		return ready, nil
	}
	if p.env == nil {
		env, err := celEnv()
		if err != nil {
			return nil, fmt.Errorf("set CEL up: %w", err)
		}
		p.env = env
	}
	ast, issues := p.env.Compile(expression)
	if issues != nil && issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &Fault{"http.json", fmt.Sprintf("is no expression: %s (at its line %d, column %d)", strings.Join(strings.Fields(first.Message), " "), max(1, first.Location.Line()), max(0, first.Location.Column())+1)}
	}
	if kind := ast.OutputType().Kind(); kind != cel.BoolKind && kind != cel.DynKind {
		return nil, &Fault{"http.json", fmt.Sprintf("is a %s and must be true or false", ast.OutputType())}
	}
	ready, err := p.env.Program(ast, cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost), cel.CostLimit(maxCost))
	if err != nil {
		return nil, &Fault{"http.json", "is no expression: " + err.Error()}
	}
	p.programs[expression] = ready
	return ready, nil
}

// judgeJSON asks the expression about an answer. What it cannot say of it is a fault of the answer.
func (p *httpProbe) judgeJSON(f *finding, body []byte) {
	if len(body) >= maxBody {
		f.worse(surface.Down, "its answer is larger than 1 MiB, too large for json")
		return
	}
	value, err := jsonValue(body)
	if err != nil {
		f.worse(surface.Down, "its answer is not JSON")
		return
	}
	out, _, err := p.program.Eval(map[string]any{"body": value})
	switch {
	case err != nil:
		f.worse(surface.Down, "json says nothing of its answer: %s", firstWords(err.Error()))
	case out == types.False:
		f.worse(surface.Down, "its answer is not as json wants it: %s", p.JSON)
	case out != types.True:
		f.worse(surface.Down, "json is neither true nor false for its answer")
	}
}

// jsonValue reads one JSON value, and nothing behind it.
func jsonValue(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON")
	}
	return celValue(v), nil
}

// celValue makes CEL's numbers of JSON's: whole ones are whole, so that they compare so.
func celValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String() // Beyond all numbers: as it was written.
		}
		return f
	case map[string]any:
		for name, member := range v {
			v[name] = celValue(member)
		}
	case []any:
		for i, member := range v {
			v[i] = celValue(member)
		}
	}
	return v
}
