package console

import (
	"errors"
	"net/http"

	"docket/internal/answer"
	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/store"
)

// flagsPage shows the flags and who set them.
type flagsPage struct {
	Flags []controls.Flag
	// Confirm is the flag that is about to be turned off, "" for none.
	Confirm string
	Flips   []audit.Entry
	May     bool
}

const flipsShown = 30

func (c *Console) showFlags(r *http.Request) (shown, error) {
	flips, err := c.Store.ListAudit(r.Context(), store.AuditFilter{Action: audit.ActionFlagChanged, Limit: flipsShown})
	if err != nil {
		return shown{}, err
	}
	p := flagsPage{Flags: c.Board.Flags(), Confirm: r.FormValue("off"), Flips: flips, May: auth.From(r.Context()).Can(auth.Operate)}
	return shown{body: p}, nil
}

// postFlag sets a flag.
func (c *Console) postFlag(w http.ResponseWriter, r *http.Request) {
	var on bool
	switch r.FormValue("on") {
	case "1", "true", "on":
		on = true
	case "0", "false", "off":
	default:
		c.refuse(w, r, http.StatusBadRequest, "The form must set the flag on or off (on=1 or on=0).")
		return
	}
	flag, err := c.Board.SetFlag(r.Context(), r.FormValue("name"), on, r.FormValue("why"), auth.From(r.Context()).Actor())
	if err != nil {
		c.refused(w, r, err)
		return
	}
	if wantsJSON(r) {
		answer.JSON(w, http.StatusOK, map[string]any{"name": flag.Name, "on": flag.On})
		return
	}
	c.back(w, r, "/console/flags", result{Kind: "good", Text: flag.Name + " is now " + query.OnOff(flag.On) + " on every replica."})
}

// refused responds with the reason why a change was rejected.
func (c *Console) refused(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, controls.ErrNoSuch):
		c.refuse(w, r, http.StatusNotFound, sentence(err))
	case errors.Is(err, controls.ErrPinned):
		c.refuse(w, r, http.StatusConflict, sentence(err))
	case errors.Is(err, controls.ErrInvalid):
		c.refuse(w, r, http.StatusBadRequest, sentence(err))
	default:
		c.failed(w, r, err)
	}
}

// sentence turns an error's text into a sentence.
func sentence(err error) string {
	text := err.Error()
	if text == "" {
		return "This change is not possible."
	}
	return string(upper(text[0])) + text[1:] + "."
}

func upper(b byte) byte {
	if b >= 'a' && b <= 'z' {
		return b - 'a' + 'A'
	}
	return b
}
