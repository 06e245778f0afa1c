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

// reader is a position in a JSON body. The library has already checked the whole body (newReader), so that
// all that is left is to split it: every step below may rely on the structure, and only types and contents
// can still be wrong.
//
// Strings without escapes are slices of one copy of the body: the same alerts come every minute, and most of
// the cost of a repeat would be their strings.
type reader struct {
	body []byte
	text string // a copy of body
	at   int
	// valid means that the whole body is UTF-8; if it is not, each string is checked.
	valid bool

	buf bytes.Buffer
	dec *jsontext.Decoder
	// The rest is reused from value to value.
	report   report
	scratch  alert.Labels
	unquoted []byte
	// link and safe are the last link seen and what httpLink made of it: the alerts of one rule share theirs.
	link, safe string
}

var readers = sync.Pool{New: func() any { return &reader{dec: jsontext.NewDecoder(&bytes.Buffer{})} }}

// newReader checks that body is exactly one JSON value, and is positioned before it. The reader must be
// freed, also after an error.
func newReader(body []byte) (*reader, error) {
	r := readers.Get().(*reader)
	r.body, r.at = body, 0
	r.buf = *bytes.NewBuffer(body)
	// Duplicate names and invalid UTF-8 are checked alert by alert, so that one bad alert does not affect the
	// others.
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := r.dec.ReadValue(); err != nil {
		return r, r.malformed(err)
	}
	end := int(r.dec.InputOffset())
	if rest := bytes.TrimLeft(body[end:], " \t\r\n"); len(rest) > 0 {
		return r, &BadInput{Field: "body", Reason: "there is more text after the JSON value", Offset: int64(len(body) - len(rest))}
	}
	r.text, r.valid = string(body), utf8.Valid(body)
	return r, nil
}

func (r *reader) free() {
	r.body, r.text, r.link, r.safe = nil, "", "", ""
	r.buf, r.report = bytes.Buffer{}, report{}
	clear(r.scratch[:cap(r.scratch)])
	if cap(r.unquoted) > maxValueBytes {
		r.unquoted = nil
	}
	readers.Put(r)
}

// malformed converts the decoder's error to a *BadInput.
func (r *reader) malformed(err error) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		return &BadInput{Field: "body", Reason: "is empty"}
	}
	bad := &BadInput{Field: "body", Reason: "is not valid JSON", Offset: r.dec.InputOffset()}
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		bad.Offset = se.ByteOffset
		bad.Reason += ": " + se.Err.Error()
		if se.JSONPointer != "" {
			bad.Field = dotted(string(se.JSONPointer))
		}
	}
	return bad
}

// whole converts the error of a field to a *BadInput.
func (r *reader) whole(err error) error {
	fe := asField(err)
	switch {
	case fe == nil:
		return err
	case fe.field == "":
		return &BadInput{Field: "body", Reason: fe.reason, Offset: int64(r.at)}
	}
	return &BadInput{Field: fe.field, Reason: fe.reason, Offset: int64(r.at)}
}

// peek skips to the next value, name or closing bracket, and returns its first byte. Commas and colons are
// known to be where they should be.
func (r *reader) peek() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return c
		}
	}
}

// object walks an object's members: each call reads exactly one value. It returns a *fieldError if the value
// is not an object; null is an empty one.
func (r *reader) object(field string, member func(name string) error) error {
	switch r.peek() {
	case 'n':
		r.skip()
		return nil
	case '{':
	default:
		return r.wrong(field, "an object")
	}
	r.at++
	for r.peek() != '}' {
		// A name that is not valid UTF-8 is never one that we know.
		name, _ := r.raw()
		if err := member(name); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// array walks an array's values: each call reads exactly one.
func (r *reader) array(field string, value func(index int) error) error {
	if r.peek() != '[' {
		return r.wrong(field, "an array")
	}
	r.at++
	for i := 0; r.peek() != ']'; i++ {
		if err := value(i); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// wrong skips a value of the wrong type and reports it.
func (r *reader) wrong(field, want string) error {
	return r.refuse(field, "must be "+want+", not "+kind(r.peek()))
}

// refuse skips a value and reports why.
func (r *reader) refuse(field, reason string) error {
	r.skip()
	return &fieldError{field, reason}
}

// skip skips one value of any depth.
func (r *reader) skip() {
	for depth := 0; ; {
		switch r.peek() {
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case '"':
			r.pass()
		default: // A number or a word.
			if n := strings.IndexAny(r.text[r.at:], ",:]} \t\r\n"); n >= 0 {
				r.at += n
			} else {
				r.at = len(r.text)
			}
		}
		if depth == 0 {
			return
		}
	}
}

// pass moves past the string that begins here, and reports whether it has escapes.
func (r *reader) pass() (escaped bool) {
	r.at++
	for {
		quote := r.at + strings.IndexByte(r.text[r.at:], '"')
		slash := strings.IndexByte(r.text[r.at:quote], '\\')
		if slash < 0 {
			r.at = quote + 1
			return escaped
		}
		escaped = true
		r.at += slash + 2 // Whatever is escaped, it cannot be the end.
	}
}

// raw reads the next string, and reports whether it is valid text. It is not if bytes are not UTF-8 or an
// escape is half of a surrogate pair.
func (r *reader) raw() (string, bool) {
	r.peek()
	begin := r.at
	if !r.pass() {
		s := r.text[begin+1 : r.at-1]
		return s, r.valid || utf8.ValidString(s)
	}
	var err error
	r.unquoted, err = jsontext.AppendUnquote(r.unquoted[:0], r.body[begin:r.at])
	return string(r.unquoted), err == nil
}

// str reads a string; null is an empty one.
func (r *reader) str(field string) (string, error) {
	switch r.peek() {
	case 'n':
		r.skip()
		return "", nil
	case '"':
	default:
		return "", r.wrong(field, "a string")
	}
	s, ok := r.raw()
	if !ok {
		return "", &fieldError{field, notText}
	}
	return s, nil
}

const notText = "is not valid UTF-8"

// count reads a whole number; null is 0.
func (r *reader) count(field string) (uint64, error) {
	c := r.peek()
	begin := r.at
	if kind(c) != "a number" && c != 'n' {
		return 0, r.wrong(field, "a number")
	}
	r.skip()
	if c == 'n' {
		return 0, nil
	}
	n, err := strconv.ParseUint(r.text[begin:r.at], 10, 64)
	if err != nil {
		return 0, &fieldError{field, "must be a whole number, 0 or more"}
	}
	return n, nil
}

// layouts are the time formats that Alertmanager's API v2 accepts (tried with 0.25.0; its go-openapi/strfmt
// has the list), the usual one first. Without a zone it is UTC.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05"}

// time reads a time; null, "" and year 1 mean "not set".
func (r *reader) time(field string) (time.Time, error) {
	s, err := r.str(field)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err == nil && t.Year() <= 1 {
			return time.Time{}, nil
		}
		if err == nil {
			return t, nil
		}
	}
	return time.Time{}, &fieldError{field, fmt.Sprintf("%q is not an RFC 3339 time such as 2026-11-23T10:02:00Z", cut(s, maxQuoted))}
}

// safeLink reads a link: only what httpLink allows.
func (r *reader) safeLink(field string) (string, error) {
	link, err := r.str(field)
	if err == nil && link != r.link {
		r.link, r.safe = link, httpLink(link)
	}
	if err != nil || link == "" {
		return "", err
	}
	return r.safe, nil
}
