package alert

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Label is one name and value.
type Label struct {
	Name  string
	Value string
}

// Labels is a set of labels, sorted by name, without duplicate names. Build it with NewLabels or Sort; an
// empty value is the same as a missing label (Prometheus' rule).
type Labels []Label

// NewLabels makes Labels from a map.
func NewLabels(m map[string]string) Labels {
	ls := make(Labels, 0, len(m))
	for name, value := range m {
		ls = append(ls, Label{name, value})
	}
	return ls.Sort()
}

// Sort puts ls into the invariant order, in place: sorted by name, without empty values, keeping the last of
// several values for one name.
func (ls Labels) Sort() Labels {
	if !slices.IsSortedFunc(ls, compareNames) {
		slices.SortStableFunc(ls, compareNames)
	}
	kept := ls[:0]
	for i, l := range ls {
		if i+1 < len(ls) && ls[i+1].Name == l.Name {
			continue
		}
		if l.Value != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

func compareNames(a, b Label) int { return strings.Compare(a.Name, b.Name) }

// Get returns the value of name, or "" if there is none.
func (ls Labels) Get(name string) string {
	i, found := slices.BinarySearchFunc(ls, name, func(l Label, n string) int { return strings.Compare(l.Name, n) })
	if !found {
		return ""
	}
	return ls[i].Value
}

// Map returns the labels as a new map.
func (ls Labels) Map() map[string]string {
	m := make(map[string]string, len(ls))
	for _, l := range ls {
		m[l.Name] = l.Value
	}
	return m
}

// String formats the labels as name="value" pairs, in order, for people.
func (ls Labels) String() string {
	var b strings.Builder
	for i, l := range ls {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%q", l.Name, l.Value)
	}
	return b.String()
}

// MarshalJSON writes an object with its members in name order, so that equal labels give equal bytes.
func (ls Labels) MarshalJSON() ([]byte, error) { return ls.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON writes, without a second pass over it: labels are most of what is
// written for a new alert. Invalid UTF-8 becomes U+FFFD.
func (ls Labels) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for i, l := range ls {
		if i > 0 {
			b = append(b, ',')
		}
		// The only possible error is about invalid UTF-8, which is already replaced.
		b, _ = jsontext.AppendQuote(b, l.Name)
		b = append(b, ':')
		b, _ = jsontext.AppendQuote(b, l.Value)
	}
	return append(b, '}')
}

// UnmarshalJSON reads an object of strings.
func (ls *Labels) UnmarshalJSON(data []byte) error {
	var m map[string]string
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("decode labels: %w", err)
	}
	*ls = NewLabels(m)
	return nil
}
