package incident_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"docket/internal/alert"
	"docket/internal/incident"
)

// FuzzStep plays stories that are far longer than the walk's, with everything that may
// happen in them, and lets each come to its end. The first byte draws the policy, each
// further one the next move.
func FuzzStep(f *testing.F) {
	f.Add([]byte("0"))
	f.Add([]byte("\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	f.Add([]byte("\x07fire, end, close and fire again; lose every answer, twice"))
	f.Add([]byte("\xffa person turns the ticket while the desk swallows it"))
	f.Fuzz(func(t *testing.T, draws []byte) {
		if len(draws) == 0 || len(draws) > 300 {
			return
		}
		play(t, draws)
	})
}

// TestLongStoriesKeepThePromises plays stories of many episodes, the same ones each time.
func TestLongStoriesKeepThePromises(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	most := 0
	for range 1500 {
		draws := make([]byte, 400)
		for i := range draws {
			draws[i] = byte(random.Uint32())
		}
		most = max(most, play(t, draws).live.Generation)
	}
	t.Logf("the longest story has %d episodes", most)
	if most < 8 {
		t.Errorf("the longest story has %d episodes: the stories do not go on", most)
	}
}

// play plays the story that was drawn, lets it come to its end, and returns the world then.
func play(t *testing.T, draws []byte) *world {
	t.Helper()
	w := newWorld(drawnPolicy(draws[0]))
	all := alphabet{most: 3, severities: true, doubts: true, persons: true, switches: true, faults: true, slow: true, clicks: true}
	var way *trail
	for _, b := range draws[1:] {
		moves := w.moves(all)
		m := moves[int(b)%len(moves)]
		way = &trail{way, m.name}
		if err := m.do(w); err != nil {
			t.Fatalf("%v, after\n  %s", err, way)
		}
	}
	if err := w.comesToItsEnd(); err != nil {
		t.Fatalf("once the faults stop: %v, after\n  %s", err, way)
	}
	return w
}

// drawnPolicy is one of all the kinds of policies.
func drawnPolicy(b byte) incident.Policy {
	p := incident.DefaultPolicy()
	p.Tags = nil
	if b&1 != 0 {
		p.Hold = time.Minute
	}
	if b&2 != 0 {
		p.Settle = time.Minute
	}
	if b&4 != 0 {
		p.Tags = []string{incident.TagAlert}
	}
	if b&8 != 0 {
		p.DoubtHold = 0
	}
	if b&16 != 0 {
		p.CallTimeout = 0 // As with the local desk.
	}
	p.OnRecovery = []incident.OnRecovery{incident.RecoveryNote, incident.RecoveryClose, incident.RecoveryNone, incident.RecoveryClose}[b>>6]
	return p
}

func FuzzMark(f *testing.F) {
	for _, s := range []string{first, "", ".", "0123456789abcdef", "0123456789abcdef.0", "0123456789abcdef.-1", "0123456789abcdef.01", "0123456789ABCDEF.1", "0123456789abcdef.1.1", "0123456789abcdef.99999999999999999999", " " + first, "+123456789abcdef.+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := incident.ParseMark(s)
		if err != nil {
			return
		}
		if !strings.EqualFold(m.String(), s) || m.Generation < 1 { // People may write the key in capitals.
			t.Fatalf("%q was read as %s", s, m)
		}
	})
}

func TestEveryMarkIsReadAsItWasWritten(t *testing.T) {
	for _, m := range []incident.Mark{{Key: 0, Generation: 1}, {Key: problem, Generation: 42}, {Key: ^alert.Key(0), Generation: 1 << 40}} {
		got, err := incident.ParseMark(m.String())
		if err != nil || got != m {
			t.Errorf("%s was read as %s: %v", m, got, err)
		}
	}
}

func FuzzBrief(f *testing.F) {
	f.Add("DiskFull", "The disk is full", "instance", "db-1", 0)
	f.Add("two\nlines\r\n\u2028and more\u0085", "\x00\x1b[31m", "a b", "<script>", 60)
	f.Add(strings.Repeat("long ", 200), strings.Repeat("\U0001F6A8", 300), "n", strings.Repeat("v", 5000), 1)
	f.Add("[fedcba9876543210.1]", "see ["+first+"]", "mark", "["+second+"]", 51)
	f.Add("\xff\xfe", "", "", "", 2)
	f.Fuzz(func(t *testing.T, title, summary, name, value string, more int) {
		inc := incident.Incident{Mark: incident.Mark{Key: problem, Generation: 3}, Title: title, Severity: alert.P1, State: incident.Open, OpenedAt: noon, Source: "prometheus"}
		one := signal(alert.P1)
		one.Title, one.Labels, one.Annotations = title, alert.Labels{{Name: name, Value: value}}, alert.Labels{{Name: "summary", Value: summary}}
		alerts := slices.Repeat([]alert.Alert{one}, 1+(more%100+100)%100)
		subject, body := incident.Brief(inc, alerts)
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
		if again, _ := incident.Brief(inc, alerts); again != subject {
			t.Error("the same incident has two subjects")
		}
	})
}

// marks counts the marks in square brackets that a search could find in a text.
func marks(text string) (n int) {
	for _, part := range strings.Split(text, "[")[1:] {
		inner, _, closed := strings.Cut(part, "]")
		if _, err := incident.ParseMark(inner); closed && err == nil {
			n++
		}
	}
	return n
}
