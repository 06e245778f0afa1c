package brief_test

import (
	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/incident"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzBrief(f *testing.F) {
	f.Add("DiskFull", "The disk is full", "instance", "db-1", 0)
	f.Add("two\nlines\r\n\u2028and more\u0085", "\x00\x1b[31m", "a b", "<script>", 60)
	f.Add(strings.Repeat("long ", 200), strings.Repeat("\U0001F6A8", 300), "n", strings.Repeat("v", 5000), 1)
	f.Add("[fedcba9876543210.1]", "see ["+first+"]", "mark", "["+second+"]", 51)
	f.Add("\xff\xfe", "", "", "", 2)
	f.Fuzz(func(t *testing.T, title, summary, name, value string, more int) {
		inc := incident.Incident{Mark: alert.Mark{Key: problem, Generation: 3}, Title: title, Severity: alert.P1, State: incident.Open,
			OpenedAt: noon, Source: "prometheus"}
		one := signal(alert.P1)
		one.Title, one.Labels, one.Annotations = title, alert.Labels{{Name: name, Value: value}}, alert.Labels{{Name: "summary", Value: summary}}
		alerts := slices.Repeat([]alert.Alert{one}, 1+(more%100+100)%100)
		subject, body := brief.Ticket(inc, alerts, 0)
		mark := "[" + inc.Mark.String() + "]"
		switch {
		case !strings.HasSuffix(subject, " "+mark):
			t.Errorf("the subject %q does not end with the mark", subject)
		case strings.ContainsFunc(subject, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
			t.Errorf("the subject %q is not one clean line", subject)
		case utf8.RuneCountInString(subject) > 250 || !utf8.ValidString(subject):
			t.Errorf("the subject has %d runes", utf8.RuneCountInString(subject))
		case marks(subject) != 1:
			t.Errorf("the subject %q names %d marks: a search for another's finds this ticket", subject, marks(subject))
		}
		for _, want := range []string{title, "  " + name + ": " + value + "\n", mark, "alert_key: " + problem.String() + "\n"} {
			if !strings.Contains(body, want) {
				t.Errorf("the body does not hold %q", want)
			}
		}
		if again, _ := brief.Ticket(inc, alerts, 0); again != subject {
			t.Error("the same incident has two subjects")
		}
	})
}

// marks counts the marks in square brackets that a search could find in a text.
func marks(text string) (n int) {
	for _, part := range strings.Split(text, "[")[1:] {
		inner, _, closed := strings.Cut(part, "]")
		if _, err := alert.ParseMark(inner); closed && err == nil {
			n++
		}
	}
	return n
}
