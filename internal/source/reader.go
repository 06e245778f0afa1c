package source

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"docket/internal/alert"
)

// reader walks a JSON body token by token. Strings without escapes are slices of one copy
// of the body: the same alerts come every minute, and most of what a repeat costs would
// be their strings.
type reader struct {
	body []byte
	text string
	buf  bytes.Buffer
	dec  *jsontext.Decoder
	// valid says that the whole body is UTF-8; where it is not, each alert is checked.
	valid bool
}

var readers = sync.Pool{New: func() any { return &reader{dec: jsontext.NewDecoder(&bytes.Buffer{})} }}

func newReader(body []byte) *reader {
	r := readers.Get().(*reader)
	r.body, r.text, r.valid = body, string(body), utf8.Valid(body)
	r.buf = *bytes.NewBuffer(body)
	// Duplicate names are looked for in labels, where they would change a key.
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(!r.valid))
	return r
}

func (r *reader) free() {
	r.body, r.text, r.buf = nil, "", bytes.Buffer{}
	readers.Put(r)
}

// fieldError is one alert's fault: the rest of the body is still good.
type fieldError struct{ field, reason string }

func (e *fieldError) Error() string { return e.field + ": " + e.reason }

// malformed turns the decoder's error into a *BadInput.
func (r *reader) malformed(err error) error {
	reason := "the body is not valid JSON"
	var se *jsontext.SyntacticError
	if errors.As(err, &se) && se.Err != nil {
		reason += ": " + se.Err.Error()
	}
	return &BadInput{Field: dotted(string(r.dec.StackPointer())), Reason: reason, Offset: r.dec.InputOffset()}
}

// dotted writes a JSON pointer as alerts[3].labels.job.
func dotted(pointer string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if _, err := strconv.Atoi(part); err == nil {
			b.WriteString("[" + part + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
	}
	return b.String()
}

// kind names a value's type for people.
func kind(k jsontext.Kind) string {
	switch k {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "nothing"
}

// object walks an object's members: each reads exactly one value. It returns a
// *fieldError for what is no object; null is an empty one.
func (r *reader) object(field string, member func(name string) error) error {
	switch k := r.dec.PeekKind(); k {
	case 'n':
		return r.skip()
	case '{':
	default:
		return r.wrong(field, "an object", k)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.malformed(err)
	}
	for r.dec.PeekKind() != '}' {
		name, err := r.raw()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.malformed(err)
	}
	return nil
}

// array walks an array's values: each call reads exactly one.
func (r *reader) array(field string, value func(index int) error) error {
	if k := r.dec.PeekKind(); k != '[' {
		return r.wrong(field, "an array", k)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.malformed(err)
	}
	for i := 0; r.dec.PeekKind() != ']'; i++ {
		if r.dec.PeekKind() == 0 { // The body ends, or is none; reading on says which.
			_, err := r.dec.ReadToken()
			return r.malformed(err)
		}
		if err := value(i); err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.malformed(err)
	}
	return nil
}

// wrong skips a value of the wrong type and says so.
func (r *reader) wrong(field, want string, have jsontext.Kind) error {
	if err := r.skip(); err != nil {
		return err
	}
	return &fieldError{field, fmt.Sprintf("must be %s, not %s", want, kind(have))}
}

func (r *reader) skip() error {
	if err := r.dec.SkipValue(); err != nil {
		return r.malformed(err)
	}
	return nil
}

// raw reads a value that is a string.
func (r *reader) raw() (string, error) {
	v, err := r.dec.ReadValue()
	if err != nil {
		return "", r.malformed(err)
	}
	if bytes.IndexByte(v, '\\') >= 0 || !r.valid {
		// Broken UTF-8 becomes U+FFFD and an error; str names the field it stands in.
		b, err := jsontext.AppendUnquote(nil, v)
		if err != nil && r.valid {
			return "", r.malformed(err)
		}
		return string(b), nil
	}
	end := int(r.dec.InputOffset()) - 1
	return r.text[end-(len(v)-2) : end], nil
}

// str reads a string; null is an empty one.
func (r *reader) str(field string) (string, error) {
	switch k := r.dec.PeekKind(); k {
	case 'n':
		return "", r.skip()
	case '"':
	default:
		return "", r.wrong(field, "a string", k)
	}
	s, err := r.raw()
	if err != nil {
		return "", err
	}
	if !r.valid && strings.ContainsRune(s, utf8.RuneError) {
		return "", &fieldError{field, "is not valid UTF-8"}
	}
	return s, nil
}

// time reads an RFC 3339 time; null, "" and year 1 are "not said".
func (r *reader) time(field string) (time.Time, error) {
	s, err := r.str(field)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, &fieldError{field, fmt.Sprintf("%q is not an RFC 3339 time such as 2026-11-23T10:02:00Z", cut(s))}
	}
	if t.Year() <= 1 {
		return time.Time{}, nil
	}
	return t, nil
}

// cut keeps a quoted value short enough for an error message.
func cut(s string) string {
	if len(s) <= 40 {
		return s
	}
	return strings.ToValidUTF8(s[:40], "") + "..."
}

// labels reads an object of strings, within the limits, no name twice.
func (r *reader) labels(field string) (alert.Labels, error) {
	ls := make(alert.Labels, 0, 12)
	var bad *fieldError
	err := r.object(field, func(name string) error {
		value, err := r.str(field)
		if err == nil {
			ls = append(ls, alert.Label{Name: name, Value: value})
			return nil
		}
		if fe := asField(err); fe != nil {
			fe.field += "." + name
			bad = fe // The rest of the object is still read, to stay in step.
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		return nil, bad
	case len(ls) > maxLabels:
		return nil, &fieldError{field, fmt.Sprintf("holds %d, at most %d are kept", len(ls), maxLabels)}
	}
	for _, l := range ls {
		switch {
		case l.Name == "":
			return nil, &fieldError{field, "a name is empty"}
		case len(l.Name) > maxNameBytes:
			return nil, &fieldError{field, fmt.Sprintf("the name %q is longer than %d bytes", cut(l.Name), maxNameBytes)}
		case len(l.Value) > maxValueBytes:
			return nil, &fieldError{field + "." + l.Name, fmt.Sprintf("is longer than %d bytes", maxValueBytes)}
		}
	}
	count := len(ls)
	kept := ls.Sort()
	if len(kept) < count {
		if name := twice(ls[:count]); name != "" {
			return nil, &fieldError{field + "." + name, "stands twice"}
		}
	}
	return kept, nil
}

// twice returns a name that stands twice in what was read, "" if none does.
func twice(ls alert.Labels) string {
	seen := make(map[string]bool, len(ls))
	for _, l := range ls {
		if seen[l.Name] {
			return l.Name
		}
		seen[l.Name] = true
	}
	return ""
}

func asField(err error) *fieldError {
	if err == nil {
		return nil
	}
	var fe *fieldError
	if errors.As(err, &fe) {
		return fe
	}
	return nil
}

// end makes sure that nothing follows the body's value.
func (r *reader) end() error {
	if r.dec.PeekKind() != 0 {
		return &BadInput{Reason: "something follows behind the JSON value", Offset: r.dec.InputOffset()}
	}
	if rest := bytes.TrimSpace(r.dec.UnreadBuffer()); len(rest) > 0 {
		return &BadInput{Reason: "something follows behind the JSON value", Offset: r.dec.InputOffset()}
	}
	return nil
}
