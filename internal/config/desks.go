package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"docket/internal/desk"
	"docket/internal/desk/kinds"
)

// Desks are the sections of the desks, by their names: each row of the table of desks has one,
// whether it is used or not.
type Desks map[string]desk.Settings

// defaultDesks are all sections with their defaults.
func defaultDesks() Desks {
	all := Desks{}
	for _, k := range kinds.All() {
		all[k.Name] = k.Settings()
	}
	return all
}

// DesksInUse are the names of the desks that tickets go to: the default, then those that routes
// choose, in their order.
func (c Config) DesksInUse() []string {
	used := []string{c.Desk}
	for _, r := range c.Routes {
		if r.Desk != "" && !slices.Contains(used, r.Desk) {
			used = append(used, r.Desk)
		}
	}
	return used
}

// PlacesOf are where routes send their tickets in a desk, each once, in their order.
func (c Config) PlacesOf(name string) []string {
	var places []string
	for _, r := range c.Routes {
		if r.Desk != name || r.To == nil {
			continue
		}
		if place := r.To.Place(); place != "" && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// mailboxKey is the key that says a number of a mailbox, to routes and to the canary alike.
const mailboxKey = "mailbox_id"

// HasMailboxes reports whether a desk's places are mailboxes with numbers.
func (c Config) HasMailboxes(name string) bool {
	kind, known := kinds.Find(name)
	return known && slices.Contains(routeKeys(kind), mailboxKey)
}

// Configured reports whether a desk could be used: it is the default, or its section has all that is required.
func (c Config) Configured(name string) bool {
	section, known := c.Desks[name]
	return known && (name == c.Desk || !hasSettings(section) || (section.Chosen() && c.whole(section)))
}

// whole reports whether nothing that a desk requires is missing.
func (c Config) whole(section desk.Settings) bool {
	v := reflect.ValueOf(section).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if tag.Get("required") != "" && v.Field(i).IsZero() && c.Vault.Secrets[tag.Get("env")] == "" {
			return false
		}
	}
	return true
}

// isInline reports whether what a field holds is in the file beside the field: the sections of desks and
// notifiers, and what a route says to its desk.
func isInline(t reflect.Type) bool {
	return t == reflect.TypeFor[Desks]() || t == reflect.TypeFor[Notifiers]() || t == reflect.TypeFor[desk.RouteSettings]()
}

// bindInline returns the sections of the desks or of the notifiers, or the fields that a route's desk adds to it.
func (s shapes) bindInline(v reflect.Value, path string) []bound {
	switch held := v.Interface().(type) {
	case Desks:
		var all []bound
		for _, k := range kinds.All() {
			if section := held[k.Name]; section != nil && hasSettings(section) {
				all = append(all, bound{field{key: k.Name}, reflect.ValueOf(section).Elem(), join(path, k.Name)})
			}
		}
		return all
	case Notifiers:
		return bindNotifiers(held, path)
	case desk.RouteSettings:
		return s.bind(reflect.ValueOf(held).Elem(), path)
	}
	return nil
}

// settleDesks chooses the desk where none is named, gives each route one, and reads what the
// routes say to theirs.
func (l *loader) settleDesks() {
	c := &l.config
	if c.Desk == "" {
		c.Desk = l.chosenDesk()
	}
	for i := range c.Routes {
		l.settleRouteDesk(&c.Routes[i], fmt.Sprintf("routes[%d]", i))
	}
}

// chosenDesk is the default desk where none is named: the one that is configured, or else the one
// that needs no settings. Of several that are configured, none is chosen silently.
func (l *loader) chosenDesk() string {
	var chosen []string
	for _, k := range kinds.All() {
		if l.config.Desks[k.Name].Chosen() {
			chosen = append(chosen, k.Name)
		}
	}
	switch len(chosen) {
	case 0:
		return kinds.All()[0].Name
	case 1:
	default:
		l.wrong("desk", "%s are configured, and no desk is named as the default: write desk: %s in docket.yaml",
			strings.Join(chosen, " and "), strings.Join(chosen, " or desk: "))
	}
	return chosen[0]
}

func (l *loader) settleRouteDesk(r *RouteConfig, path string) {
	named := r.Desk != ""
	if !named {
		r.Desk = l.config.Desk
	}
	kind, known := kinds.Find(r.Desk)
	if known && kind.Route != nil {
		r.To = kind.Route()
	}
	keys := map[string]bound{}
	if r.To != nil {
		to := reflect.ValueOf(r.To).Elem()
		l.shapes.fill(to)
		for _, f := range l.shapes.bind(to, path) {
			keys[f.key] = f
		}
	}
	for _, m := range l.routeKeys[path] {
		f, ours := keys[m.key]
		switch {
		case ours:
			l.decode(m.value, f.value, m.path, f.rule)
		case !known: // That is reported for the desk.
		case !named && kind.Route == nil:
			// Another desk's key, while all tickets go to one that takes none: a file that was
			// written for the other one still starts.
			l.config.Idle = append(l.config.Idle, m.path)
		default:
			l.wrongAt(m.at, m.path, "is only for the desk %s, but this route files into %s", strings.Join(routeKeyOwners(m.key), " or "), r.Desk)
		}
	}
	if r.To != nil {
		l.complete(reflect.ValueOf(r.To).Elem(), path)
	}
}

// routeKeys are the keys that a desk adds to its routes.
func routeKeys(k desk.Kind) []string {
	if k.Route == nil {
		return nil
	}
	var keys []string
	for _, f := range (shapes{}).bind(reflect.ValueOf(k.Route()).Elem(), "") {
		keys = append(keys, f.key)
	}
	return keys
}

// routeKeyOwners are the desks whose routes have a key.
func routeKeyOwners(key string) []string {
	var owners []string
	for _, k := range kinds.All() {
		if slices.Contains(routeKeys(k), key) {
			owners = append(owners, k.Name)
		}
	}
	return owners
}

// checkDesks checks every section, also of a desk that is not used: a mistake in it would wait
// for the day on which it is.
func (l *loader) checkDesks() {
	for i, r := range l.config.Routes {
		at := index("routes", i)
		section := l.config.Desks[r.Desk]
		if section != nil && l.given[at+".desk"] && r.Desk != l.config.Desk && hasSettings(section) && !section.Chosen() {
			l.wrong(at+".desk", "the desk %s is not configured: add a section %s", r.Desk, r.Desk)
		}
		if r.To != nil {
			r.To.Check(l.reporter(r.To, at))
		}
	}
	used := l.config.DesksInUse()
	for _, k := range kinds.All() {
		section := l.config.Desks[k.Name]
		// One that a route names and that is not configured at all is reported at the route.
		whole := k.Name == l.config.Desk || (slices.Contains(used, k.Name) && section.Chosen())
		l.checkDesk(k.Name, section, whole)
	}
}

func hasSettings(s desk.Settings) bool { return reflect.ValueOf(s).Elem().NumField() > 0 }

// checkDesk checks a section beyond its tags; whole says that nothing that is required may be missing.
func (l *loader) checkDesk(name string, s desk.Settings, whole bool) {
	for _, f := range l.shapes.bind(reflect.ValueOf(s).Elem(), name) {
		if whole && f.required {
			l.need(name, f.path, f.env, !f.value.IsZero() || l.config.Vault.Secrets[f.env] != "")
		}
	}
	s.Check(l.reporter(s, name))
	s.Complete()
}

// reporter takes what a desk or a notifier finds wrong about its settings: by key, by variable, or by an item of a
// list, such as users[0], which a variable sets as a whole.
func (l *loader) reporter(settings any, path string) func(key, format string, args ...any) {
	var fields []bound
	if v := reflect.ValueOf(settings).Elem(); isSection(v.Type()) {
		fields = l.shapes.bind(v, path)
	}
	return func(key, format string, args ...any) {
		at := path + key
		if !strings.HasPrefix(key, "[") {
			at = path + "." + key
		}
		if list, _, isItem := strings.Cut(at, "["); isItem && l.fromEnv[list] != "" {
			at = list
		}
		for _, f := range fields {
			if f.env != "" && (f.env == key || f.path == at) {
				if l.faulty(f.env) {
					return
				}
				at = f.path
			}
		}
		l.wrong(at, format, args...)
	}
}

// need: a key of a desk that is used. The mistake is reported where the desk is mentioned: in the
// file, with the variable in the text, or else at the variable.
func (l *loader) need(name, key, variable string, there bool) {
	if there || (variable != "" && l.faulty(variable)) || l.reported(key) {
		return
	}
	place, ok := l.place(key)
	if !ok {
		place, ok = l.place("desk")
	}
	if !ok && variable != "" {
		l.wrongIn(variable, "is missing: the %s desk needs it (%s in the file)", name, key)
		return
	}
	also := ""
	if variable != "" {
		also = " (" + variable + " in the environment)"
	}
	text := fmt.Sprintf("is missing: the %s desk needs it%s", name, also)
	l.add(Mistake{File: l.file, Line: place.Line, Column: place.Column, Path: key, Text: text})
}

// faulty reports whether there is a mistake about a variable, or about its _FILE.
func (l *loader) faulty(v string) bool { return l.reported(v) || l.reported(v+"_FILE") }

// keepForDesk keeps a key that a route says to its desk until it is known which one that is. It
// reports false where the key is none.
func (l *loader) keepForDesk(m member, v reflect.Value, path string) bool {
	if v.Type() != reflect.TypeFor[RouteConfig]() || len(routeKeyOwners(m.key)) == 0 {
		return false
	}
	l.routeKeys[path] = append(l.routeKeys[path], m)
	return true
}

// withDeskKeys adds the keys that routes can say to their desks.
func withDeskKeys(v reflect.Value, keys []string) []string {
	if v.Type() == reflect.TypeFor[RouteConfig]() {
		for _, k := range kinds.All() {
			keys = append(keys, routeKeys(k)...)
		}
	}
	return keys
}
