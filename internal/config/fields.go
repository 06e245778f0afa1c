package config

import (
	"reflect"
	"strings"
	"time"

	"docket/internal/fault"
)

// rule is what a field's tags say about its key. The tags are:
//
//	yaml:"rate"           the key; "-" for what the file cannot set
//	env:"DOCKET_RATE"     the variable that sets it; a fault.Secret may also come as NAME_FILE
//	default:"5"           its value when nobody sets it, written as in the file
//	with:"limit"          the default applies only where this neighbour is set (without: is not)
//	zero:"never"          what zero means; zero is then allowed below min
//	min:"1s" max:"1000"   its bounds; for a text they bound its length
//	oneof:"note close"    the words that are allowed
//	format:"url"          one of formats
//	required:"hint"       it must be set; the hint, which may be empty, says what to write
//	example:"..."         what the example file shows where there is no default
type rule struct {
	def, with, without, zero string
	env, min, max, format    string
	oneof                    []string
	required                 bool
	hint                     string
}

// field is one field of a struct of the configuration.
type field struct {
	rule

	// key is the key in the file, "" where only the environment sets it. inline says that what
	// is in the field belongs to the struct itself.
	key    string
	inline bool
	// index is the field's place in its struct, owner; both are nothing for a section of a desk or a notifier.
	index int
	owner reflect.Type
}

// shapes are the fields of structs, by their types: each type is looked at once.
type shapes map[reflect.Type][]field

// of returns the fields of a struct that can be set.
func (s shapes) of(t reflect.Type) []field {
	if all, known := s[t]; known {
		return all
	}
	all := []field{}
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		f := field{index: i, owner: t, key: tag.Get("yaml"), rule: rule{
			def: tag.Get("default"), with: tag.Get("with"), without: tag.Get("without"), zero: tag.Get("zero"),
			env: tag.Get("env"), min: tag.Get("min"), max: tag.Get("max"), format: tag.Get("format"), oneof: strings.Fields(tag.Get("oneof")),
		}}
		f.hint, f.required = tag.Lookup("required")
		if f.key == "-" {
			f.key = ""
		}
		f.inline = isInline(t.Field(i).Type)
		if f.key != "" || f.env != "" || f.inline || isSection(t.Field(i).Type) {
			all = append(all, f)
		}
	}
	s[t] = all
	return all
}

// bound is a field of a struct that there is, with its value and its path. What only the
// environment sets is named by its variable.
type bound struct {
	field

	value reflect.Value
	path  string
}

// bind returns the fields of a struct that is at path.
func (s shapes) bind(v reflect.Value, path string) []bound {
	fields := s.of(v.Type())
	all := make([]bound, 0, len(fields))
	for _, f := range fields {
		if f.inline {
			all = append(all, s.bindInline(v.Field(f.index), path)...)
			continue
		}
		at := path
		switch {
		case f.key != "":
			at = join(path, f.key)
		case f.env != "":
			at = f.env
		}
		all = append(all, bound{f, v.Field(f.index), at})
	}
	return all
}

// isSection reports whether a type is a struct with keys of its own.
func isSection(t reflect.Type) bool { return t.Kind() == reflect.Struct }

// find returns the neighbour with a key.
func (s shapes) find(v reflect.Value, key string) reflect.Value {
	for _, f := range s.of(v.Type()) {
		if f.key == key {
			return v.Field(f.index)
		}
	}
	panic("config: " + v.Type().Name() + " has no key " + key) //nolint:forbidigo // A tag is wrong, which every start shows.
}

// defaulter is a section whose defaults come from elsewhere than its tags.
type defaulter interface{ defaults() }

// fill gives a struct the defaults of its tags, except those that depend on a neighbour.
func (s shapes) fill(v reflect.Value) {
	for _, f := range s.bind(v, "") {
		switch {
		case isSection(f.value.Type()):
			s.fill(f.value)
		case f.def != "" && f.with == "" && f.without == "":
			f.setDefault(f.value)
		}
	}
	if d, ok := reflect.TypeAssert[defaulter](v.Addr()); ok {
		d.defaults()
	}
}

// setDefault sets a field to the default of its tag.
func (f field) setDefault(v reflect.Value) {
	if text := f.set(v, f.def); text != "" {
		panic("config: the default of " + f.key + " " + text) //nolint:forbidigo // As above.
	}
}

// set parses a text into a field, which may be a list: then commas and spaces separate its values.
func (f field) set(v reflect.Value, text string) string {
	if v.Kind() != reflect.Slice {
		return setScalar(v, text, f.rule)
	}
	words := separated(text)
	list := reflect.MakeSlice(v.Type(), len(words), len(words))
	for i, word := range words {
		if wrong := setScalar(list.Index(i), word, f.rule); wrong != "" {
			return wrong
		}
	}
	v.Set(list)
	return ""
}

func isSecret(t reflect.Type) bool { return t == reflect.TypeFor[fault.Secret]() }

func isDuration(t reflect.Type) bool { return t == reflect.TypeFor[time.Duration]() }
