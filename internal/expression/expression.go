package expression

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
)

const (
	// maxBytes limits the length of an expression.
	maxBytes = 8 << 10
	// maxCost limits one evaluation, in CEL's own unit of about one step; the limit is reached within
	// milliseconds.
	maxCost = 200_000
)

// Fault is what is wrong with an expression. Line and Column are positions in it, starting at 1.
type Fault struct {
	Line, Column int
	Reason       string
}

// Env is the environment of expressions. It is safe for concurrent use.
type Env struct{ env *cel.Env }

// NewEnv makes an environment with these variables, in addition to CEL's own extensions for strings, lists,
// numbers and optional values.
func NewEnv(variables ...cel.EnvOption) (*Env, error) {
	env, err := cel.NewEnv(append(variables, cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(),
		ext.Lists(), ext.Math())...)
	if err != nil {
		return nil, fmt.Errorf("set CEL up: %w", err)
	}
	return &Env{env}, nil
}

// Compile compiles an expression and returns the type of its result as far as it is known without a body. fit
// says what is wrong with that type, "" if nothing is. All faults are returned at once.
func (e *Env) Compile(text string, fit func(*cel.Type) string) (cel.Program, []Fault) {
	if len(text) > maxBytes {
		return nil, []Fault{{1, 1, fmt.Sprintf("is longer than %d bytes", maxBytes)}}
	}
	ast, issues := e.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		var faults []Fault
		for _, i := range issues.Errors() {
			message := strings.Join(strings.Fields(i.Message), " ")
			faults = append(faults, Fault{max(1, i.Location.Line()), max(0, i.Location.Column()) + 1, "is not a valid expression: " + message})
		}
		return nil, faults
	}
	if wrong := fit(ast.OutputType()); wrong != "" {
		return nil, []Fault{{1, 1, wrong}}
	}
	program, err := e.env.Program(ast, cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost), cel.CostLimit(maxCost))
	if err != nil {
		return nil, []Fault{{1, 1, "is not a valid expression: " + err.Error()}}
	}
	return program, nil
}

// Value converts JSON numbers (json.Number) to CEL's, in place: whole numbers stay integers, so that they
// compare and print as such.
func Value(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String() // Too large for any number type: kept as written.
		}
		return f
	case map[string]any:
		for name, member := range v {
			v[name] = Value(member)
		}
	case []any:
		for i, member := range v {
			v[i] = Value(member)
		}
	}
	return v
}
