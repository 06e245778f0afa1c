package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/audit"
	"docket/internal/store"
)

// checks are all looks, in the order of the way: what a hop needs stands before it.
var checks = [...]check{
	{hop: "server", look: lookServer},
	{hop: "configuration", look: lookConfiguration, applies: func(e *exam) bool { return e.Configuration != nil }},
	{hop: "environment", each: true, look: lookEnvironment, applies: func(e *exam) bool { return len(e.Variables) > 0 }},
	{hop: "keys", each: true, look: lookKeys, applies: func(e *exam) bool { return e.Keys != nil }},
	{hop: "database", group: "database", look: lookDatabase},
	{hop: "database writable", group: "database", look: lookWritable, applies: func(e *exam) bool { return e.Server }},
	{hop: "database clock", group: "database", look: lookClock},
	{hop: "installation", look: lookInstallation, applies: func(e *exam) bool { return len(e.Checks) > 0 }},
	{hop: "audit log", group: "database", within: time.Minute, look: lookAudit},
	{hop: "desk", each: true, look: lookDesk, within: time.Minute},
	{hop: "tickets elsewhere", group: "database", look: lookLost, applies: func(e *exam) bool { return e.Lost != nil && e.Store != nil }},
	{hop: "canary", group: "desk", each: true, within: canaryWithin, look: lookCanary,
		applies: func(e *exam) bool { return e.options.Canary }},
	{hop: "flags", look: lookFlags, applies: func(e *exam) bool { return e.Flags != nil }},
	{hop: "sources", look: lookSources, applies: func(e *exam) bool { return e.Sources != nil }},
	{hop: "alert ids", look: lookIDs, applies: func(e *exam) bool { return e.Unstable != nil }},
	{hop: "emit", look: lookEmit, applies: func(e *exam) bool { return e.Emit != nil }},
	{hop: "jobs", group: "database", look: lookJobs},
	{hop: "notifiers", look: lookNotifiers, applies: func(e *exam) bool { return len(e.Notifiers) > 0 }},
	{hop: "stale tickets", group: "database", look: lookStale},
}

func lookServer(_ context.Context, e *exam) []HopResult {
	if !e.Server {
		return warned("no_server", "No docket is running here: nothing is taken in and nothing is filed.", "", "Start it: docket serve")
	}
	return well("Docket runs.", "since "+e.Booted.Format(time.RFC3339))
}

// lookConfiguration: a file that was changed for the worse is not in force, and somebody thinks
// that it is.
func lookConfiguration(_ context.Context, e *exam) []HopResult {
	c := e.Configuration()
	evidence := "in force since " + c.Since.Format(time.RFC3339)
	if c.Fault != "" {
		return warned("config_not_taken", "The configuration file was changed and could not be taken: the one before is in force.",
			c.Fault+" (read "+c.Read.Format(time.RFC3339)+"; "+evidence+")", c.Fix)
	}
	return well("What the configuration file says is in force.", evidence)
}

// lookEnvironment: step 0 of the runbook. Values are never shown.
func lookEnvironment(_ context.Context, e *exam) []HopResult {
	var set, missing, doubts []string
	for _, v := range e.Variables {
		switch {
		case v.Set:
			set = append(set, v.Name)
		case v.Needed:
			missing = append(missing, v.Name)
		}
		if v.Doubt != "" {
			doubts = append(doubts, v.Name+" "+v.Doubt)
		}
	}
	evidence := "set: " + strings.Join(set, ", ")
	switch {
	case len(missing) > 0:
		return ill("env_missing", strings.Join(missing, ", ")+" is not set.", evidence, "Set "+missing[0]+" (or "+missing[0]+
			"_FILE), and start docket again.")
	case len(doubts) > 0:
		return warned("env_doubtful", strings.Join(doubts, "; ")+".", evidence, "Compare its value with where it came from.")
	}
	return well("Every variable that the desk needs is set.", evidence)
}

// lookKeys says where the desk's credentials come from, and how old the last good ones are.
func lookKeys(_ context.Context, e *exam) []HopResult {
	var seen []string
	fault, lost := "", ""
	for _, k := range e.Keys() {
		seen = append(seen, k.Name+" from "+k.From+", read "+ago(k.At))
		if k.Fault != "" && fault == "" {
			fault = k.Name + ": " + k.Fault
		}
		if !k.Known && lost == "" {
			lost = k.Name
		}
	}
	evidence := strings.Join(seen, "; ")
	switch {
	case lost != "":
		return ill("key_missing", lost+" has not been read yet, so nothing can be filed. "+fault, evidence, "Bring the vault back, or set "+
			lost+" in the environment.")
	case fault != "":
		return warned("key_not_read", "A key could not be read again; the last good one is used. "+fault, evidence,
			"Bring the vault or the file back.")
	}
	return well("The keys are read again as they change.", evidence)
}

func lookDatabase(ctx context.Context, e *exam) []HopResult {
	err := e.Store.Current(ctx)
	switch {
	case errors.Is(err, store.ErrNewer):
		return ill("database_newer", "The database was migrated by a newer docket.", e.Store.Engine(), "Run the newer docket again.")
	case errors.Is(err, store.ErrBehind):
		return ill("database_behind", "The database is of an older version.", e.Store.Engine(), "Run: docket migrate")
	case err != nil:
		return ill("database_away", upper(e.Store.Explain(err))+".", e.Store.Engine(), "Bring the database back; docket goes on by itself.")
	}
	return well("The database answers and is of this version.", e.Store.Engine())
}

func lookWritable(ctx context.Context, e *exam) []HopResult {
	if err := e.Store.Beat(ctx, time.Now().UTC()); err != nil {
		return ill("database_read_only", upper(e.Store.Explain(err))+".", "",
			"Make the database writable: until then alerts are refused and their senders repeat them.")
	}
	return well("The database takes writes.", "")
}

// clockDiffers is how far two clocks may be apart before waits and windows are wrong.
const clockDiffers = 5 * time.Second

func lookClock(ctx context.Context, e *exam) []HopResult {
	theirs, err := e.Store.Clock(ctx)
	if err != nil {
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	apart := time.Since(theirs)
	if apart.Abs() > clockDiffers {
		return warned("clock_differs", fmt.Sprintf("The database's clock and this machine's are %s apart.", apart.Abs().Round(time.Second)), "",
			"Set both clocks by NTP.")
	}
	return well("The clocks agree.", fmt.Sprintf("%s apart", apart.Abs().Round(time.Millisecond)))
}

func lookAudit(ctx context.Context, e *exam) []HopResult {
	checked, err := e.Store.VerifyAudit(ctx)
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		return ill("audit_broken", fault.Sentence, fmt.Sprintf("row %d", fault.ID), "Find out who changed the table; compare with a backup.")
	case errors.Is(err, context.DeadlineExceeded):
		return well("The audit log is whole as far as there was time to look.", fmt.Sprintf("%d rows", checked))
	case err != nil:
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	return well("The audit log is whole.", fmt.Sprintf("%d rows", checked))
}

func lookFlags(_ context.Context, e *exam) []HopResult {
	var all []HopResult
	for _, f := range e.Flags() {
		found := HopResult{Hop: "flag " + f.Name, Level: Well, Sentence: "It is on."}
		if !f.On {
			found = HopResult{Hop: found.Hop, Level: Warned, Name: "flag_off", Sentence: "It is off.",
				Fix: "Turn it on once nothing speaks against it: docket flags set " + f.Name + " on"}
			if f.Pinned {
				found.Name, found.Sentence, found.Fix = "flag_pinned", "It is pinned off by the environment.",
					"Take its variable away, and start docket again."
			}
		}
		if f.By != "" {
			found.Evidence = "switched by " + f.By + " at " + f.At.Format(time.RFC3339)
		}
		all = append(all, found)
	}
	return all
}

// quietFor is how long all pushing sources may be silent before that is said; a calm system
// sends nothing for long, so it is a warning and no more.
const quietFor = 24 * time.Hour

func lookSources(_ context.Context, e *exam) []HopResult {
	var newest time.Time
	var heard []string
	for _, s := range e.Sources() {
		if s.Fault != "" {
			return ill("source_poll_failed", "The source "+s.Name+" cannot be polled: "+s.Fault, "last heard "+ago(s.At),
				"Check the address and the token of sources: "+s.Name+".")
		}
		if s.Every > 0 && time.Since(s.At) > 10*s.Every && time.Since(e.Booted) > 10*s.Every {
			return ill("source_silent", "The source "+s.Name+" has not been polled with success for long.", "last heard "+ago(s.At),
				"Check the address of sources: "+s.Name+".")
		}
		if s.At.After(newest) {
			newest = s.At
		}
		heard = append(heard, s.Name+" "+ago(s.At))
	}
	if newest.IsZero() {
		return warned("sources_silent", "No source has sent anything since docket started.", "since "+e.Booted.Format(time.RFC3339),
			"Send a test alert through your Alertmanager, or: docket send")
	}
	if time.Since(newest) > quietFor {
		return warned("sources_silent", "No source has sent anything for a day.", strings.Join(heard, ", "),
			"Send a test alert through your Alertmanager; a Watchdog alert (sources: expect) makes silence alarm by itself.")
	}
	return well("Sources are heard.", strings.Join(heard, ", "))
}

func ago(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return time.Since(at).Round(time.Second).String() + " ago"
}

// lookIDs: the flood of the runbook's failure mode 1 begins with a source that calls one alert
// by ever new ids. Docket keeps the first key; the source is to be mended all the same.
func lookIDs(_ context.Context, e *exam) []HopResult {
	all := e.Unstable()
	if len(all) == 0 {
		return well("No alert changes its id while it fires.", "")
	}
	return warned("ids_unstable",
		fmt.Sprintf("%d alerts come under ever new ids while they fire; their first key is kept, and nothing is filed twice.", len(all)),
		strings.Join(all[:min(len(all), 5)],
			"; "), "Let the source keep an alert's id for its lifetime, or name alerts by labels (sources: identity).")
}

// lookEmit: would an alert become a ticket now? Nothing is filed.
func lookEmit(ctx context.Context, e *exam) []HopResult {
	asks, why := e.Emit(ctx)
	if !asks {
		return warned("emit_refused", "An alert of P1 would get no ticket now: "+why, "", "See the flags and the silences.")
	}
	return well("An alert of P1 would ask for a ticket.", why)
}

// stuckAfter is how long a job may be overdue.
const stuckAfter = 2 * time.Minute

func lookJobs(ctx context.Context, e *exam) []HopResult {
	overdue, err := e.Store.OverdueEffects(ctx, nil, time.Now().Add(-stuckAfter), 10)
	if err != nil {
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	backlog, err := e.Store.Backlog(ctx)
	if err != nil {
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	var waiting, unknown int64
	for key, n := range backlog {
		waiting += n
		if key[1] == "unknown" {
			unknown += n
		}
	}
	evidence := fmt.Sprintf("%d waiting, %d with an unknown outcome", waiting, unknown)
	if len(overdue) > 0 {
		return warned("jobs_overdue", fmt.Sprintf("%d or more things to do are overdue.", len(overdue)), evidence+"; first "+overdue[0],
			"If the desk is well and docket runs, look at: docket incidents explain, for the first.")
	}
	return well("Nothing is stuck.", evidence)
}

func lookStale(ctx context.Context, e *exam) []HopResult {
	n, err := e.Store.CountStale(ctx, time.Now().Add(-e.Stale))
	if err != nil {
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	if n > 0 {
		return warned("tickets_stale", fmt.Sprintf("%d tickets are open although what they are about has been over for %s.", n, e.Stale), "",
			"Close them: docket tickets --stale lists them.")
	}
	return well("No ticket is stale.", "")
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string { return upper(strings.TrimSuffix(s, ".")) + "." }
