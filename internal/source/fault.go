package source

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fieldError is an error in one field: the rest of the body may still be good.
type fieldError struct{ field, reason string }

func (e *fieldError) Error() string { return e.field + ": " + e.reason }

// asField returns err's *fieldError, nil if it is another error or none.
func asField(err error) *fieldError {
	if err == nil {
		return nil
	}
	fe, _ := errors.AsType[*fieldError](err) // Nil for any other error.
	return fe
}

const (
	// maxQuoted and maxPathBytes limit how much of a body is repeated in an error.
	maxQuoted    = 40
	maxPathBytes = 256
)

// cut limits s to a number of bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// sortedKeys are an object's names in a stable order.
func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// path names a label within a field.
func path(field, name string) string { return field + "." + cut(name, maxPathBytes) }

// dotted writes a JSON pointer as alerts[3].labels.job.
func dotted(pointer string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(cut(pointer, maxPathBytes), "/"), "/") {
		if _, err := strconv.Atoi(part); err == nil {
			b.WriteString("[" + part + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// kind names for people the type of the value that begins with c.
func kind(c byte) string {
	switch c {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// asBad returns err's *BadInput, or converts err to one; nil for no error.
func asBad(err error) *BadInput {
	if err == nil {
		return nil
	}
	if bad, ok := errors.AsType[*BadInput](err); ok {
		return bad
	}
	return &BadInput{Field: "body", Reason: err.Error()}
}
