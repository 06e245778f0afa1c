package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"docket/internal/alert"
)

// maxNative limits how deep and how large a value from an expression may be.
const maxNative = 1 << 16

// native converts an expression's value to Go: string, bool, int64, float64, time, list, map or nil.
func native(v ref.Val) (any, error) {
	left := maxNative
	return nativeWithin(v, 0, &left)
}

func nativeWithin(v ref.Val, depth int, left *int) (any, error) {
	if *left--; *left < 0 || depth > 16 {
		return nil, errors.New("has too large a value")
	}
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		return float64(v), nil
	case types.Bytes:
		return string(v), nil
	case types.Timestamp:
		return v.Time, nil
	case types.Null:
		return nil, nil //nolint:nilnil // JSON's null is a value, and this is Go's name for it.
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil //nolint:nilnil // As above.
		}
		return nativeWithin(v.GetValue(), depth+1, left)
	case traits.Mapper:
		return nativeMap(v, depth, left)
	case traits.Lister:
		var list []any
		for it := v.Iterator(); it.HasNext() == types.True; {
			item, err := nativeWithin(it.Next(), depth+1, left)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	return nil, fmt.Errorf("has a value of type %s, which is not supported", v.Type().TypeName())
}

func nativeMap(v traits.Mapper, depth int, left *int) (any, error) {
	m := map[string]any{}
	for it := v.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, err := nativeWithin(key, depth+1, left)
		if err != nil {
			return nil, err
		}
		value, err := nativeWithin(v.Get(key), depth+1, left)
		if err != nil {
			return nil, err
		}
		m[words(name)] = value
	}
	return m, nil
}

// words formats a value as text; "" for nothing.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // A number such as NaN somewhere inside.
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// textOf returns a field's text, limited to a number of bytes.
func textOf(field string, v any, most int) (string, error) {
	text := words(v)
	if len(text) > most {
		return "", &fieldError{field, fmt.Sprintf("is longer than %d bytes", most)}
	}
	return strings.ToValidUTF8(text, "\uFFFD"), nil
}

// labelsOf makes labels from a field's map.
func labelsOf(field string, v any) (alert.Labels, error) {
	m, ok := v.(map[string]any)
	if !ok {
		if v == nil {
			return nil, nil
		}
		return nil, &fieldError{field, "must be a map of strings"}
	}
	if len(m) > maxLabels {
		return nil, &fieldError{field, fmt.Sprintf("holds more than %d", maxLabels)}
	}
	all := make(map[string]string, len(m))
	for name, value := range m {
		if name == "" || len(name) > maxNameBytes {
			return nil, &fieldError{field, fmt.Sprintf("the name %q is empty or longer than %d bytes", cut(name, maxQuoted), maxNameBytes)}
		}
		text, err := textOf(path(field, name), value, maxValueBytes)
		if err != nil {
			return nil, err
		}
		all[strings.ToValidUTF8(name, "\uFFFD")] = text
	}
	return alert.NewLabels(all), nil
}

// timeOf reads a field's time: an RFC 3339 text, or a number of seconds or milliseconds since 1970.
func timeOf(field string, v any) (time.Time, error) {
	switch v := v.(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return v, nil
	case int64:
		return unixTime(float64(v)), nil
	case float64:
		return unixTime(v), nil
	case string:
		if v == "" {
			return time.Time{}, nil
		}
		if t := looseTime(v); !t.IsZero() {
			return t, nil
		}
	}
	return time.Time{}, &fieldError{field, fmt.Sprintf("%q is not a time: use RFC 3339, or seconds since 1970", cut(words(v), maxQuoted))}
}

// unixTime treats a number that is too large for seconds as milliseconds.
func unixTime(n float64) time.Time {
	const latestSeconds = 1e11 // The year 5138; in milliseconds, 1973.
	if math.IsNaN(n) || n < 0 || n > latestSeconds*1e3 {
		return time.Time{}
	}
	if n > latestSeconds {
		n /= 1e3
	}
	// Rounded, because 0.123 has no exact binary form.
	return time.UnixMicro(int64(math.Round(n * 1e6)))
}

// statusWords are senders' words for firing and resolved.
var statusWords = map[string]alert.Status{
	"firing": alert.Firing, "fired": alert.Firing, "alerting": alert.Firing, "alert": alert.Firing, "alarm": alert.Firing,
	"trigger":   alert.Firing,
	"triggered": alert.Firing, "open": alert.Firing, "opened": alert.Firing, "active": alert.Firing, "problem": alert.Firing,
	"critical": alert.Firing,
	"warning":  alert.Firing, "error": alert.Firing, "down": alert.Firing, "failed": alert.Firing, "failure": alert.Firing,
	"failing": alert.Firing,
	"created": alert.Firing, "unhealthy": alert.Firing, "degraded": alert.Firing, "true": alert.Firing, "1": alert.Firing,
	"resolved": alert.Resolved, "resolve": alert.Resolved, "ok": alert.Resolved, "okay": alert.Resolved, "closed": alert.Resolved,
	"close":     alert.Resolved,
	"recovered": alert.Resolved, "recovery": alert.Resolved, "up": alert.Resolved, "inactive": alert.Resolved, "normal": alert.Resolved,
	"cleared": alert.Resolved, "success": alert.Resolved, "succeeded": alert.Resolved, "healthy": alert.Resolved, "ended": alert.Resolved,
	"false": alert.Resolved, "0": alert.Resolved,
}

// statusOf looks up such a word, in any case.
func statusOf(word string) (alert.Status, bool) {
	s, ok := statusWords[strings.ToLower(strings.TrimSpace(word))]
	return s, ok
}
