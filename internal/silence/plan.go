package silence

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Plan is a maintenance window as people and programs write it.
type Plan struct {
	Name     string   `json:"name"`
	Matchers []string `json:"matchers"`
	// StartsAt and EndsAt are for a one-time window, everything below is for a recurring one.
	StartsAt time.Time `json:"starts_at,omitzero"`
	EndsAt   time.Time `json:"ends_at,omitzero"`
	// Weekdays are English names, in full or as three letters.
	Weekdays []string `json:"weekdays,omitempty"`
	// From and Until are written as 15:04. Until may be 24:00; if it is not after From, it is on the next
	// day.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// Zone is a name from the time zone database, such as Europe/Berlin; empty means UTC.
	Zone string `json:"zone,omitempty"`
}

// Maintenance parses a plan. The error is a sentence about what is wrong with it.
func (p Plan) Maintenance() (Maintenance, error) {
	m := Maintenance{Name: p.Name, StartsAt: p.StartsAt.UTC(), EndsAt: p.EndsAt.UTC()}
	if strings.TrimSpace(p.Name) == "" {
		return m, errors.New("the window needs a name")
	}
	var err error
	if m.Matchers, err = ParseMatchers(p.Matchers...); err != nil {
		return m, err
	}
	for _, word := range p.Weekdays {
		d, err := parseWeekday(word)
		if err != nil {
			return m, err
		}
		m.Weekdays = append(m.Weekdays, d)
	}
	if p.StartsAt.IsZero() && p.EndsAt.IsZero() {
		if m.From, err = parseClock(p.From); err != nil {
			return m, fmt.Errorf("from: %w", err)
		}
		if m.Until, err = parseClock(p.Until); err != nil {
			return m, fmt.Errorf("until: %w", err)
		}
	} else if p.From != "" || p.Until != "" {
		return m, errors.New("a window is either one-time, with a start and an end, or repeats on weekdays")
	}
	if m.Zone, err = time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		return m, fmt.Errorf("%.60q is not a time zone: write, for example, Europe/Berlin", p.Zone)
	}
	return m, m.Validate()
}

// Plan returns the window in the form that Plan.Maintenance reads.
func (m Maintenance) Plan() Plan {
	p := Plan{Name: m.Name, Matchers: m.Matchers.Texts(), StartsAt: m.StartsAt, EndsAt: m.EndsAt}
	if m.once() {
		return p
	}
	for _, d := range m.Weekdays {
		p.Weekdays = append(p.Weekdays, strings.ToLower(d.String()))
	}
	p.From, p.Until, p.Zone = clock(m.From), clock(m.Until), m.Zone.String()
	return p
}

func parseWeekday(word string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(word, d.String()) || strings.EqualFold(word, d.String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%.60q is not a weekday: write mon, tue, wed, thu, fri, sat or sun", word)
}

func parseClock(text string) (time.Duration, error) {
	if text == "24:00" {
		return day, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%.60q is not a time of day: write, for example, 22:30", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d/time.Hour), int(d%time.Hour/time.Minute))
}
