package source

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"docket/internal/expression"
)

// mapFields are the fields that a mapping can set, and whether they are required for a source with the format
// generic.
var mapFields = map[string]bool{
	"items": false, "when": false, "key": true, "title": true, "severity": false, "status": false, "labels": false, "annotations": false,
	"starts_at": false, "ends_at": false, "link": false, "id": false,
}

// MapFields returns the fields of a mapping, sorted.
func MapFields() []string { return slices.Sorted(maps.Keys(mapFields)) }

// The limits of a mapping, in addition to those of one expression. A cost is in CEL's own unit: about one
// step of the evaluation.
const (
	// maxPushCost limits all expressions over one body, so that no body can make them run for long: a few
	// seconds at the very most.
	maxPushCost = 20_000_000
	// maxItems limits the number of alerts in one mapped body.
	maxItems = 10_000
)

// Mapping says in CEL (https://cel.dev) how to read an alert from JSON in a foreign format. Its variables are
// body, the whole JSON; item, one of items, or the body if items is not mapped; and header, the request's
// header with lower-case names, without the headers that carry secrets. A missing name is an error, never an
// empty string.
type Mapping struct{ programs map[string]cel.Program }

// MapFault is what is wrong with one expression of a mapping.
type MapFault struct {
	// Field is the field of the mapping, such as "key".
	Field string
	// Line and Column are positions in the expression, starting at 1; 0 if it is missing altogether.
	Line, Column int
	Reason       string
}

// NewMapping compiles expressions by field. All faults are returned at once. whole says that there is nothing
// but the mapping, so that key and title are required.
func NewMapping(expressions map[string]string, whole bool) (*Mapping, []MapFault) {
	env, err := expression.NewEnv(cel.Variable("body", cel.DynType), cel.Variable("item", cel.DynType),
		cel.Variable("header", cel.MapType(cel.StringType, cel.StringType)))
	if err != nil {
		return nil, []MapFault{{Reason: err.Error()}}
	}
	var faults []MapFault
	m := &Mapping{programs: map[string]cel.Program{}}
	for _, field := range slices.Sorted(maps.Keys(expressions)) {
		if _, known := mapFields[field]; !known {
			faults = append(faults, MapFault{field, 0, 0, "is not a field of an alert: use one of " + strings.Join(MapFields(), ", ")})
			continue
		}
		program, wrong := env.Compile(expressions[field], func(t *cel.Type) string { return resultFault(field, t) })
		for _, f := range wrong {
			faults = append(faults, MapFault{field, f.Line, f.Column, cut(f.Reason, maxPathBytes)})
		}
		m.programs[field] = program
	}
	for _, field := range MapFields() {
		if _, there := expressions[field]; whole && mapFields[field] && !there {
			faults = append(faults, MapFault{field, 0, 0, "is missing: write an expression, such as body." + field})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return m, nil
}

// resultFault says what is wrong with the type of a field, as far as the type is known without a body.
func resultFault(field string, t *cel.Type) string {
	kind := t.Kind()
	switch {
	case kind == cel.DynKind:
	case field == "items" && kind != cel.ListKind:
		return fmt.Sprintf("is a %s and must be a list", t)
	case field == "when" && kind != cel.BoolKind:
		return fmt.Sprintf("is a %s and must be true or false", t)
	case (field == "labels" || field == "annotations") && kind != cel.MapKind:
		return fmt.Sprintf("is a %s and must be a map of strings", t)
	case field == "key" && kind == cel.BoolKind, field == "title" && kind == cel.BoolKind:
		return "is a bool and must be a string"
	}
	return ""
}

// run is one reading of one body by a mapping.
type run struct {
	mapping *Mapping
	body    any
	header  map[string]string
	cost    uint64
}

// eval evaluates a field; ok is false if it is not mapped. The error is a *fieldError.
func (r *run) eval(field string, item any) (value any, ok bool, err error) {
	if r.mapping == nil {
		return nil, false, nil
	}
	program, ok := r.mapping.programs[field]
	if !ok {
		return nil, false, nil
	}
	out, details, err := program.Eval(map[string]any{"body": r.body, "item": item, "header": r.header})
	if details != nil && details.ActualCost() != nil {
		r.cost += *details.ActualCost()
	}
	if err != nil {
		return nil, true, &fieldError{"map." + field, "cannot be read from this body: " +
			cut(strings.ToValidUTF8(err.Error(), "\uFFFD"), maxPathBytes)}
	}
	if r.cost > maxPushCost {
		return nil, true, errTooCostly
	}
	value, err = native(out)
	if err != nil {
		return nil, true, &fieldError{"map." + field, err.Error()}
	}
	return value, true, nil
}

// errTooCostly stops the reading of the whole body.
var errTooCostly = errors.New("the mapping takes too many steps for this body: send fewer alerts at once")
