package line

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Of returns the text as one line of valid UTF-8: white space and control characters become single spaces.
func Of(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// Clip returns the text shortened to at most so many characters; an ellipsis stands for what was cut off.
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
