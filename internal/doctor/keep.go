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

// Doctor examines a running Docket, stores the reports, and also runs by itself from time to time.
type Doctor struct {
	patient Patient
	log     *slog.Logger
	// one makes examinations run one at a time.
	one sync.Mutex
	// last is the verdict of the last examination that the doctor made by itself, "" before the first.
	last Level
}

// New makes the doctor of a running Docket.
func New(p Patient, log *slog.Logger) *Doctor { return &Doctor{patient: p, log: log} }

// Examine runs an examination and stores it. It returns the report even if it could not be stored.
func (d *Doctor) Examine(ctx context.Context, o Options, actor audit.Actor) Examination {
	d.one.Lock()
	defer d.one.Unlock()
	o.By = actor.Name
	r := Run(ctx, d.patient, o)
	text, err := json.Marshal(r)
	if err == nil {
		err = d.patient.Store.AddCheckup(ctx, store.Checkup{At: r.At, By: r.By, Verdict: r.Verdict.stored(), Report: text}, audit.Entry{
			CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Action: audit.ActionDoctorRun,
			Payload: map[string]any{"verdict": string(r.Verdict), "sentence": r.Sentence, "canary": r.Canary},
		})
	}
	if err != nil {
		d.log.WarnContext(ctx, "doctor report could not be stored", "err", err)
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
			return nil, fmt.Errorf("read the doctor report of %s: %w", k.At, err)
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
	// PingURL is called after a round without errors, so that somebody outside notices when the calls stop; "" for none.
	PingURL string
	// Tell tells the operator of a change, once.
	Tell func(ctx context.Context, key, text string) error
	// Client calls PingURL.
	Client *http.Client
}

// Look makes one round. A change is logged, and the operator is notified of it once, however many replicas find it and
// however often they start.
func (d *Doctor) Look(ctx context.Context, round Round, now time.Time) error {
	failedAt, passedAt, err := d.before(ctx)
	if err != nil {
		failedAt, passedAt, err = now, now, nil // The database does not answer: the round reports it.
	}
	r := d.Examine(ctx, Options{Canary: round.Canary, Place: round.Place}, audit.System())
	if ctx.Err() != nil {
		return nil //nolint:nilerr // Stopped half way: nothing was found out.
	}
	was := d.last
	if was == "" && r.Verdict != Error && failedAt.After(passedAt) {
		was = Error // Found before this start, or by another replica.
	}
	d.last = r.Verdict
	switch {
	case r.Verdict == Error && was != Error:
		d.log.WarnContext(ctx, "doctor found a broken hop", "verdict", r.Sentence, "fix", r.Next)
		err = round.Tell(ctx, "doctor/ill/"+passedAt.Format(time.RFC3339Nano), "Docket's doctor: "+r.Sentence+" "+r.Next)
	case r.Verdict != Error && was == Error:
		d.log.InfoContext(ctx, "doctor finds no broken hop any more")
		err = round.Tell(ctx, "doctor/whole/"+failedAt.Format(time.RFC3339Nano), "Docket's doctor: no errors any more.")
	}
	if err != nil {
		d.last = was
		return fmt.Errorf("notify the operator of the doctor report: %w", err)
	}
	if r.Verdict == Error || round.PingURL == "" {
		return nil
	}
	return ping(ctx, round)
}

// before is when the doctor by itself, in any replica, last found an error, and when it last found none. A change is
// identified by the end of the state before it, so that all replicas mean the same one.
func (d *Doctor) before(ctx context.Context) (failedAt, passedAt time.Time, err error) {
	if failedAt, err = d.patient.Store.LastCheckup(ctx, audit.System().Name, Error.stored(), true); err != nil {
		return failedAt, passedAt, err
	}
	passedAt, err = d.patient.Store.LastCheckup(ctx, audit.System().Name, Error.stored(), false)
	return failedAt, passedAt, err
}

// pingWithin is how long the call of PingURL may take.
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
