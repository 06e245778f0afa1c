package flag

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheStrongestWordDecides(t *testing.T) {
	t.Parallel()
	on, off := &Setting{On: true}, &Setting{On: false}
	quiet := Flag{Name: "quiet", EnvVar: "FLAG_QUIET"}
	loud := Flag{Name: "loud", EnvVar: "FLAG_LOUD", Default: true}
	for _, c := range []struct {
		flag Flag
		env  Env
		set  *Setting
		want Verdict
	}{
		{quiet, EnvUnset, nil, Verdict{false, false, ByDefault}},
		{loud, EnvUnset, nil, Verdict{true, false, ByDefault}},
		{quiet, EnvDefaultOn, nil, Verdict{true, false, DefaultByEnvironment}},
		{quiet, EnvUnset, on, Verdict{true, false, SetByOperator}},
		{loud, EnvUnset, off, Verdict{false, false, SetByOperator}},
		{loud, EnvDefaultOn, off, Verdict{false, false, SetByOperator}},
		{loud, EnvPinnedOff, nil, Verdict{false, true, PinnedByEnvironment}},
		{loud, EnvPinnedOff, on, Verdict{false, true, PinnedByEnvironment}},
	} {
		if got := Evaluate(c.flag, c.env, c.set); got != c.want {
			t.Errorf("Evaluate(%s, %d, %+v) = %+v, want %+v", c.flag.Name, c.env, c.set, got, c.want)
		}
	}
}

func TestAPinnedFlagSaysWhyItCannotBeSet(t *testing.T) {
	t.Parallel()
	f, found := Find(AutoTicket)
	if !found {
		t.Fatal("the flag is not there")
	}
	if err := CheckSet(f, EnvDefaultOn); err != nil {
		t.Error(err)
	}
	if err := CheckSet(f, EnvPinnedOff); err == nil || !strings.Contains(err.Error(), "FLAG_CONSOLE_ALERTS_AUTO_TICKET=0") {
		t.Errorf("%v, want the variable named", err)
	}
}

func TestEveryFlagSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, f := range Flags {
		if f.Why == "" || f.Owner == "" || !strings.HasPrefix(f.EnvVar, "FLAG_CONSOLE_") {
			t.Errorf("flag %+v lacks its why, its owner or its variable", f)
		}
	}
	if _, found := Find("no.such.flag"); found {
		t.Error("a flag that does not exist was found")
	}
	if f, found := Find("FLAG_CONSOLE_ALERTS_AUTO_TICKET"); !found || f.Name != AutoTicket {
		t.Errorf("by its variable %+v was found", f)
	}
}

func TestTheListOfFlagsInTheDocsIsWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/flags.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `\n")
		}
		if len(cells) > 1 {
			lines[cells[1]] = cells
		}
	}
	for _, f := range Flags {
		gone, standard := "stays", "off"
		if !f.RemoveBy.IsZero() {
			gone = f.RemoveBy.Format(time.DateOnly)
		}
		if f.Default {
			standard = "on"
		}
		want := []string{"", f.Name, f.EnvVar, f.Why, f.Owner, gone, standard, ""}
		if !slices.Equal(lines[f.Name], want) {
			t.Errorf("docs/flags.md has %q, want %q", lines[f.Name], want)
		}
	}
}

func FuzzParseEnv(f *testing.F) {
	for _, s := range []string{"", "0", "1", "on", "OFF", " true ", "2", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		env, err := ParseEnv(value)
		if err != nil && (env != EnvUnset || !strings.Contains(err.Error(), "pinned off")) {
			t.Errorf("%q: %v %v", value, env, err)
		}
		if err == nil && env == EnvUnset && strings.TrimSpace(value) != "" {
			t.Errorf("%q counts as nothing", value)
		}
	})
}
