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

// checks are all checks in the order of the steps: what a step needs comes before it.
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
		return warning("no_server", "Docket is not running here: no alerts are received and no tickets are filed.", "", "Start it: docket serve")
	}
	return passed("Docket is running.", "since "+e.Booted.Format(time.RFC3339))
}

// lookConfiguration: a changed file with a mistake is not in force, although whoever changed it may think that it is.
func lookConfiguration(_ context.Context, e *exam) []HopResult {
	c := e.Configuration()
	evidence := "in force since " + c.Since.Format(time.RFC3339)
	if c.Fault != "" {
		return warning("config_not_taken", "The changed configuration file has a mistake, so the previous configuration is still in force.",
			c.Fault+" (read "+c.Read.Format(time.RFC3339)+"; "+evidence+")", c.Fix)
	}
	return passed("The configuration is in force.", evidence)
}

// lookEnvironment is step 0 of the runbook. Values are never shown.
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
		return failed("env_missing", strings.Join(missing, ", ")+" is not set.", evidence, "Set "+missing[0]+" (or "+missing[0]+
			"_FILE) and restart Docket.")
	case len(doubts) > 0:
		return warning("env_doubtful", strings.Join(doubts, "; ")+".", evidence, "Compare the value with its source.")
	}
	return passed("All variables that the desk needs are set.", evidence)
}

// lookKeys reports where the desk's credentials come from, and how old the last good ones are.
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
		return failed("key_missing", lost+" has not been read yet, so no tickets can be filed. "+fault, evidence, "Check the vault, or set "+
			lost+" in the environment.")
	case fault != "":
		return warning("key_not_read", "A key could not be reloaded; the last good one is still used. "+fault, evidence,
			"Check the vault or the file.")
	}
	return passed("Changed keys are reloaded.", evidence)
}

func lookDatabase(ctx context.Context, e *exam) []HopResult {
	err := e.Store.Current(ctx)
	switch {
	case errors.Is(err, store.ErrNewer):
		return failed("database_newer", "The database was migrated by a newer version of Docket.", e.Store.Engine(),
			"Run the newer version again.")
	case errors.Is(err, store.ErrBehind):
		return failed("database_behind", "The database has not been migrated to this version.", e.Store.Engine(), "Run: docket migrate")
	case err != nil:
		return failed("database_away", upper(e.Store.Explain(err))+".", e.Store.Engine(), bringBack)
	}
	return passed("The database answers and has the right version.", e.Store.Engine())
}

func lookWritable(ctx context.Context, e *exam) []HopResult {
	if err := e.Store.Beat(ctx, time.Now().UTC()); err != nil {
		return failed("database_read_only", upper(e.Store.Explain(err))+".", "",
			"Make the database writable. Until then alerts are refused, and their senders retry.")
	}
	return passed("The database is writable.", "")
}

// clockDiffers is how far two clocks may be apart before waits and windows are wrong.
const clockDiffers = 5 * time.Second

func lookClock(ctx context.Context, e *exam) []HopResult {
	theirs, err := e.Store.Clock(ctx)
	if err != nil {
		return e.databaseAway(err)
	}
	apart := time.Since(theirs)
	if apart.Abs() > clockDiffers {
		return warning("clock_differs",
			fmt.Sprintf("The clocks of the database and this machine differ by %s.", apart.Abs().Round(time.Second)), "",
			"Synchronize both clocks with NTP.")
	}
	return passed("The clocks agree.", fmt.Sprintf("they differ by %s", apart.Abs().Round(time.Millisecond)))
}

func lookAudit(ctx context.Context, e *exam) []HopResult {
	checked, err := e.Store.VerifyAudit(ctx)
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		return failed("audit_broken", fault.Sentence, fmt.Sprintf("row %d", fault.ID),
			"Find out who changed the table, and compare it with a backup.")
	case errors.Is(err, context.DeadlineExceeded):
		return passed("The audit log is intact as far as there was time to check it.", fmt.Sprintf("%d rows", checked))
	case err != nil:
		return e.databaseAway(err)
	}
	return passed("The audit log is intact.", fmt.Sprintf("%d rows", checked))
}

func lookFlags(_ context.Context, e *exam) []HopResult {
	var all []HopResult
	for _, f := range e.Flags() {
		found := HopResult{Hop: "flag " + f.Name, Level: OK, Sentence: "The flag is on."}
		if !f.On {
			found = HopResult{Hop: found.Hop, Level: Warning, Name: "flag_off", Sentence: "The flag is off.",
				Fix: "Turn it on again: docket flags set " + f.Name + " on"}
			if f.Pinned {
				found.Name, found.Sentence, found.Fix = "flag_pinned", "The flag is pinned off by the environment.",
					"Unset its variable and restart Docket."
			}
		}
		if f.By != "" {
			found.Evidence = "set by " + f.By + " at " + f.At.Format(time.RFC3339)
		}
		all = append(all, found)
	}
	return all
}

// quietFor is how long all sources that push may be silent before there is a warning. It is not an error, because a
// healthy system may send nothing for a long time.
const quietFor = 24 * time.Hour

func lookSources(_ context.Context, e *exam) []HopResult {
	var newest time.Time
	var heard []string
	for _, s := range e.Sources() {
		if s.Fault != "" {
			return failed("source_poll_failed", "The source "+s.Name+" cannot be polled: "+s.Fault, "last received "+ago(s.At),
				"Check the address and the token of the source "+s.Name+".")
		}
		if s.Every > 0 && time.Since(s.At) > 10*s.Every && time.Since(e.Booted) > 10*s.Every {
			return failed("source_silent", "The source "+s.Name+" has not been polled successfully for a long time.", "last received "+ago(s.At),
				"Check the address of the source "+s.Name+".")
		}
		if s.At.After(newest) {
			newest = s.At
		}
		heard = append(heard, s.Name+" "+ago(s.At))
	}
	if newest.IsZero() {
		return warning("sources_silent", "No source has sent anything since Docket started.", "since "+e.Booted.Format(time.RFC3339),
			"Send a test alert through your Alertmanager, or run: docket send")
	}
	if time.Since(newest) > quietFor {
		return warning("sources_silent", "No source has sent anything for a day.", strings.Join(heard, ", "),
			"Send a test alert through your Alertmanager. With a Watchdog alert (sources: expect), you are notified of such a silence.")
	}
	return passed("Alerts are being received.", strings.Join(heard, ", "))
}

func ago(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return time.Since(at).Round(time.Second).String() + " ago"
}

// lookIDs: the flood of the runbook's failure mode 1 begins with a source that keeps giving one alert new ids. Docket
// keeps the first key; the source should be fixed all the same.
func lookIDs(_ context.Context, e *exam) []HopResult {
	all := e.Unstable()
	if len(all) == 0 {
		return passed("All alerts keep their id while they fire.", "")
	}
	return warning("ids_unstable",
		fmt.Sprintf("%d alerts keep getting new ids while they fire. Their first key is kept, and nothing is filed twice.", len(all)),
		strings.Join(all[:min(len(all), 5)],
			"; "), "Make the source keep an alert's id while it fires, or identify alerts by labels (sources: identity).")
}

// lookEmit: would an alert become a ticket now? Nothing is filed.
func lookEmit(ctx context.Context, e *exam) []HopResult {
	asks, why := e.Emit(ctx)
	if !asks {
		return warning("emit_refused", "A P1 alert would not get a ticket now: "+why, "", "Check the flags and the silences.")
	}
	return passed("A P1 alert would get a ticket.", why)
}

// stuckAfter is how long a job may be overdue.
const stuckAfter = 2 * time.Minute

func lookJobs(ctx context.Context, e *exam) []HopResult {
	overdue, err := e.Store.OverdueEffects(ctx, nil, time.Now().Add(-stuckAfter), 10)
	if err != nil {
		return e.databaseAway(err)
	}
	backlog, err := e.Store.Backlog(ctx)
	if err != nil {
		return e.databaseAway(err)
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
		return warning("jobs_overdue", fmt.Sprintf("%d or more help desk operations are overdue.", len(overdue)), evidence+"; first "+overdue[0],
			"If the desk works and Docket is running, run docket incidents explain for the first one.")
	}
	return passed("No help desk operation is stuck.", evidence)
}

func lookStale(ctx context.Context, e *exam) []HopResult {
	n, err := e.Store.CountStale(ctx, time.Now().Add(-e.Stale))
	if err != nil {
		return e.databaseAway(err)
	}
	if n > 0 {
		return warning("tickets_stale", fmt.Sprintf("%d tickets are still open although their incidents ended more than %s ago.", n, e.Stale), "",
			"Close them. To list them, run: docket tickets --stale")
	}
	return passed("There are no stale tickets.", "")
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// bringBack is what to do about a database that does not answer.
const bringBack = "Check the database. Docket continues by itself once it answers."

// databaseAway is the result of a check whose query failed.
func (e *exam) databaseAway(err error) []HopResult {
	return failed("database_away", upper(e.Store.Explain(err))+".", "", bringBack)
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string { return upper(strings.TrimSuffix(s, ".")) + "." }
