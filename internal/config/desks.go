package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/kinds"
	"docket/internal/fault"
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

// deskField is one setting of a desk.
type deskField struct {
	value reflect.Value
	tag   reflect.StructTag
	// path is the key's place; what only the environment sets has its variable's name.
	path, variable string
}

// deskFields are the fields of a section, or of a route's settings for its desk.
func deskFields(settings any, path string) []deskField {
	v := reflect.ValueOf(settings).Elem()
	all := make([]deskField, 0, v.NumField())
	for i := range v.NumField() {
		f := deskField{value: v.Field(i), tag: v.Type().Field(i).Tag}
		f.variable = f.tag.Get("env")
		if f.path = f.variable; f.tag.Get("yaml") != "-" {
			f.path = join(path, f.tag.Get("yaml"))
		}
		all = append(all, f)
	}
	return all
}

// deskVariables are the variables of all desks, in the order of the table and of the fields.
func deskVariables() []variable {
	var all []variable
	for _, k := range kinds.All() {
		for i, f := range deskFields(k.Settings(), k.Name) {
			if f.variable == "" {
				continue
			}
			_, secret := f.value.Interface().(fault.Secret)
			all = append(all, variable{f.variable, f.path, secret, func(c *Config) any {
				return deskFields(c.Desks[k.Name], k.Name)[i].value.Addr().Interface()
			}})
		}
	}
	return all
}

// settleDesks chooses the desk where none is named, gives each route one, and reads what the
// routes say to theirs.
func (l *loader) settleDesks() {
	c := &l.config
	if c.Desk == "" {
		all := kinds.All()
		c.Desk = all[0].Name
		if i := slices.IndexFunc(all, func(k desk.Kind) bool { return c.Desks[k.Name].Chosen() }); i >= 0 {
			c.Desk = all[i].Name
		}
	}
	for i := range c.Routes {
		l.settleRouteDesk(&c.Routes[i], fmt.Sprintf("routes[%d]", i))
	}
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
	for _, m := range l.routeKeys[path] {
		i := -1
		var fields []deskField
		if r.To != nil {
			fields = deskFields(r.To, path)
			i = slices.IndexFunc(fields, func(f deskField) bool { return f.path == m.path })
		}
		switch {
		case i >= 0:
			l.decode(m.value, fields[i].value, m.path)
		case !known: // That is said of the desk.
		case !named && kind.Route == nil:
			// Another desk's key, while all tickets go to one that takes none: a file that was
			// written for the other one still starts.
			l.config.Idle = append(l.config.Idle, m.path)
		default:
			l.wrongAt(m.at, m.path, "belongs to the desk %s; this route goes to %s", strings.Join(routeKeyOwners(m.key), " or "), r.Desk)
		}
	}
}

// routeKeyOwners are the desks whose routes have a key.
func routeKeyOwners(key string) []string {
	var owners []string
	for _, k := range kinds.All() {
		if k.Route == nil {
			continue
		}
		if slices.ContainsFunc(deskFields(k.Route(), ""), func(f deskField) bool { return f.path == key }) {
			owners = append(owners, k.Name)
		}
	}
	return owners
}

// checkDesks checks every section, also of a desk that is not used: a mistake in it would wait
// for the day on which it is.
func (l *loader) checkDesks() {
	l.checkWord("desk", l.config.Desk, kinds.Names()...)
	for i, r := range l.config.Routes {
		at := fmt.Sprintf("routes[%d]", i)
		section, known := l.config.Desks[r.Desk]
		switch {
		case !l.given[at+".desk"]:
		case !known:
			l.wrong(at+".desk", "%s is none of %s", quoted(r.Desk), strings.Join(kinds.Names(), ", "))
		case r.Desk != l.config.Desk && hasSettings(section) && !section.Chosen():
			l.wrong(at+".desk", "the desk %s is not configured: write a section %s", r.Desk, r.Desk)
		}
		if r.To != nil {
			r.To.Check(l.reporter(deskFields(r.To, at), at))
		}
	}
	used := l.config.DesksInUse()
	for _, k := range kinds.All() {
		section := l.config.Desks[k.Name]
		// One that a route names and that is not configured at all is said at the route.
		whole := k.Name == l.config.Desk || (slices.Contains(used, k.Name) && section.Chosen())
		l.checkDesk(k.Name, section, whole)
	}
}

func hasSettings(s desk.Settings) bool { return reflect.ValueOf(s).Elem().NumField() > 0 }

// checkDesk checks a section; whole says that nothing that is required may be missing.
func (l *loader) checkDesk(name string, s desk.Settings, whole bool) {
	fields := deskFields(s, name)
	for _, f := range fields {
		if whole && f.tag.Get("required") != "" {
			l.need(name, f.path, f.variable, !f.value.IsZero() || l.config.Vault.Secrets[f.variable] != "")
		}
	}
	for _, f := range fields {
		l.checkDeskField(f)
	}
	s.Check(l.reporter(fields, name))
	s.Complete()
}

// checkDeskField checks what the type and the tags of a setting say.
func (l *loader) checkDeskField(f deskField) {
	switch v := f.value.Interface().(type) {
	case fault.Secret:
		l.checkSecret(f.path, v)
	case string:
		if f.tag.Get("format") == "url" && v != "" {
			l.checkURL(f.path, v)
		}
	case time.Duration:
		if f.tag.Get("min") == "1s" {
			l.atLeastASecond(f.path, v)
		}
	}
}

// reporter takes what a desk finds wrong about its fields.
func (l *loader) reporter(fields []deskField, path string) desk.Report {
	return func(key, format string, args ...any) {
		at := join(path, key)
		for _, f := range fields {
			if f.variable != "" && (f.variable == key || f.path == at) {
				if l.saidOf(f.variable) {
					return
				}
				at = f.path
			}
		}
		l.wrong(at, format, args...)
	}
}

// need: a key of a desk that is used. The mistake stands where the desk is spoken of: in the
// file, with the variable in the text, or else at the variable.
func (l *loader) need(name, key, variable string, there bool) {
	if there || (variable != "" && l.saidOf(variable)) || l.said(key) {
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
	l.add(Mistake{File: l.file, Line: place.Line, Column: place.Column, Path: key, Text: fmt.Sprintf("is missing: the %s desk needs it%s", name, also)})
}

// decodeForDesk reads a key that is a desk's: a section of the file, or, later, what a route says
// to its desk. It reports false where the key is none.
func (l *loader) decodeForDesk(m member, v reflect.Value, path string) bool {
	switch v.Interface().(type) {
	case Config:
		section, ours := l.config.Desks[m.key]
		if !ours || !hasSettings(section) {
			return false
		}
		l.decode(m.value, reflect.ValueOf(section).Elem(), m.path)
		return true
	case RouteConfig:
		if len(routeKeyOwners(m.key)) == 0 {
			return false
		}
		l.routeKeys[path] = append(l.routeKeys[path], m)
		return true
	}
	return false
}

// withDesks are the keys that may stand in a struct, those of the desks among them.
func (l *loader) withDesks(fields map[string]int, v reflect.Value) map[string]int {
	known := maps.Clone(fields)
	for _, k := range kinds.All() {
		switch v.Interface().(type) {
		case Config:
			if hasSettings(l.config.Desks[k.Name]) {
				known[k.Name] = 0
			}
		case RouteConfig:
			if k.Route == nil {
				continue
			}
			for _, f := range deskFields(k.Route(), "") {
				known[f.path] = 0
			}
		}
	}
	return known
}
