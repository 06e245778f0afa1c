package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/surface"
)

// Spec is a probe as configured: exactly one kind is set.
type Spec struct {
	HTTP      *HTTP      `yaml:"http"`
	TCP       *TCP       `yaml:"tcp"`
	DNS       *DNS       `yaml:"dns"`
	TLS       *TLS       `yaml:"tls"`
	Heartbeat *Heartbeat `yaml:"heartbeat"`
	Heroku    *Heroku    `yaml:"heroku"`
}

// Probe reads a surface once; it ends when its context does.
type Probe func(ctx context.Context) surface.Reading

// Kind is one kind of probe.
type Kind struct {
	Name string
	// set reports whether the spec is of this kind, target is what it asks, for people and
	// without secrets, make makes the probe; its error is a sentence about the spec.
	set    func(Spec) bool
	target func(Spec) string
	make   func(*Prober, Spec, surface.Surface) (Probe, error)
}

// kinds are all kinds of probes.
var kinds = [...]Kind{
	{"http", func(s Spec) bool { return s.HTTP != nil }, func(s Spec) string { return shown(s.HTTP.URL) }, (*Prober).http},
	{"tcp", func(s Spec) bool { return s.TCP != nil }, func(s Spec) string { return s.TCP.Address }, (*Prober).tcp},
	{"dns", func(s Spec) bool { return s.DNS != nil }, func(s Spec) string { return s.DNS.Name }, (*Prober).dns},
	{"tls", func(s Spec) bool { return s.TLS != nil }, func(s Spec) string { return s.TLS.Address }, (*Prober).tls},
	{"heartbeat", func(s Spec) bool { return s.Heartbeat != nil }, func(Spec) string { return "" }, (*Prober).heartbeat},
	{"heroku", func(s Spec) bool { return s.Heroku != nil }, func(s Spec) string { return s.Heroku.App }, (*Prober).heroku},
}

// Kinds are the names of all kinds, in their own order.
func Kinds() []string {
	names := make([]string, len(kinds))
	for n, k := range kinds {
		names[n] = k.Name
	}
	return names
}

// find returns the spec's kind.
func (s Spec) find() (Kind, error) {
	var found []Kind
	for _, k := range kinds {
		if k.set(s) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return Kind{}, fmt.Errorf("must have one of %s", strings.Join(Kinds(), ", "))
	}
	return found[0], nil
}

// Describe names the spec's kind and what it asks, for people.
func (s Spec) Describe() (kind, target string) {
	k, err := s.find()
	if err != nil {
		return "", ""
	}
	return k.Name, k.target(s)
}

// Make makes the probe of a surface. An error is a sentence about the spec.
func (p *Prober) Make(s Spec, on surface.Surface) (Probe, error) {
	k, err := s.find()
	if err != nil {
		return nil, err
	}
	return k.make(p, s, on)
}

// Beats knows when jobs last checked in.
type Beats interface {
	LastBeat(ctx context.Context, surface string) (time.Time, error)
}

// Prober makes probes; they share its connections' settings.
type Prober struct {
	beats  Beats
	booted time.Time
	now    func() time.Time
	agent  string
	dial   dialer
}

// New makes a prober. booted is the process' start, agent the User-Agent of HTTP probes.
func New(beats Beats, booted time.Time, agent string) *Prober {
	return &Prober{beats: beats, booted: booted, now: time.Now, agent: agent, dial: guarded()}
}

// The readings that probes have in common.
func down(reason string) surface.Reading {
	return surface.Reading{Status: surface.Down, Reason: reason}
}

// slow turns a good reading by how long it took.
func slow(r surface.Reading, degradedOver, downOver time.Duration) surface.Reading {
	switch {
	case r.Status == surface.Down:
	case downOver > 0 && r.Latency > downOver:
		r.Status, r.Reason = surface.Down, fmt.Sprintf("took %s, more than %s", round(r.Latency), downOver)
	case degradedOver > 0 && r.Latency > degradedOver:
		r.Status, r.Reason = surface.Degraded, fmt.Sprintf("took %s, more than %s", round(r.Latency), degradedOver)
	}
	return r
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Millisecond)
}

// checkLimits are the mistakes that latency limits may have.
func checkLimits(degradedOver, downOver time.Duration) error {
	if degradedOver > 0 && downOver > 0 && degradedOver >= downOver {
		return errors.New("degraded_over must be less than down_over")
	}
	return nil
}
