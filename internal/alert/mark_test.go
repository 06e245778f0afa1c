package alert_test

import (
	"docket/internal/alert"
	"strings"
	"testing"
)

func FuzzMark(f *testing.F) {
	for _, s := range []string{
		"0123456789abcdef.1", "", ".", "0123456789abcdef", "0123456789abcdef.0", "0123456789abcdef.-1", "0123456789abcdef.01",
		"0123456789ABCDEF.1", "0123456789abcdef.1.1", "0123456789abcdef.99999999999999999999", " 0123456789abcdef.1", "+123456789abcdef.+1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := alert.ParseMark(s)
		if err != nil {
			return
		}
		if !strings.EqualFold(m.String(), s) || m.Generation < 1 { // People may write the key in capitals.
			t.Fatalf("%q was read as %s", s, m)
		}
	})
}

func TestEveryMarkIsReadAsItWasWritten(t *testing.T) {
	for _, m := range []alert.Mark{{Key: 0, Generation: 1}, {Key: 0x0123456789abcdef, Generation: 42},
		{Key: ^alert.Key(0), Generation: 1 << 40}} {
		got, err := alert.ParseMark(m.String())
		if err != nil || got != m {
			t.Errorf("%s was read as %s: %v", m, got, err)
		}
	}
}
