package surface

import "time"

// Sum adds up the readings of a time span.
type Sum struct {
	// At is the start of the span.
	At time.Time `json:"at"`
	// Operational, Degraded, Down and Unknown count readings.
	Operational int `json:"operational"`
	Degraded    int `json:"degraded"`
	Down        int `json:"down"`
	Unknown     int `json:"unknown"`
	// Measured counts the readings with a latency, Total is the sum of their latencies and Slowest the
	// highest.
	Measured int           `json:"measured"`
	Total    time.Duration `json:"total_ns"`
	Slowest  time.Duration `json:"slowest_ns"`
}

// Add adds a reading.
func (s Sum) Add(r Reading) Sum {
	switch r.Status {
	case Operational:
		s.Operational++
	case Degraded:
		s.Degraded++
	case Down:
		s.Down++
	case Unknown:
		s.Unknown++
	}
	if r.Latency > 0 {
		s.Measured++
		s.Total += r.Latency
		s.Slowest = max(s.Slowest, r.Latency)
	}
	return s
}

// Plus adds two sums; the earlier start is kept.
func (s Sum) Plus(o Sum) Sum {
	if s.At.IsZero() || (!o.At.IsZero() && o.At.Before(s.At)) {
		s.At = o.At
	}
	s.Operational += o.Operational
	s.Degraded += o.Degraded
	s.Down += o.Down
	s.Unknown += o.Unknown
	s.Measured += o.Measured
	s.Total += o.Total
	s.Slowest = max(s.Slowest, o.Slowest)
	return s
}

// Mean is the mean latency, 0 if none was measured.
func (s Sum) Mean() time.Duration {
	if s.Measured == 0 {
		return 0
	}
	return s.Total / time.Duration(s.Measured)
}

// Uptime is the share of readings in which users could use the surface (operational or degraded) among those
// with a known result; known is false if there were none.
func (s Sum) Uptime() (share float64, known bool) {
	told := s.Operational + s.Degraded + s.Down
	if told == 0 {
		return 0, false
	}
	return float64(told-s.Down) / float64(told), true
}

// Worst is the status to show for the span. Down and degraded count only from 1 reading in 100, so that one
// lost packet does not color a whole day.
func (s Sum) Worst() Status {
	told := s.Operational + s.Degraded + s.Down
	switch {
	case told == 0:
		return Unknown
	case s.Down*100 >= told:
		return Down
	case (s.Degraded+s.Down)*100 >= told:
		return Degraded
	}
	return Operational
}
