package line_test

import (
	"testing"

	"docket/internal/line"
)

func TestForeignTextIsOneBoundedLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "",
		" two\r\n  lines\x00and\x1b": "two lines and",
		"wide\u2028and\u00a0free":    "wide and free",
		"half \xff byte":             "half \uFFFD byte",
	} {
		if got := line.Of(text); got != want {
			t.Errorf("Of(%q) is %q, want %q", text, got, want)
		}
	}
	for want, got := range map[string]string{"äöü": line.Clip("äöü", 3), "ä…": line.Clip("äöü", 2),
		"…": line.Clip("äöü", 1)} {
		if got != want {
			t.Errorf("clipped to %q, want %q", got, want)
		}
	}
}
