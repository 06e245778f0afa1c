package silence

import (
	"fmt"

	"github.com/prometheus/alertmanager/pkg/labels"
)

// Condition is one matcher in its parts, as Alertmanager's API v2 writes it.
type Condition struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Regex has Value match as a regular expression, as a whole.
	Regex bool `json:"isRegex"`
	// Equal false turns the condition around; nil is true.
	Equal *bool `json:"isEqual"`
}

// FromConditions puts matchers together. An error is a sentence about what is wrong.
func FromConditions(all []Condition) (Matchers, error) {
	ms := make(Matchers, len(all))
	for i, c := range all {
		kind := labels.MatchEqual
		switch equal := c.Equal == nil || *c.Equal; {
		case equal && c.Regex:
			kind = labels.MatchRegexp
		case c.Regex:
			kind = labels.MatchNotRegexp
		case !equal:
			kind = labels.MatchNotEqual
		}
		if c.Name == "" {
			return nil, fmt.Errorf("matcher %d names no label", i+1)
		}
		m, err := labels.NewMatcher(kind, c.Name, c.Value)
		if err != nil {
			return nil, fmt.Errorf("matcher %d is not valid: %w", i+1, err)
		}
		ms[i] = m
	}
	return ms, nil
}

// Conditions takes matchers apart.
func (ms Matchers) Conditions() []Condition {
	all := make([]Condition, len(ms))
	for i, m := range ms {
		equal := m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp
		all[i] = Condition{Name: m.Name, Value: m.Value, Regex: m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp, Equal: &equal}
	}
	return all
}

// Holds reports whether each of others stands among the matchers, character for character.
func (ms Matchers) Holds(others Matchers) bool {
	have := map[string]bool{}
	for _, text := range ms.Texts() {
		have[text] = true
	}
	for _, text := range others.Texts() {
		if !have[text] {
			return false
		}
	}
	return true
}
