package console

import (
	"net/http"
	"time"

	"docket/internal/auth"
	"docket/internal/doctor"
)

// doctorPage shows the doctor's latest examination and earlier ones.
type doctorPage struct {
	Last    *doctor.Examination
	Earlier []doctor.Examination
	May     bool
}

const reportsShown = 20

func (c *Console) showDoctor(r *http.Request) (shown, error) {
	all, err := c.Doctor.Last(r.Context(), reportsShown)
	if err != nil {
		return shown{}, err
	}
	p := doctorPage{May: auth.From(r.Context()).Can(auth.Operate)}
	if len(all) > 0 {
		p.Last, p.Earlier = &all[0], all[1:]
	}
	return shown{body: p}, nil
}

// postDoctor runs the checks now. A canary takes a while, and the response waits for it.
func (c *Console) postDoctor(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(5 * time.Minute)) // If it cannot be set, the usual deadline applies.
	report := c.Doctor.Examine(r.Context(), doctor.Options{Canary: r.FormValue("canary") == "1"}, auth.From(r.Context()).Actor())
	c.back(w, r, "/console/doctor", result{Kind: levelOf(report.Verdict).Kind, Text: report.Sentence})
}

// level is how one of the doctor's levels is shown: its word and the kind of its marker.
type level struct{ Word, Kind string }

// levelOf also understands the words that earlier versions stored.
func levelOf(l doctor.Level) level {
	switch l {
	case "ok", "well":
		return level{"OK", "good"}
	case "warning", "warned":
		return level{"Warning", "warn"}
	case "error", "ill":
		return level{"Error", "bad"}
	case doctor.Skipped:
	}
	return level{"Skipped", "none"}
}
