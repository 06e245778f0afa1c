package fault

import "log/slog"

// redacted is what every secret looks like to logs, errors, pages and JSON.
const redacted = "[redacted]"

// Secret is a text that must never be seen: a key or a password. However it is printed,
// logged or marshalled, "[redacted]" comes out; only Reveal gives the text.
type Secret string

// Reveal returns the text itself. Call it only where it goes out on the wire.
func (s Secret) Reveal() string { return string(s) }

// Set reports whether there is a text.
func (s Secret) Set() bool { return s != "" }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// GoString returns "[redacted]", for %#v.
func (Secret) GoString() string { return redacted }

// LogValue logs "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText writes "[redacted]", so that no dump of a configuration holds the text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
