package doctor

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"docket/internal/desk"
	"docket/internal/store"
)

// Level is the state of a step.
type Level string

// The levels. Skipped is a step that cannot be checked because one before it fails.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Error   Level = "error"
	Skipped Level = "skipped"
)

// earlier are the levels' words in the database (its column still has them) and in the reports of earlier versions.
func earlier() map[Level]string { return map[Level]string{OK: "well", Warning: "warned", Error: "ill"} }

// UnmarshalText also reads the words of earlier versions.
func (l *Level) UnmarshalText(text []byte) error {
	*l = Level(text)
	for level, word := range earlier() {
		if word == string(text) {
			*l = level
		}
	}
	return nil
}

// stored is the level as the database keeps it.
func (l Level) stored() string { return earlier()[l] }

// HopResult is the result of one step.
type HopResult struct {
	// Hop names the step, the same in every report.
	Hop   string `json:"hop"`
	Level Level  `json:"level" enum:"ok,warning,error,skipped"`
	// Name is the fixed name of the fault, "" if the level is OK.
	Name string `json:"name"`
	// Sentence describes the state, Evidence what was seen, Fix what to do; none contains a secret.
	Sentence string        `json:"sentence"`
	Evidence string        `json:"evidence"`
	Fix      string        `json:"fix"`
	Took     time.Duration `json:"took_ns"`
}

// Examination is the result of all steps.
type Examination struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Verdict Level     `json:"verdict" enum:"ok,warning,error"`
	// Sentence names the first step that fails, Next what to do next.
	Sentence string        `json:"sentence"`
	Next     string        `json:"next"`
	Findings []HopResult   `json:"findings"`
	Took     time.Duration `json:"took_ns"`
	// Canary says whether a test ticket was filed.
	Canary bool `json:"canary"`
}

// Source is a source and when it last sent something.
type Source struct {
	Name  string
	At    time.Time
	Fault string
	// Every is how often it is polled, 0 for one that pushes.
	Every time.Duration
}

// Flag is a flag and its present state.
type Flag struct {
	Name   string
	On     bool
	Pinned bool
	By     string
	At     time.Time
}

// Key is a credential that is read again while docket runs.
type Key struct {
	Name string
	// From is where it comes from, At when it was last read successfully, Fault why not since.
	From  string
	Known bool
	At    time.Time
	Fault string
}

// Configuration is what the configuration file says and whether that is in force.
type Configuration struct {
	// Path is the file, "" for none.
	Path string
	// Since is when the configuration in force was taken up, Read when the file was last read.
	Since, Read time.Time
	// Fault is why what the file says is not in force, "" where it is; Fix is what to do then.
	Fault, Fix string
}

// Patient is what is examined. What is nil or empty is left out.
type Patient struct {
	Store *store.Store
	Desk  desk.Desk
	// Mailboxes says that the desk's places are mailboxes: the canary's mailbox is one of them.
	Mailboxes bool
	// Others are the desks in use beside it.
	Others []Desk
	// Lost counts, by the desk's name, live incidents whose tickets are at a desk that is not in use;
	// nil where nobody can tell.
	Lost func(ctx context.Context) (map[string]int64, error)
	// Variables are the environment of the desk; WaitOut its configured wait-out.
	Variables []desk.Variable
	Flags     func() []Flag
	// Unstable are the alerts whose ids change while they fire, in words; nil where no server runs.
	Unstable func() []string
	// Keys are the credentials that files and the vault give; nil where none do.
	Keys func() []Key
	// Sources are nil where no server runs: then nothing is received.
	Sources func() []Source
	Booted  time.Time
	// Configuration tells whether what the file says is in force; nil where no server runs.
	Configuration func() Configuration
	// Emit tells whether an alert of P1 would ask for a ticket now, and why not.
	Emit func(ctx context.Context) (asks bool, why string)
	// Notifiers are those in use.
	Notifiers []Notifier
	// DeskWell is when the desk last did what it was asked, zero for never since the start.
	DeskWell func() time.Time
	// Stale is when an open ticket counts as stale.
	Stale time.Duration
	// Checks are those that bring what they look at.
	Checks []Check
	// Server says that a server runs; without one, that is a warning.
	Server bool
}

// Desk is a desk in use, with its variables and its credentials, as Patient has them.
type Desk struct {
	Desk      desk.Desk
	Variables []desk.Variable
	Keys      func() []Key
	Mailboxes bool
}

// Options say how to examine.
type Options struct {
	// Canary files a ticket, reads it back, looks for it and closes it.
	Canary bool
	// Place is where the canary goes in desks that have mailboxes, "" for the desk's own place.
	Place string
	By    string
}

// PlaceOf is a number as a place in a desk, "" for 0.
func PlaceOf(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// The bounds of an examination.
const (
	checkWithin  = 15 * time.Second
	canaryWithin = 2 * time.Minute
	wholeWithin  = 4 * time.Minute
)

// Run examines every hop.
func Run(ctx context.Context, p Patient, o Options) Examination {
	ctx, cancel := context.WithTimeout(ctx, wholeWithin)
	defer cancel()
	e := &exam{Patient: p, options: o, broken: map[string]string{}}
	r := Examination{At: time.Now().UTC().Truncate(time.Microsecond), By: o.By, Canary: o.Canary}
	for _, c := range checks {
		r.Findings = append(r.Findings, e.lookAt(ctx, c)...)
		if !c.each {
			continue
		}
		for _, other := range p.Others {
			beside := &exam{Patient: p, options: o, broken: map[string]string{}}
			beside.Desk, beside.Variables, beside.Keys, beside.Mailboxes = other.Desk, other.Variables, other.Keys, other.Mailboxes
			if by := e.broken[other.Desk.Name()]; by != "" {
				beside.broken["desk"] = by
			}
			for _, found := range beside.lookAt(ctx, c) {
				found.Hop = other.Desk.Name() + ": " + found.Hop
				r.Findings = append(r.Findings, found)
			}
			e.broken[other.Desk.Name()] = beside.broken["desk"]
		}
	}
	r.Verdict, r.Sentence, r.Next = judge(r.Findings)
	r.Took = time.Since(r.At)
	return r
}

// exam is one examination as it goes on.
type exam struct {
	Patient

	options Options
	// broken names, by group, the hop that keeps the rest of its group from being looked at.
	broken map[string]string
}

// check is one look. A group is hops of which each needs the one before.
type check struct {
	hop, group string
	// each says that it is looked at for each desk in use.
	each    bool
	within  time.Duration
	applies func(*exam) bool
	look    func(context.Context, *exam) []HopResult
}

// lookAt looks where the check applies.
func (e *exam) lookAt(ctx context.Context, c check) []HopResult {
	if c.applies != nil && !c.applies(e) {
		return nil
	}
	return e.look(ctx, c)
}

func (e *exam) look(ctx context.Context, c check) []HopResult {
	if by := e.broken[c.group]; by != "" && c.group != "" {
		return []HopResult{{Hop: c.hop, Level: Skipped, Sentence: "Skipped: fix " + by + " first."}}
	}
	within := c.within
	if within == 0 {
		within = checkWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	begin := time.Now()
	found := c.look(ctx, e)
	took := time.Since(begin)
	for n := range found {
		if found[n].Hop == "" {
			found[n].Hop = c.hop
		}
		if found[n].Took == 0 {
			found[n].Took = took
		}
		if found[n].Level == Error && c.group != "" && e.broken[c.group] == "" {
			e.broken[c.group] = found[n].Hop
		}
	}
	return found
}

// judge names the first step that fails; without one, the first with a warning.
func judge(all []HopResult) (verdict Level, sentence, next string) {
	for _, level := range []Level{Error, Warning} {
		for _, f := range all {
			if f.Level == level {
				return level, fmt.Sprintf("%s: %s", f.Hop, f.Sentence), f.Fix
			}
		}
	}
	return OK, fmt.Sprintf("All %d checks passed.", len(all)), ""
}

// passed, warning and failed make results.
func passed(sentence, evidence string) []HopResult {
	return []HopResult{{Level: OK, Sentence: sentence, Evidence: evidence}}
}

func warning(name, sentence, evidence, fix string) []HopResult {
	return []HopResult{{Level: Warning, Name: name, Sentence: sentence, Evidence: evidence, Fix: fix}}
}

func failed(name, sentence, evidence, fix string) []HopResult {
	return []HopResult{{Level: Error, Name: name, Sentence: sentence, Evidence: evidence, Fix: fix}}
}
