package silence

import (
	"errors"
	"fmt"

	"github.com/prometheus/alertmanager/pkg/labels"

	"docket/internal/alert"
)

// Matchers are conditions on labels; all of them must match.
type Matchers []*labels.Matcher

// ParseMatchers reads matchers in Alertmanager's syntax, for example team="shop" or
// {alertname=~"Disk.*",env!="test"}. Several texts are combined.
func ParseMatchers(texts ...string) (Matchers, error) {
	var all Matchers
	for _, text := range texts {
		ms, err := labels.ParseMatchers(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a matcher: %w", text, err)
		}
		if len(ms) == 0 {
			return nil, fmt.Errorf("%q contains no matcher", text)
		}
		all = append(all, ms...)
	}
	return all, nil
}

// Texts returns each matcher in the syntax that ParseMatchers reads.
func (ms Matchers) Texts() []string {
	all := make([]string, len(ms))
	for i, m := range ms {
		all[i] = m.String()
	}
	return all
}

// Match reports whether all conditions match. A missing label counts as empty. An empty list matches nothing,
// so that an empty silence never mutes everything.
func (ms Matchers) Match(ls alert.Labels) bool {
	for _, m := range ms {
		if !m.Matches(ls.Get(m.Name)) {
			return false
		}
	}
	return len(ms) > 0
}

// check refuses matchers that would match alerts with none of the labels: such a silence mutes more than
// anybody intended.
func (ms Matchers) check() error {
	if len(ms) == 0 {
		return errors.New("at least one matcher is needed")
	}
	for _, m := range ms {
		if !m.Matches("") {
			return nil
		}
	}
	return errors.New("the matchers also match alerts without these labels: at least one must require a value")
}
