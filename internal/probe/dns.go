package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"docket/internal/surface"
)

// DNS looks a name up.
type DNS struct {
	Name string `yaml:"name"`
	// Type is A, AAAA, CNAME, MX, NS or TXT; A unless set.
	Type string `yaml:"type"`
	// Resolver is host:port of the server to ask; the machine's own unless set.
	Resolver string `yaml:"resolver"`
	// Expect are values that must all be among the answers.
	Expect       []string      `yaml:"expect"`
	DegradedOver time.Duration `yaml:"degraded_over"`
	DownOver     time.Duration `yaml:"down_over"`
}

// lookups are the record types and how each is asked for.
var lookups = map[string]func(context.Context, *net.Resolver, string) ([]string, error){
	"A": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		return addresses(ctx, r, "ip4", name)
	},
	"AAAA": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		return addresses(ctx, r, "ip6", name)
	},
	"CNAME": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		cname, err := r.LookupCNAME(ctx, name)
		return []string{cname}, err
	},
	"MX": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		all, err := r.LookupMX(ctx, name)
		hosts := make([]string, len(all))
		for n, mx := range all {
			hosts[n] = mx.Host
		}
		return hosts, err
	},
	"NS": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		all, err := r.LookupNS(ctx, name)
		hosts := make([]string, len(all))
		for n, ns := range all {
			hosts[n] = ns.Host
		}
		return hosts, err
	},
	"TXT": func(ctx context.Context, r *net.Resolver, name string) ([]string, error) {
		return r.LookupTXT(ctx, name)
	},
}

func addresses(ctx context.Context, r *net.Resolver, network, name string) ([]string, error) {
	all, err := r.LookupNetIP(ctx, network, name)
	texts := make([]string, len(all))
	for n, ip := range all {
		texts[n] = ip.Unmap().String()
	}
	return texts, err
}

func (p *Prober) dns(s Spec, _ surface.Surface) (Probe, error) {
	d := *s.DNS
	if d.Type == "" {
		d.Type = "A"
	}
	lookup, known := lookups[strings.ToUpper(d.Type)]
	if !known {
		return nil, fmt.Errorf("type %.20q is none of A, AAAA, CNAME, MX, NS, TXT", d.Type)
	}
	if d.Name == "" {
		return nil, errors.New("name is missing")
	}
	if err := checkLimits(d.DegradedOver, d.DownOver); err != nil {
		return nil, err
	}
	resolver := &net.Resolver{PreferGo: true}
	if d.Resolver != "" {
		if checkAddress(d.Resolver) != nil {
			return nil, errors.New("resolver must be host:port")
		}
		resolver.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return p.dial(ctx, network, d.Resolver)
		}
	}
	name := strings.TrimSuffix(d.Name, ".") + "." // As it stands: no search list.
	return func(ctx context.Context) surface.Reading {
		begin := p.now()
		got, err := lookup(ctx, resolver, name)
		if err != nil {
			return down(fault(err))
		}
		for n := range got {
			got[n] = strings.TrimSuffix(got[n], ".")
		}
		slices.Sort(got)
		r := surface.Reading{Status: surface.Operational, Latency: p.now().Sub(begin), Evidence: map[string]string{"answer": strings.Join(got, ", ")}}
		for _, want := range d.Expect {
			if !slices.Contains(got, strings.TrimSuffix(want, ".")) {
				r.Status, r.Reason = surface.Down, fmt.Sprintf("the answer lacks %.60q: it is %.120q", want, strings.Join(got, ", "))
				return r
			}
		}
		return slow(r, d.DegradedOver, d.DownOver)
	}, nil
}
