package config

import (
	"docket/internal/desk"
	"docket/internal/probe"
	"reflect"
	"strings"
	"time"
)

// complete sets the defaults that depend on a neighbour, and checks what the tags say, in v and
// in all that is in it.
func (l *loader) complete(v reflect.Value, path string) {
	l.sections(v, path, map[string]bool{}, l.completeStruct)
}

// sections calls do for the struct that v is, points to, or has as items of a list. What is
// shared is shared by the items of one list.
func (l *loader) sections(v reflect.Value, path string, shared map[string]bool, do func(reflect.Value, string, map[string]bool)) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		l.sections(v.Elem(), path, shared, do)
	case v.Kind() == reflect.Slice && isSection(v.Type().Elem()):
		for i := range v.Len() {
			do(v.Index(i), index(path, i), shared)
		}
	case v.Kind() == reflect.Struct:
		do(v, path, shared)
	}
}

// completeStruct completes one struct. names are those that its neighbours in a list have.
func (l *loader) completeStruct(v reflect.Value, path string, names map[string]bool) {
	if v.Type() == reflect.TypeFor[probe.Spec]() {
		return // It checks itself.
	}
	_, ofDesk := reflect.TypeAssert[desk.Settings](v.Addr())
	for _, f := range l.shapes.bind(v, path) {
		f.required = f.required && !ofDesk // Only where the desk is used: checkDesk.
		if f.def != "" && (f.with != "" || f.without != "") {
			l.depend(f, v)
		}
		if !l.checkTags(f) {
			continue
		}
		if f.format == "name" && f.value.String() != "" {
			l.named(f, path, names)
		}
		l.complete(f.value, f.path)
	}
}

// depend sets a default that depends on a neighbour.
func (l *loader) depend(f bound, of reflect.Value) {
	applies := (f.with == "" || !l.shapes.find(of, f.with).IsZero()) && (f.without == "" || l.shapes.find(of, f.without).IsZero())
	if applies && f.value.IsZero() && (!l.given[f.path] || f.zero == zeroIsDefault) {
		f.setDefault(f.value)
	}
}

// zeroIsDefault is what the tag zero says where an explicit zero is the default, too.
const zeroIsDefault = "the default"

// named keeps that an item has a name, which messages then call it by; it appears once in its list.
func (l *loader) named(f bound, item string, names map[string]bool) {
	name := f.value.String()
	if names[name] {
		l.wrong(f.path, "%s is used twice", quoted(name))
		return
	}
	names[name] = true
	if strings.HasSuffix(item, "]") {
		l.names[item] = name
	}
}

// settler is a section that fills in what follows from what is set, checker one with checks
// beyond its tags. A section is settled before what is in it, and checked after that.
type (
	settler interface{ settle(at place) }
	checker interface{ check(at place) }
)

// review settles and checks v and all that is in it.
func (l *loader) review(v reflect.Value, path string) {
	l.sections(v, path, nil, func(section reflect.Value, at string, _ map[string]bool) {
		if s, ok := reflect.TypeAssert[settler](section.Addr()); ok {
			s.settle(place{l, at})
		}
		for _, f := range l.shapes.bind(section, at) {
			l.review(f.value, f.path)
		}
		if c, ok := reflect.TypeAssert[checker](section.Addr()); ok {
			c.check(place{l, at})
		}
	})
}

// place is where a section is while it is settled and checked.
type place struct {
	l    *loader
	path string
}

// at is the path of a key of the section, which "" stands for as a whole.
func (p place) at(key string) string {
	if key == "" {
		return p.path
	}
	if p.path == "" {
		return key
	}
	return p.path + "." + key
}

// wrong adds a mistake about a key of the section.
func (p place) wrong(key, format string, args ...any) { p.l.wrong(p.at(key), format, args...) }

// given reports whether the file gives a value to a key of the section.
func (p place) given(key string) bool { return p.l.given[p.at(key)] }

// reported says whether there is a mistake about a key of the section already.
func (p place) reported(key string) bool { return p.l.reported(p.at(key)) }

// shortest checks a duration that only sometimes matters.
func (p place) shortest(key string, have, least time.Duration) {
	if have < least {
		p.wrong(key, "%s", tooShort(have, least, ""))
	}
}
