package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/app"
	"docket/internal/doctor"
	"docket/internal/store"
	"docket/internal/web"
)

type doctorCmd struct {
	Canary  bool  `help:"File a test ticket, read it back, find it by its mark and close it."`
	Mailbox int64 `placeholder:"ID" help:"The mailbox of the test ticket, in a desk that has mailboxes; the operations mailbox by default."`
	JSON    bool  `name:"json" help:"Print JSON."`
}

// Run checks every step of filing a ticket. Exit codes: 0 OK, 1 warnings, 2 errors.
func (c *doctorCmd) Run(s *session) error {
	r, err := c.examine(s)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.out, r)
	} else {
		err = printExamination(s, r)
	}
	switch {
	case err != nil:
		return err
	case r.Verdict == doctor.Error:
		return &exitError{exitErrors, r.Sentence}
	case r.Verdict == doctor.Warning:
		return &exitError{exitWarnings, r.Sentence}
	}
	return nil
}

// examine asks the running server to examine itself. If none is running, it runs the checks from here. An unreadable
// configuration is reported as the first failing hop.
func (c *doctorCmd) examine(s *session) (doctor.Examination, error) {
	cfg, err := s.load()
	if err != nil {
		return notConfigured(err), nil
	}
	var r doctor.Examination
	err = s.client(cfg).Post(s.ctx, "/api/v1/doctor", map[string]any{"canary": c.Canary, "mailbox_id": c.Mailbox}, &r)
	if err == nil || !errors.Is(err, web.ErrNoServer) {
		return r, err
	}
	if s.named(cfg) {
		return r, fmt.Errorf("%w: start it, or omit the address to run the checks from here", err)
	}
	st, err := store.Open(s.ctx, cfg.Database.Reveal(), store.Options{})
	if err != nil {
		return found("database", "database_away", err.Error(), "Start docket: docket serve"), nil
	}
	defer st.Close() //nolint:errcheck // Only read from.
	if err := st.Current(s.ctx); err != nil {
		sentence := st.Explain(err)
		if errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrBehind) {
			sentence = err.Error()
		}
		return found("database", "database_away", sentence, "Bring the database back, or run: docket migrate"), nil
	}
	patient, err := app.Patient(s.ctx, cfg, st, version)
	if err != nil {
		return r, err
	}
	return doctor.Run(s.ctx, patient, doctor.Options{Canary: c.Canary, Place: doctor.PlaceOf(c.Mailbox), By: "command line"}), nil
}

// notConfigured returns the report for a configuration with mistakes.
func notConfigured(err error) doctor.Examination {
	return found("environment", "config_mistakes", err.Error(), "Fix these mistakes, then run: docket config check")
}

// found returns a report with one failing hop, for when nothing after it could be checked.
func found(hop, name, sentence, fix string) doctor.Examination {
	return doctor.Examination{
		At: time.Now().UTC(), By: "command line", Verdict: doctor.Error, Sentence: hop + ": " + sentence, Next: fix,
		Findings: []doctor.HopResult{{Hop: hop, Level: doctor.Error, Name: name, Sentence: sentence, Fix: fix}},
	}
}

func printExamination(s *session, r doctor.Examination) error {
	signs := map[doctor.Level]string{doctor.Skipped: "-"}
	for _, f := range r.Findings {
		line := fmt.Sprintf("%-7s  %-22s %s", cmp.Or(signs[f.Level], string(f.Level)), f.Hop, f.Sentence)
		if f.Evidence != "" {
			line += " (" + f.Evidence + ")"
		}
		if f.Name != "" {
			line += " [" + f.Name + "]"
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
		if f.Fix != "" {
			if _, err := fmt.Fprintln(s.out, strings.Repeat(" ", 32)+"→ "+f.Fix); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(s.out, "\n%s\n", r.Sentence)
	if err == nil && r.Next != "" {
		_, err = fmt.Fprintln(s.out, "Next: "+r.Next)
	}
	return err
}
