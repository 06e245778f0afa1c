package silence

import (
	"fmt"

	"github.com/prometheus/alertmanager/pkg/labels"
)

// Condition is one matcher, split up as in Alertmanager's API v2.
type Condition struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Regex makes Value a regular expression that must match the whole label value.
	Regex bool `json:"isRegex"`
	// Equal negates the condition when false; nil means true.
	Equal *bool `json:"isEqual"`
}

// FromConditions builds matchers. The error is a sentence about what is wrong.
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

// Conditions splits matchers up.
func (ms Matchers) Conditions() []Condition {
	all := make([]Condition, len(ms))
	for i, m := range ms {
		equal := m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp
		all[i] = Condition{Name: m.Name, Value: m.Value, Regex: m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp, Equal: &equal}
	}
	return all
}

// Holds reports whether each of others is among the matchers, character for character.
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
