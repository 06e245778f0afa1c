package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"docket/internal/audit"
	"docket/internal/store"
)

// Doctor examines a running docket, keeps what it finds, and looks by itself from time to time.
type Doctor struct {
	patient Patient
	log     *slog.Logger
	// one lets one examination at a time run.
	one sync.Mutex
	// last is the verdict of the last one that the doctor made by itself, "" before the first.
	last Level
}

// New makes the doctor of a running docket.
func New(p Patient, log *slog.Logger) *Doctor { return &Doctor{patient: p, log: log} }

// Examine runs an examination and keeps it. A report is returned even where it could not be kept.
func (d *Doctor) Examine(ctx context.Context, o Options, actor audit.Actor) Examination {
	d.one.Lock()
	defer d.one.Unlock()
	o.By = actor.Name
	r := Run(ctx, d.patient, o)
	text, err := json.Marshal(r)
	if err == nil {
		err = d.patient.Store.AddCheckup(ctx, store.Checkup{At: r.At, By: r.By, Verdict: string(r.Verdict), Report: text}, audit.Entry{
			CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Action: audit.ActionDoctorRun,
			Payload: map[string]any{"verdict": string(r.Verdict), "sentence": r.Sentence, "canary": r.Canary},
		})
	}
	if err != nil {
		d.log.WarnContext(ctx, "what the doctor found could not be kept", "err", err)
	}
	return r
}

// Last returns the latest examinations, the newest first.
func (d *Doctor) Last(ctx context.Context, limit int) ([]Examination, error) {
	kept, err := d.patient.Store.Checkups(ctx, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Examination, 0, len(kept))
	for _, k := range kept {
		var r Examination
		if err := json.Unmarshal(k.Report, &r); err != nil {
			return nil, fmt.Errorf("read what the doctor found at %s: %w", k.At, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// Round is the examination that the doctor makes by itself.
type Round struct {
	// Canary files a ticket each time; Place is its mailbox in desks that have some.
	Canary bool
	Place  string
	// PingURL is called after a round without an ill hop, so that silence alarms; "" for none.
	PingURL string
	// Tell tells the operator of a change, once.
	Tell func(ctx context.Context, key, text string) error
	// Client calls PingURL.
	Client *http.Client
}

// Look makes one round: a change is said in the log, and once to the operator, however many
// replicas find it and however often they start.
func (d *Doctor) Look(ctx context.Context, round Round, now time.Time) error {
	ill, well, err := d.before(ctx)
	if err != nil {
		ill, well, err = now, now, nil // The database is away: the round says so. A change is named by its moment.
	}
	r := d.Examine(ctx, Options{Canary: round.Canary, Place: round.Place}, audit.System())
	if ctx.Err() != nil {
		return nil //nolint:nilerr // Stopped half way: nothing was found out.
	}
	was := d.last
	if was == "" && r.Verdict != Ill && ill.After(well) {
		was = Ill // As somebody found before this start.
	}
	d.last = r.Verdict
	switch {
	case r.Verdict == Ill && was != Ill:
		d.log.WarnContext(ctx, "doctor found a broken hop", "verdict", r.Sentence, "fix", r.Next)
		err = round.Tell(ctx, "doctor/ill/"+well.Format(time.RFC3339Nano), "Docket's doctor: "+r.Sentence+" "+r.Next)
	case r.Verdict != Ill && was == Ill:
		d.log.InfoContext(ctx, "doctor finds every hop whole again")
		err = round.Tell(ctx, "doctor/whole/"+ill.Format(time.RFC3339Nano), "Docket's doctor: every hop is whole again.")
	}
	if err != nil {
		d.last = was
		return fmt.Errorf("tell what the doctor found: %w", err)
	}
	if r.Verdict == Ill || round.PingURL == "" {
		return nil
	}
	return ping(ctx, round)
}

// before is when the doctor by itself, in any replica, last found an ill hop, and when it last found
// none. A change is named by the end of what was before: then all who find it mean the same one.
func (d *Doctor) before(ctx context.Context) (ill, well time.Time, err error) {
	if ill, err = d.patient.Store.LastCheckup(ctx, audit.System().Name, string(Ill), true); err != nil {
		return ill, well, err
	}
	well, err = d.patient.Store.LastCheckup(ctx, audit.System().Name, string(Ill), false)
	return ill, well, err
}

// pingWithin is how long the outside may take to note that we are alive.
const pingWithin = 10 * time.Second

func ping(ctx context.Context, round Round) error {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, round.PingURL, http.NoBody)
	if err != nil {
		return fmt.Errorf("call canary.ping_url: the address is not valid")
	}
	resp, err := round.Client.Do(req)
	if err != nil {
		return fmt.Errorf("call canary.ping_url: it cannot be reached")
	}
	defer resp.Body.Close() //nolint:errcheck // Only the status counts.
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("call canary.ping_url: it answered %d", resp.StatusCode)
	}
	return nil
}
