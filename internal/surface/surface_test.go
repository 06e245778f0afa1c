package surface_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/alert"
	"docket/internal/surface"
)

var start = time.Date(2026, 6, 19, 10, 0, 0, 0, time.UTC)

func checkout() surface.Surface {
	return surface.Surface{
		Name: "checkout", Title: "Checkout", Group: "Shop", Every: 30 * time.Second, Timeout: 10 * time.Second, DownAfter: 2, UpAfter: 3,
		Severity: alert.P2, DegradedSeverity: alert.P3,
	}
}

var letters = map[byte]surface.Status{'o': surface.Operational, '~': surface.Degraded, 'x': surface.Down, '?': surface.Unknown}

// watch feeds readings, one letter each, and returns the tile's letter after each.
func watch(on surface.Surface, readings string) (said string, last surface.State) {
	var s surface.State
	for n := range len(readings) {
		at := start.Add(time.Duration(n) * on.Every)
		s, _ = surface.Observe(s, surface.Reading{At: at, Status: letters[readings[n]]}, on)
		for letter, status := range letters {
			if status == s.Status {
				said += string(letter)
			}
		}
	}
	return said, s
}

func TestTileTurnsAfterAsManyReadingsAsConfigured(t *testing.T) {
	for _, c := range []struct{ name, readings, want string }{
		{"the first good reading makes it operational", "o", "o"},
		{"one bad reading is no news", "oxoo", "oooo"},
		{"two bad readings are", "oxx", "oox"},
		{"back after three good ones", "oxxooo", "ooxxxo"},
		{"a bad one between starts the count anew", "oxxooxooo", "ooxxxxxxo"},
		{"two readings that are slow or dead make it degraded at least", "ox~", "oo~"},
		{"and dead when both are", "o~xx", "oo~x"},
		{"from down to degraded is up", "oxx~~~", "ooxxx~"},
		{"well again by way of degraded", "oxx~oooo", "ooxxxxoo"},
		{"never well", "xx", "?x"},
		{"one unknown reading is no news", "o?o", "ooo"},
		{"two are", "o??", "oo?"},
		{"known again at once", "o??o", "oo?o"},
		{"still down after not knowing", "oxx??xx", "ooxx??x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := watch(checkout(), c.readings)
			if got != c.want {
				t.Errorf("%s: the tile was %s, want %s", c.readings, got, c.want)
			}
		})
	}
}

func TestSinceIsTheFirstReadingOfTheTurn(t *testing.T) {
	_, s := watch(checkout(), "ooxx")
	if want := start.Add(time.Minute); !s.Since.Equal(want) || !s.AffectedSince.Equal(want) {
		t.Errorf("down since %s, ill since %s, want %s: users felt it from the first bad reading", s.Since, s.AffectedSince, want)
	}
	_, s = watch(checkout(), "oo~~xx")
	if want := start.Add(time.Minute); !s.AffectedSince.Equal(want) {
		t.Errorf("ill since %s, want %s: degraded and then down is one problem", s.AffectedSince, want)
	}
	_, s = watch(checkout(), "ooxxooo")
	if !s.AffectedSince.IsZero() {
		t.Errorf("ill since %s although it is operational", s.AffectedSince)
	}
}

func TestOldReadingsDoNotCount(t *testing.T) {
	_, s := watch(checkout(), "oo")
	late, turn := surface.Observe(s, surface.Reading{At: start, Status: surface.Down}, checkout())
	if diff := cmp.Diff(s, late); diff != "" || turn != nil {
		t.Errorf("a late reading changed the tile:\n%s", diff)
	}
}

func TestAlertOfATile(t *testing.T) {
	on := checkout()
	_, s := watch(on, "oo~~")
	mild := on.Alert(s, start.Add(time.Hour))
	_, s = watch(on, "oo~~xx")
	bad := on.Alert(s, start.Add(time.Hour))
	_, s = watch(on, "oo~~xxooo")
	over := on.Alert(s, start.Add(time.Hour))
	if mild.Key != bad.Key || mild.Fingerprint != bad.Fingerprint || over.Fingerprint != bad.Fingerprint ||
		bad.Key != surface.AlertKey("checkout") {
		t.Error("degraded, down and over are three alerts; they are one problem")
	}
	if mild.Severity != alert.P3 || bad.Severity != alert.P2 || bad.Title != "Checkout is down" || mild.Title != "Checkout is degraded" {
		t.Errorf("severities and titles: %s %q, %s %q", mild.Severity, mild.Title, bad.Severity, bad.Title)
	}
	if !bad.StartsAt.Equal(start.Add(time.Minute)) || over.Status != alert.Resolved || !over.EndsAt.Equal(start.Add(3*time.Minute)) {
		t.Errorf("began %s, ended %s", bad.StartsAt, over.EndsAt)
	}
	if bad.Surface != "checkout" || !bad.ExpiresAt.After(start.Add(time.Hour)) {
		t.Errorf("surface %q, expires %s", bad.Surface, bad.ExpiresAt)
	}
}

func TestTileWithoutReadingsIsUnknown(t *testing.T) {
	on := checkout()
	_, s := watch(on, "oxx")
	if got := s.Shown(on, s.Last.At.Add(time.Minute)); got.Status != surface.Down {
		t.Errorf("a minute after the last reading it is %s", got.Status)
	}
	got := s.Shown(on, s.Last.At.Add(time.Hour))
	if got.Status != surface.Unknown || !got.Since.Equal(s.Last.At) {
		t.Errorf("an hour after the last reading it is %s since %s", got.Status, got.Since)
	}
	if got := (surface.State{}).Shown(on, start); got.Status != surface.Unknown {
		t.Errorf("before the first reading it is %q", got.Status)
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		all  []surface.Status
		want surface.Status
	}{
		{nil, surface.Unknown},
		{[]surface.Status{surface.Operational, surface.Operational}, surface.Operational},
		{[]surface.Status{surface.Operational, surface.Unknown}, surface.Unknown},
		{[]surface.Status{surface.Down, surface.Degraded, surface.Unknown}, surface.Down},
	} {
		if got := surface.Worst(c.all...); got != c.want {
			t.Errorf("Worst(%v) = %s, want %s", c.all, got, c.want)
		}
	}
}

func TestTextsFromOutsideAreBounded(t *testing.T) {
	r := surface.Reading{At: start, Status: "great", Reason: strings.Repeat("ä\n\x00", 400),
		Evidence: map[string]string{"body": strings.Repeat("\xff", 5000)}}.Bounded()
	if len(r.Reason) > 300 || !utf8.ValidString(r.Reason) || strings.ContainsAny(r.Reason, "\n\x00") {
		t.Errorf("the reason is %d bytes: %q", len(r.Reason), r.Reason)
	}
	if len(r.Evidence["body"]) > 200 || !utf8.ValidString(r.Evidence["body"]) || r.Status != surface.Unknown {
		t.Errorf("status %s, evidence of %d bytes", r.Status, len(r.Evidence["body"]))
	}
}

// Whatever the readings: a tile turns for the worse only after DownAfter ill readings in a
// row and for the better only after UpAfter, and what it remembers stays small.
func TestTileNeverTurnsOnFewerReadings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := checkout()
		on.DownAfter, on.UpAfter = rapid.IntRange(1, 5).Draw(t, "down after"), rapid.IntRange(1, 5).Draw(t, "up after")
		var s surface.State
		ill, well := 0, 0
		for n, letter := range rapid.SliceOfN(rapid.SampledFrom([]byte("oox~?")), 1, 80).Draw(t, "readings") {
			r := surface.Reading{At: start.Add(time.Duration(n) * time.Second), Status: letters[letter]}
			if r.Status.Affected() {
				ill++
			} else {
				ill = 0
			}
			if r.Status == surface.Operational {
				well++
			} else {
				well = 0
			}
			before := s.Status
			var turn *surface.Turn
			s, turn = surface.Observe(s, r, on)
			if len(s.Runs) > 12 {
				t.Fatalf("the state remembers %d runs", len(s.Runs))
			}
			if turn == nil {
				continue
			}
			if turn.To.Affected() && !before.Affected() && ill < on.DownAfter {
				t.Fatalf("it turned %s after %d ill readings, not %d", turn.To, ill, on.DownAfter)
			}
			if turn.To == surface.Operational && before.Affected() && well < on.UpAfter {
				t.Fatalf("it turned operational after %d good readings, not %d", well, on.UpAfter)
			}
			if s.Status.Affected() == s.AffectedSince.IsZero() && s.Status != surface.Unknown {
				t.Fatalf("%s, ill since %s", s.Status, s.AffectedSince)
			}
		}
	})
}

func TestUptimeAndWorstOfASpan(t *testing.T) {
	var sum surface.Sum
	if _, known := sum.Uptime(); known || sum.Worst() != surface.Unknown {
		t.Error("a span without a reading has an uptime")
	}
	for range 980 {
		sum = sum.Add(surface.Reading{Status: surface.Operational, Latency: 10 * time.Millisecond})
	}
	for range 5 {
		sum = sum.Add(surface.Reading{Status: surface.Down})
	}
	if share, _ := sum.Uptime(); share < 0.994 || share > 0.995 || sum.Worst() != surface.Operational {
		t.Errorf("5 lost of 985: uptime %f, shown as %s", share, sum.Worst())
	}
	for range 10 {
		sum = sum.Add(surface.Reading{Status: surface.Degraded, Latency: 990 * time.Millisecond})
	}
	if sum.Worst() != surface.Degraded || sum.Slowest != 990*time.Millisecond || sum.Mean() != 19898989*time.Nanosecond {
		t.Errorf("%s, slowest %s, mean %s", sum.Worst(), sum.Slowest, sum.Mean())
	}
}
