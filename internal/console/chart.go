package console

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/store"
	"docket/internal/surface"
)

// bar shows a tile's days as runs of days with the same status.
type bar struct {
	Runs []barRun
	// Words describe the bar for screen readers.
	Words string
}

// barRun is a run of days with the same status. X and Width are in days.
type barRun struct {
	X, Width int
	Status   surface.Status
	Title    string
}

// Left and Wide position a run in a drawing 360 units wide, with a gap between runs.
func (r barRun) Left() int { return 4 * r.X }

// Wide is the width of the run in that drawing.
func (r barRun) Wide() int { return 4*r.Width - 1 }

// barOf makes a bar from daily sums. A day without readings is unknown.
func barOf(sums []surface.Sum, at time.Time) bar {
	first := store.Day.Of(at).AddDate(0, 0, 1-days)
	byDay := map[int]surface.Sum{}
	for _, s := range sums {
		byDay[int(s.At.Sub(first)/(24*time.Hour))] = s
	}
	var b bar
	ill := 0
	for day := range days {
		sum := byDay[day]
		status := sum.Worst()
		if status.Affected() {
			ill++
		}
		title := dayTag(first.AddDate(0, 0, day)) + ": no data"
		if share, known := sum.Uptime(); known {
			title = dayTag(first.AddDate(0, 0, day)) + ": " + percent(share) + " up"
		}
		last := len(b.Runs) - 1
		if last >= 0 && b.Runs[last].Status == status && status != surface.Degraded && status != surface.Down {
			b.Runs[last].Width++
			begin, _, _ := strings.Cut(b.Runs[last].Title, " – ")
			begin, _, _ = strings.Cut(begin, ":")
			b.Runs[last].Title = begin + " – " + dayTag(first.AddDate(0, 0, day)) + ": " + string(status)
			continue
		}
		b.Runs = append(b.Runs, barRun{X: day, Width: 1, Status: status, Title: title})
	}
	b.Words = fmt.Sprintf("The last %d days: %s with problems", days, plural(ill, "day"))
	return b
}

// curve is a latency chart in SVG coordinates, 600 wide and 120 high.
type curve struct {
	// Lines are the points of polylines. A gap in the readings starts a new line.
	Lines []string
	// Faults are the x positions of failed readings.
	Faults []fault
	Top    time.Duration
	Mean   time.Duration
	From   time.Time
	To     time.Time
	// Words describe the chart for screen readers.
	Words string
}

type fault struct {
	X      float64
	Status surface.Status
	Title  string
}

const curveWide, curveHigh = 600.0, 120.0

// point is one value in a chart.
type point struct {
	at      time.Time
	latency time.Duration
	status  surface.Status
	words   string
}

// curveOf draws points that are roughly step apart.
func curveOf(points []point, from, to time.Time, step time.Duration) curve {
	c := curve{From: from, To: to}
	var total time.Duration
	measured := 0
	for _, p := range points {
		if p.latency > 0 {
			measured++
			total += p.latency
			c.Top = max(c.Top, p.latency)
		}
	}
	if measured > 0 {
		c.Mean = total / time.Duration(measured)
	}
	if c.Top == 0 {
		c.Top = time.Millisecond
	}
	step = max(step, usualGap(points))
	x := func(at time.Time) float64 { return curveWide * float64(at.Sub(from)) / float64(to.Sub(from)) }
	var line strings.Builder
	var last time.Time
	end := func() {
		if line.Len() > 0 {
			c.Lines = append(c.Lines, line.String())
		}
		line.Reset()
	}
	for _, p := range points {
		if p.status.Affected() || p.status == surface.Unknown {
			c.Faults = append(c.Faults, fault{x(p.at), p.status, p.words})
		}
		if p.latency <= 0 || (!last.IsZero() && p.at.Sub(last) > 3*step) {
			end()
		}
		if p.latency > 0 {
			fmt.Fprintf(&line, "%.1f,%.1f ", x(p.at), curveHigh-4-(curveHigh-12)*float64(p.latency)/float64(c.Top))
			last = p.at
		}
	}
	end()
	c.Words = fmt.Sprintf("Latency from %s to %s: %s on average, %s at most, %s failed", from.Format("2 Jan 15:04"),
		to.Format("2 Jan 15:04 UTC"), millis(c.Mean), millis(c.Top), plural(len(c.Faults), "reading"))
	return c
}

// usualGap is the median time between two points.
func usualGap(points []point) time.Duration {
	var gaps []time.Duration
	for n := 1; n < len(points); n++ {
		gaps = append(gaps, points[n].at.Sub(points[n-1].at))
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// thinTo reduces the points to about limit: it keeps the slowest of each group, and every failure.
func thinTo(points []point, limit int) []point {
	if len(points) <= limit {
		return points
	}
	handful := (len(points) + limit - 1) / limit
	var kept []point
	for begin := 0; begin < len(points); begin += handful {
		best := points[begin]
		for _, p := range points[begin:min(begin+handful, len(points))] {
			if p.status.Affected() && !best.status.Affected() || (p.status.Affected() == best.status.Affected() && p.latency > best.latency) {
				best = p
			}
		}
		kept = append(kept, best)
	}
	return kept
}
