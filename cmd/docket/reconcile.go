package main

import (
	"fmt"

	"docket/internal/reconcile"
)

type reconcileCmd struct {
	DryRun        bool `help:"Only report; repair nothing."`
	AcceptMissing bool `help:"File tickets again even if more than half of them are missing."`
	JSON          bool `name:"json" help:"Print JSON."`
}

// Run compares Docket's state with the help desk now. It exits with code 1 if it found mismatches.
func (c *reconcileCmd) Run(s *session) error {
	r, err := onlyServer[reconcile.Report](s, "/api/v1/reconcile", map[string]bool{"dry_run": c.DryRun, "accept_missing": c.AcceptMissing},
		"only the running server can repair tickets")
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.out, r)
	} else {
		err = printReport(s, r)
	}
	switch {
	case err != nil:
		return err
	case r.Skipped != "":
		return &exitError{exitWarnings, r.String()}
	case len(r.Findings) > 0:
		return &exitError{exitWarnings, fmt.Sprintf("%s found", count(len(r.Findings), "mismatch"))}
	}
	return nil
}

func printReport(s *session, r reconcile.Report) error {
	if _, err := fmt.Fprintln(s.out, r.String()); err != nil || len(r.Findings) == 0 {
		return err
	}
	var rows [][]string
	for _, f := range r.Findings {
		rows = append(rows, []string{string(f.Kind), f.Did, f.Mark, "#" + f.Number, f.Sentence})
	}
	return table(s.out, []string{"FOUND", "DONE", "INCIDENT", "TICKET", "WHAT IT MEANS"}, rows, "")
}
