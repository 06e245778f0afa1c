package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/cel"

	"docket/internal/expression"
	"docket/internal/surface"
)

// Probe takes one reading of a surface. What went wrong is in the reading; it ends with ctx at the latest.
type Probe func(ctx context.Context) surface.Reading

// Spec is a probe as configured: the settings of its kind, nil while nothing is set.
type Spec struct{ Settings Settings }

// Settings are the configuration of one kind of probe: a pointer to a struct whose tags are the keys.
type Settings interface {
	// check reports what is wrong, by key.
	check(wrong *faults)
	// target names what is checked, for people, without secrets.
	target() string
	// open makes the probe of a surface, after check has found nothing wrong.
	open(p *Prober, on surface.Surface) (Probe, error)
}

// kinds are all kinds of probes, in the order in which messages list them.
var kinds = [...]struct {
	name  string
	fresh func() Settings
}{
	{"http", func() Settings { return &HTTP{} }},
	{"tcp", func() Settings { return &TCP{} }},
	{"dns", func() Settings { return &DNS{} }},
	{"tls", func() Settings { return &TLS{} }},
	{"heartbeat", func() Settings { return &Heartbeat{} }},
	{"heroku", func() Settings { return &Heroku{} }},
	{"grpc", func() Settings { return &GRPC{} }},
	{"icmp", func() Settings { return &ICMP{} }},
}

// Kinds returns the names of all kinds of probes: the keys, of which a Spec takes one.
func (Spec) Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// Choose makes the Spec one of this kind and returns its settings to be filled in, nil if there is no such
// kind.
func (s *Spec) Choose(kind string) any {
	for _, k := range kinds {
		if k.name == kind {
			s.Settings = k.fresh()
			return s.Settings
		}
	}
	return nil
}

// Chosen returns the kind and its settings; "" and nil if nothing is set.
func (s Spec) Chosen() (kind string, settings any) {
	for _, k := range kinds {
		if reflect.TypeOf(k.fresh()) == reflect.TypeOf(s.Settings) {
			return k.name, s.Settings
		}
	}
	return "", nil
}

// Describe returns the Spec's kind and what it checks, for people: without secrets, and without the query of
// a URL. Both are "" if nothing is set.
func (s Spec) Describe() (kind, target string) {
	if kind, _ = s.Chosen(); kind == "" {
		return "", ""
	}
	return kind, s.Settings.target()
}

// Fault is what is wrong with one key of a Spec.
type Fault struct {
	// Key is the key's path in the Spec, such as http.url, or "" for the Spec itself.
	Key string
	// Reason continues after the key's name: "must be ...". It contains no secret.
	Reason string
}

// Error returns the key and what is wrong with it.
func (f *Fault) Error() string {
	if f.Key == "" {
		return f.Reason
	}
	return f.Key + " " + f.Reason
}

// faults collects what is wrong.
type faults []*Fault

func (f *faults) add(key, reason string) { *f = append(*f, &Fault{key, reason}) }

// Check returns everything that is wrong with a Spec, without touching the network or a file.
func (s Spec) Check() []*Fault {
	var wrong faults
	if s.Settings == nil {
		wrong.add("", "must have one of "+strings.Join(s.Kinds(), ", "))
		return wrong
	}
	s.Settings.check(&wrong)
	return wrong
}

// Beats knows when jobs last checked in; the zero time means never.
type Beats interface {
	LastBeat(ctx context.Context, surface string) (time.Time, error)
}

// Prober makes probes, and holds what they share: transports, CA certificates, compiled expressions, and the
// limit on bodies in memory. It is safe for concurrent use.
type Prober struct {
	beats  Beats
	booted time.Time
	now    func() time.Time
	agent  string

	mu         sync.Mutex // guards what follows, up to held
	transports map[way]*http.Transport
	trust      map[string]*x509.CertPool
	programs   map[string]cel.Program
	env        *expression.Env // nil until the first expression
	// held is how many bytes of bodies are in memory.
	held atomic.Int64
}

// New makes a prober. booted is when the process started, agent the User-Agent of HTTP probes.
func New(beats Beats, booted time.Time, agent string) *Prober {
	return &Prober{
		beats: beats, booted: booted, now: time.Now, agent: agent, transports: map[way]*http.Transport{}, trust: map[string]*x509.CertPool{},
		programs: map[string]cel.Program{},
	}
}

// Make makes the probe of a surface. The error consists of sentences about the configuration file: a *Fault
// for each key that is wrong, also for a file that cannot be read.
func (p *Prober) Make(s Spec, on surface.Surface) (Probe, error) {
	wrong := s.Check()
	all := make([]error, len(wrong))
	for i, f := range wrong {
		all[i] = f
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	if on.Timeout <= 0 {
		on.Timeout = defaultTimeout
	}
	return s.Settings.open(p, on)
}

const defaultTimeout = 10 * time.Second
