package alert

import (
	"fmt"
	"strconv"
	"strings"
)

// Mark identifies one incident permanently: `<alert_key>.<generation>`. It is written into the ticket, so
// that the ticket can be found again.
type Mark struct {
	Key        Key
	Generation int
}

// String returns the mark's text.
func (m Mark) String() string { return m.Key.String() + "." + strconv.Itoa(m.Generation) }

// MarshalText prints the mark as String does.
func (m Mark) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote, including the zero Mark.
func (m *Mark) UnmarshalText(text []byte) error {
	if string(text) == (Mark{}).String() {
		*m = Mark{}
		return nil
	}
	read, err := ParseMark(string(text))
	if err == nil {
		*m = read
	}
	return err
}

// ParseMark reads what String wrote.
func ParseMark(s string) (Mark, error) {
	hex, digits, found := strings.Cut(s, ".")
	key, err := ParseKey(hex)
	if err != nil || !found {
		return Mark{}, fmt.Errorf("mark %q is not <alert_key>.<generation>", s)
	}
	generation, err := strconv.Atoi(digits)
	if err != nil || generation < 1 || strconv.Itoa(generation) != digits {
		return Mark{}, fmt.Errorf("mark %q has no generation", s)
	}
	return Mark{key, generation}, nil
}
