package rest

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"docket/internal/line"
)

// Clip makes foreign words safe to show: one line, printable, short.
func Clip(text string) string {
	return line.Clip(line.Of(text), 200)
}

// SubjectLine makes one line of a subject; its mark at the end stays. It reports false where
// the subject does not end in the mark, or where the mark alone is longer than most, as size counts.
func SubjectLine(subject, mark string, most int, size func(string) int) (string, bool) {
	tail := "[" + mark + "]"
	one := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(subject, "\uFFFD")))
	if mark == "" || !strings.HasSuffix(one, tail) || size(tail) > most {
		return "", false
	}
	head := strings.TrimSuffix(one, tail)
	if size(head)+size(tail) <= most {
		return head + tail, true
	}
	runes := []rune(head)
	runes = runes[:min(len(runes), most)] // no rune is smaller than 1
	for len(runes) > 0 && size(string(runes))+size("… ")+size(tail) > most {
		runes = runes[:len(runes)-1]
	}
	if len(runes) == 0 {
		return tail, true
	}
	return string(runes) + "… " + tail, true
}

// CutMiddle parts a text that costs more than most into a head and a tail of at most keptTail; left
// is how many characters lie between them. There is room for a line that says so.
func CutMiddle(text string, most, keptTail int, cost func(rune) int) (head, tail string, left int) {
	const line = 200
	tailStart := len(text)
	for tailCost := 0; tailStart > 0; {
		r, length := utf8.DecodeLastRuneInString(text[:tailStart])
		if tailCost += cost(r); tailCost > keptTail {
			break
		}
		tailStart -= length
	}
	headEnd, headCost := 0, keptTail+line
	for i, r := range text[:tailStart] {
		if headCost += cost(r); headCost > most {
			break
		}
		headEnd = i + utf8.RuneLen(r)
	}
	return text[:headEnd], text[tailStart:], utf8.RuneCountInString(text[headEnd:tailStart])
}

// BaseURL checks an address and returns it without a trailing slash. Its errors never
// show the address as it was given, because it may hold a password.
func BaseURL(what, raw string) (string, error) {
	if raw == "" {
		return "", fmt.Errorf("%s is missing", what)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s is not a URL", what)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%s must begin with https:// or http://", what)
	case u.Hostname() == "":
		return "", fmt.Errorf("%s names no host", what)
	case u.User != nil:
		return "", fmt.Errorf("%s must not contain a user name or password", what)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("%s must not contain a query or a fragment", what)
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

// HeaderSafe reports whether net/http would send the value as it is.
func HeaderSafe(value string) bool {
	if strings.TrimSpace(value) != value {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// IsObject reports whether a body looks like a JSON object.
func IsObject(body []byte) bool {
	trimmed := bytes.TrimSpace(body)
	return len(trimmed) > 1 && trimmed[0] == '{'
}

// IsHTML reports whether a web page came back.
func (x Exchange) IsHTML() bool {
	kind := strings.ToLower(x.Header.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/html") && len(x.Body) > 0 || bytes.HasPrefix(bytes.TrimSpace(x.Body), []byte("<"))
}
