package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"docket/internal/alert"
)

func (l *loader) decodeScalar(n ast.Node, v reflect.Value, path string, r rule) {
	if _, ok := n.(ast.ScalarNode); !ok {
		l.wrongAt(n, path, "must be a single value")
		return
	}
	if wrong := setScalar(v, scalarText(n), r); wrong != "" {
		l.wrongAt(n, path, "%s", wrong)
	}
}

// scalarText is a single value as it was written, without quotes.
func scalarText(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return n.GetToken().Value
}

// setScalar parses text into v, and says what is wrong with it, "" if nothing is. Secrets are
// not quoted. A number may be zero only where its tags say what that means.
func setScalar(v reflect.Value, text string, r rule) string {
	switch v.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return quoted(text) + " is not a duration: write, for example, 30s or 2m"
		}
		if d < 0 {
			return quoted(text) + " is negative: write, for example, 30s or 2m"
		}
		v.SetInt(int64(d))
		return ""
	case alert.Severity:
		s, err := alert.ParseSeverity(text)
		if err != nil {
			return quoted(text) + " is not a severity: write P1 to P5, critical, error, high, warning or info"
		}
		v.SetUint(uint64(s))
		return ""
	}
	switch v.Kind() {
	case reflect.String: // And fault.Secret.
		v.SetString(text)
	case reflect.Int64:
		i, err := strconv.ParseInt(text, 10, 64)
		if r.zero != "" && (err != nil || i < 0) {
			return quoted(text) + " is not a number: write 0 or more"
		}
		if r.zero == "" && (err != nil || i <= 0) {
			return quoted(text) + " is not a positive number"
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f > 0 && f <= 1e6) { // written so that NaN fails too
			return quoted(text) + " is not a number above 0 and up to a million"
		}
		v.SetFloat(f)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return quoted(text) + " is neither true nor false"
		}
		v.SetBool(b)
	default:
		return "cannot be set"
	}
	return ""
}

// maxQuoted bounds what a message shows of a value.
const maxQuoted = 60

// quoted shows a value in a message: on one line, harmless to a terminal, not too long.
func quoted(text string) string {
	if r := []rune(text); len(r) > maxQuoted {
		text = string(r[:maxQuoted-1]) + "…"
	}
	return strconv.Quote(text)
}

// plain makes somebody else's message safe to show.
func plain(text string) string {
	q := strconv.Quote(text)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// suggest names the known key that was probably meant, or all of them.
func suggest(key string, names []string) string {
	slices.Sort(names)
	best, distance := "", 3
	for _, name := range names {
		if d := edits(key, name); d < distance && d < len(name) {
			best, distance = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "use one of " + strings.Join(names, ", ")
}

// edits is how many letters must be changed, added or taken away to make b of a.
func edits(a, b string) int {
	if len(a) > maxQuoted {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
