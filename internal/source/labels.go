package source

import (
	"fmt"
	"slices"
	"strings"

	"docket/internal/alert"
)

// The limits on one alert. Alertmanager has none; a database row and a ticket do.
const (
	maxLabels     = 512
	maxNameBytes  = 1 << 10
	maxValueBytes = 64 << 10
)

// labels reads an object of strings, within the limits and without duplicate names. Labels that are empty or
// null are dropped. The first fault is returned; the object is read to its end.
func (r *reader) labels(field string) (alert.Labels, error) {
	switch r.peek() {
	case 'n':
		r.skip()
		return nil, nil
	case '{':
	default:
		return nil, r.wrong(field, "an object")
	}
	r.at++
	r.scratch = r.scratch[:0]
	var first error
	for r.peek() != '}' {
		if err := r.label(field); err != nil && first == nil {
			first = err
		}
	}
	r.at++
	if first != nil {
		return nil, first
	}
	return sorted(field, r.scratch)
}

// label reads one name and value to the end of r.scratch.
func (r *reader) label(field string) error {
	name, ok := r.raw()
	if !ok || name == "" || len(name) > maxNameBytes || len(r.scratch) == maxLabels {
		r.skip()
		return faultOf(field, name, ok)
	}
	if c := r.peek(); c != '"' && c != 'n' {
		return r.wrong(path(field, name), "a string")
	}
	if r.peek() == 'n' {
		r.skip()
		return nil
	}
	value, ok := r.raw()
	if !ok {
		return &fieldError{path(field, name), notText}
	}
	if len(value) > maxValueBytes {
		return &fieldError{path(field, name), fmt.Sprintf("is longer than %d bytes", maxValueBytes)}
	}
	r.scratch = append(r.scratch, alert.Label{Name: name, Value: value})
	return nil
}

// faultOf says what is wrong with a name.
func faultOf(field, name string, valid bool) error {
	switch {
	case !valid:
		return &fieldError{field, "a name " + notText}
	case name == "":
		return &fieldError{field, "a name is empty"}
	case len(name) > maxNameBytes:
		return &fieldError{field, fmt.Sprintf("the name %q is longer than %d bytes", cut(name, maxQuoted), maxNameBytes)}
	}
	return &fieldError{field, fmt.Sprintf("holds more than %d", maxLabels)}
}

// sorted returns a copy of all in the invariant order; it sorts all as well.
func sorted(field string, all alert.Labels) (alert.Labels, error) {
	byName := func(a, b alert.Label) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(all, byName) {
		slices.SortFunc(all, byName)
	}
	kept := make(alert.Labels, 0, len(all))
	for i, l := range all {
		if i > 0 && all[i-1].Name == l.Name {
			return nil, &fieldError{path(field, l.Name), "appears twice"}
		}
		if l.Value != "" {
			kept = append(kept, l)
		}
	}
	return kept, nil
}
