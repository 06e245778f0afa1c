package silence

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // Two zones, wherever the test runs.

	"docket/internal/alert"
)

func shop() alert.Alert {
	return alert.Alert{Labels: alert.NewLabels(map[string]string{"alertname": "DiskFull", "team": "shop", "env": "prod"})}
}

func matchers(t *testing.T, texts ...string) Matchers {
	t.Helper()
	ms, err := ParseMatchers(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

func TestMatchersMatchAsAlertmanagers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`team="shop"`:                      true,
		`team="sho"`:                       false,
		`team=~"sho"`:                      false, // Anchored.
		`team=~"sh.*"`:                     true,
		`team!="shop"`:                     false,
		`team!~"sho"`:                      true,
		`missing=""`:                       true,
		`missing!=""`:                      false,
		`{alertname=~"Disk.*",env="prod"}`: true,
		`{alertname=~"Disk.*",env="test"}`: false,
		`team="shop",env="prod"`:           true,
	} {
		if got := matchers(t, text).Match(shop().Labels); got != want {
			t.Errorf("%s matches: %t, want %t", text, got, want)
		}
	}
	if (Matchers{}).Match(shop().Labels) {
		t.Error("no matchers matched")
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestASilenceMutesFromItsStartToItsEnd(t *testing.T) {
	t.Parallel()
	s := Silence{ID: "1", Matchers: matchers(t, `team="shop"`), StartsAt: noon, EndsAt: noon.Add(time.Hour)}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration]State{-time.Second: Pending, 0: Active, time.Hour - 1: Active, time.Hour: Expired} {
		if got := s.State(noon.Add(at)); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
		muted, holds := Mutes([]Silence{s}, nil, shop(), noon.Add(at))
		if holds != (want == Active) || (holds && (muted.By != "silence 1" || !muted.Until.Equal(s.EndsAt))) {
			t.Errorf("at %s: %+v %t", at, muted, holds)
		}
	}
}

func TestOfSeveralTheLongestMutes(t *testing.T) {
	t.Parallel()
	long := Silence{ID: "long", Matchers: matchers(t, `team="shop"`), StartsAt: noon, EndsAt: noon.Add(2 * time.Hour)}
	short := Silence{ID: "short", Matchers: matchers(t, `team="shop"`), StartsAt: noon, EndsAt: noon.Add(time.Hour)}
	other := Silence{ID: "other", Matchers: matchers(t, `team="desk"`), StartsAt: noon, EndsAt: noon.Add(9 * time.Hour)}
	if muted, _ := Mutes([]Silence{short, long, other}, nil, shop(), noon); muted.By != "silence long" {
		t.Errorf("muted by %s, want the long one", muted.By)
	}
}

func TestWhatIsWrongWithASilenceIsSaid(t *testing.T) {
	t.Parallel()
	good := Silence{Matchers: matchers(t, `team="shop"`), StartsAt: noon, EndsAt: noon.Add(time.Hour)}
	backwards, empty, wide := good, good, good
	backwards.EndsAt = noon
	empty.Matchers = nil
	wide.Matchers = matchers(t, `team=~".*"`, `env!="test"`)
	for want, s := range map[string]Silence{"the end must be after the start": backwards, "at least one matcher is needed": empty,
		"without these labels": wide} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestMaintenanceFollowsTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	berlin, york := zone(t, "Europe/Berlin"), zone(t, "America/New_York")
	window := func(z *time.Location, from, until time.Duration, days ...time.Weekday) Maintenance {
		return Maintenance{Name: "w", Matchers: matchers(t, `team="shop"`), Weekdays: days, From: from, Until: until, Zone: z}
	}
	for _, c := range []struct {
		name  string
		m     Maintenance
		at    string
		until string // "" for not muted
	}{
		{"before", window(berlin, 2*time.Hour, 4*time.Hour, time.Monday), "2026-11-23T00:59:59Z", ""},
		{"winter", window(berlin, 2*time.Hour, 4*time.Hour, time.Monday), "2026-11-23T01:00:00Z", "2026-11-23T03:00:00Z"},
		{"summer", window(berlin, 2*time.Hour, 4*time.Hour, time.Monday), "2026-07-06T00:00:00Z", "2026-07-06T02:00:00Z"},
		{"its end", window(berlin, 2*time.Hour, 4*time.Hour, time.Monday), "2026-11-23T03:00:00Z", ""},
		{"another day", window(berlin, 2*time.Hour, 4*time.Hour, time.Tuesday), "2026-11-23T02:00:00Z", ""},
		{"over midnight, the first day", window(berlin, 23*time.Hour, time.Hour, time.Monday), "2026-11-23T22:30:00Z", "2026-11-24T00:00:00Z"},
		{"over midnight, the second day", window(berlin, 23*time.Hour, time.Hour, time.Monday), "2026-11-23T23:30:00Z", "2026-11-24T00:00:00Z"},
		{"over midnight, not on its own second day", window(berlin, 23*time.Hour, time.Hour, time.Monday), "2026-11-24T22:30:00Z", ""},
		{"all day", window(berlin, 0, day, time.Monday), "2026-11-23T22:59:59Z", "2026-11-23T23:00:00Z"},
		// 2026-03-29: Berlin's clocks go from 02:00 to 03:00.
		{"the skipped hour", window(berlin, 2*time.Hour+30*time.Minute, 4*time.Hour, time.Sunday), "2026-03-29T01:45:00Z",
			"2026-03-29T02:00:00Z"},
		// 2026-10-25: Berlin's clocks go from 03:00 back to 02:00.
		{"the repeated hour, the first time", window(berlin, time.Hour, 3*time.Hour, time.Sunday), "2026-10-25T00:30:00Z",
			"2026-10-25T02:00:00Z"},
		{"the repeated hour, the second time", window(berlin, time.Hour, 3*time.Hour, time.Sunday), "2026-10-25T01:30:00Z",
			"2026-10-25T02:00:00Z"},
		// 2026-03-08: New York's clocks go from 02:00 to 03:00.
		{"New York's short day", window(york, time.Hour, 5*time.Hour, time.Sunday), "2026-03-08T08:59:00Z", "2026-03-08T09:00:00Z"},
		{"New York's long day", window(york, time.Hour, 5*time.Hour, time.Sunday), "2026-11-01T09:59:00Z", "2026-11-01T10:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := c.m.Validate(); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			muted, holds := Mutes(nil, []Maintenance{c.m}, shop(), at)
			got := ""
			if holds {
				got = muted.Until.UTC().Format(time.RFC3339)
			}
			if got != c.until {
				t.Errorf("muted until %q, want %q", got, c.until)
			}
		})
	}
}

func TestWhatIsWrongWithAMaintenanceIsSaid(t *testing.T) {
	t.Parallel()
	good := Maintenance{Matchers: matchers(t, `team="shop"`), Weekdays: []time.Weekday{time.Monday}, From: time.Hour,
		Until: 2 * time.Hour, Zone: time.UTC}
	never, late, short, nowhere := good, good, good, good
	never.Weekdays, late.From, short.Until, nowhere.Zone = nil, day, time.Hour, nil
	for want, m := range map[string]Maintenance{
		"weekday": never, "times of day": late, "start and end at different times": short, "time zone": nowhere,
	} {
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func FuzzParseMatchers(f *testing.F) {
	for _, s := range []string{`team="shop"`, `{a=~"b.*",c!="d"}`, `{`, `a=~"("`, "\x00", `""=""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ms, err := ParseMatchers(text)
		if err != nil {
			return
		}
		_ = ms.Match(shop().Labels) // Must not panic.
		if len(ms) == 0 {
			t.Errorf("%q is no error and no matcher", text)
		}
	})
}
