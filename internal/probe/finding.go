package probe

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/surface"
)

// finding is a reading in progress: operational until something worse is found. Of two equally bad findings,
// the first one is the reason.
type finding struct {
	reading surface.Reading
	began   time.Time
}

// begin starts a finding. now provides the reading's time; latencies are measured with the machine's own
// clock.
func begin(now func() time.Time) *finding {
	return &finding{surface.Reading{At: now().UTC(), Status: surface.Operational}, time.Now()}
}

// worse records something that is wrong.
func (f *finding) worse(status surface.Status, format string, args ...any) {
	if status != f.reading.Status && surface.Worst(status, f.reading.Status) == status {
		f.reading.Status, f.reading.Reason = status, fmt.Sprintf(format, args...)
	}
}

// fact records a piece of evidence.
func (f *finding) fact(name, value string) {
	if value == "" {
		return
	}
	if f.reading.Evidence == nil {
		f.reading.Evidence = make(map[string]string, 4)
	}
	f.reading.Evidence[name] = value
}

// answered records the time so far as the latency, and compares it with the limits: 0 means no limit.
func (f *finding) answered(degraded, down time.Duration) { f.took(time.Since(f.began), degraded, down) }

// took records a latency, and compares it with the limits: 0 means no limit.
func (f *finding) took(latency, degraded, down time.Duration) {
	latency = max(1, latency)
	f.reading.Latency = latency
	switch {
	case down > 0 && latency > down:
		f.worse(surface.Down, "responded in %s, more than %s", short(latency), down)
	case degraded > 0 && latency > degraded:
		f.worse(surface.Degraded, "responded in %s, more than %s", short(latency), degraded)
	}
}

// end returns the finished reading.
func (f *finding) end() surface.Reading { return f.reading.Bounded() }

// short formats a duration for people, with at most three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}

// oneOf joins words for a sentence: a, b or c.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " or " + words[end]
}

// checkLimits validates the limits of a latency.
func checkLimits(wrong *faults, kind string, degraded, down time.Duration) {
	if degraded < 0 {
		wrong.add(kind+".degraded_over", "is negative: write, for example, 500ms or 2s")
	}
	if down < 0 {
		wrong.add(kind+".down_over", "is negative: write, for example, 500ms or 2s")
	}
	if degraded > 0 && down > 0 && degraded >= down {
		wrong.add(kind+".degraded_over", fmt.Sprintf("must be less than down_over, which is %s", down))
	}
}
