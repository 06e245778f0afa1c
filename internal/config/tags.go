package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkTags checks a field by its tags. It reports whether the field may be looked at further.
func (l *loader) checkTags(f bound) bool {
	v := f.value
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	if empty(v) && f.required {
		if !l.reported(f.path) && !l.reported(f.path+fileKey) {
			l.wrong(f.path, "%s", missing(f.hint))
		}
		return false
	}
	if v.IsZero() && !l.given[f.path] && l.fromEnv[f.path] == "" {
		return true // Nobody has set it.
	}
	if v.Kind() != reflect.Slice {
		return l.checkValue(f.rule, v, f.path, f.def == "")
	}
	for i := range v.Len() {
		if !isSection(v.Type().Elem()) {
			l.checkValue(f.rule, v.Index(i), l.item(f.path, i), false)
		}
	}
	return true
}

// empty reports whether a value is that of a key that nobody has set.
func empty(v reflect.Value) bool { return v.IsZero() || (v.Kind() == reflect.Slice && v.Len() == 0) }

// missing says that a key is not there.
func missing(hint string) string {
	if hint == "" {
		return "is missing"
	}
	return "is missing: " + hint
}

// checkValue checks a single value by its tags. An optional text may be empty.
func (l *loader) checkValue(r rule, v reflect.Value, at string, optional bool) bool {
	wrong := ""
	switch {
	case len(r.oneof) > 0:
		if have := v.String(); !slices.Contains(r.oneof, have) && (have != "" || r.zero == "") {
			wrong = quoted(have) + " is not one of " + strings.Join(r.oneof, ", ")
		}
	case r.format != "":
		if text := v.String(); text != "" || !optional {
			wrong = formats[r.format](text)
		}
	case isSecret(v.Type()):
		wrong = clean(v.String())
	}
	if wrong == "" {
		wrong = r.outside(v)
	}
	if wrong != "" {
		l.wrong(at, "%s", wrong)
	}
	return wrong == ""
}

// outside says that a value is outside its bounds, "" where it is not.
func (r rule) outside(v reflect.Value) string {
	switch {
	case isDuration(v.Type()):
		have, least := time.Duration(v.Int()), duration(r.min)
		if have < least && (have != 0 || r.zero == "") {
			return tooShort(have, least, r.zero)
		}
		if most := duration(r.max); most > 0 && have > most {
			return fmt.Sprintf("%s is too long: the maximum is %s", short(have), short(most))
		}
	case v.Kind() == reflect.Int64:
		if most, err := strconv.ParseInt(r.max, 10, 64); err == nil && v.Int() > most {
			return "is more than " + r.max
		}
	case v.Kind() == reflect.String:
		if least, err := strconv.Atoi(r.min); err == nil && v.Len() > 0 && v.Len() < least {
			return "is shorter than " + r.min + " characters"
		}
	}
	return ""
}

// duration is a bound, zero for none.
func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

func tooShort(have, least time.Duration, zero string) string {
	text := fmt.Sprintf("%s is too short: the minimum is %s", short(have), short(least))
	if zero != "" {
		text += ", 0 is " + zero
	}
	return text
}

// short is a duration without the units that are zero: 1h and not 1h0m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
