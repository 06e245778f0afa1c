package probe

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/surface"
)

// finding is a reading in the making: operational until something worse is found. Of two
// things that are as bad, the first one found is the reason.
type finding struct {
	reading surface.Reading
	began   time.Time
}

// begin begins a finding; now is what the reading's time is taken from, while what it
// measures is the machine's own clock.
func begin(now func() time.Time) *finding {
	return &finding{surface.Reading{At: now().UTC(), Status: surface.Operational}, time.Now()}
}

// worse notes something that is wrong.
func (f *finding) worse(status surface.Status, format string, args ...any) {
	if status != f.reading.Status && surface.Worst(status, f.reading.Status) == status {
		f.reading.Status, f.reading.Reason = status, fmt.Sprintf(format, args...)
	}
}

// fact notes a piece of evidence.
func (f *finding) fact(name, value string) {
	if value == "" {
		return
	}
	if f.reading.Evidence == nil {
		f.reading.Evidence = make(map[string]string, 4)
	}
	f.reading.Evidence[name] = value
}

// answered takes the time until now as the latency, and holds it against its limits: 0 is none.
func (f *finding) answered(degraded, down time.Duration) { f.took(time.Since(f.began), degraded, down) }

// took notes a latency, and holds it against its limits: 0 is none.
func (f *finding) took(latency, degraded, down time.Duration) {
	latency = max(1, latency)
	f.reading.Latency = latency
	switch {
	case down > 0 && latency > down:
		f.worse(surface.Down, "it took %s to answer, more than %s", short(latency), down)
	case degraded > 0 && latency > degraded:
		f.worse(surface.Degraded, "it took %s to answer, more than %s", short(latency), degraded)
	}
}

// end is the finished reading.
func (f *finding) end() surface.Reading { return f.reading.Bounded() }

// short is a duration as people read it: three digits at most.
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

// checkLimits looks at the limits of a latency.
func checkLimits(wrong *faults, kind string, degraded, down time.Duration) {
	if degraded < 0 {
		wrong.add(kind+".degraded_over", "is negative: write 500ms or 2s")
	}
	if down < 0 {
		wrong.add(kind+".down_over", "is negative: write 500ms or 2s")
	}
	if degraded > 0 && down > 0 && degraded >= down {
		wrong.add(kind+".degraded_over", fmt.Sprintf("must be less than down_over, which is %s", down))
	}
}
