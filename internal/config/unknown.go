package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	desks "docket/internal/desk/kinds"
	"docket/internal/flag"
	"docket/internal/notify/kinds"
)

// ours begin the names of variables that only Docket would look at.
func ours() []string {
	all := []string{"DOCKET_", "FLAG_"}
	for _, k := range desks.All() {
		all = append(all, k.Prefixes...)
	}
	for _, k := range kinds.All() {
		if k.Prefix != "" {
			all = append(all, k.Prefix)
		}
	}
	return all
}

// others are variables that something else around Docket reads: its tests, and Kubernetes, which
// describes each service to its neighbours (DOCKET_SERVICE_HOST, DOCKET_PORT=tcp://...).
var others = regexp.MustCompile(`^DOCKET_(TEST|FAILPOINT|DEMO)_?|_SERVICE_(HOST|PORT)(_|$)|_PORT_[0-9]+_(TCP|UDP|SCTP)`)

// Environment looks variables up in a list of NAME=value, as os.Environ returns it.
func Environment(list []string) Environ {
	return func(name string) (string, bool) {
		for _, pair := range list {
			if key, value, ok := strings.Cut(pair, "="); ok && key == name {
				return value, true
			}
		}
		return "", false
	}
}

// UnknownVariables says which variables of a list of NAME=value look like Docket's, but are not
// read by it: a sentence each, with the one that was probably meant.
func UnknownVariables(list []string) []string {
	known, prefixes := Variables(), ours()
	var all []string
	for _, pair := range list {
		name, value, _ := strings.Cut(pair, "=")
		mine := slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		service := strings.HasSuffix(name, "_PORT") && strings.Contains(value, "://")
		if !mine || value == "" || service || others.MatchString(name) || slices.Contains(known, name) {
			continue
		}
		all = append(all, fmt.Sprintf("Docket does not read the variable %s; did you mean %s?", plain(name), nearest(name, known)))
	}
	slices.Sort(all)
	return all
}

// nearest is the known name with the fewest differences; DOCKET_PORT is PORT.
func nearest(name string, known []string) string {
	if i := slices.IndexFunc(known, func(k string) bool { return strings.HasSuffix(name, "_"+k) }); i >= 0 {
		return known[i]
	}
	return slices.MinFunc(known, func(a, b string) int { return edits(name, a) - edits(name, b) })
}

// Variables are the names of all variables that Docket reads, in no order.
func Variables() []string {
	names := []string{"DOCKET_CONFIG", "PORT"}
	for _, f := range flag.Flags {
		names = append(names, f.EnvVar)
	}
	for _, v := range defaultVariables() {
		names = append(names, v.env)
		if v.secret() {
			names = append(names, v.env+"_FILE")
		}
	}
	return names
}
