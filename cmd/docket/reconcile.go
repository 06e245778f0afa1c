package main

import (
	"errors"
	"fmt"

	"docket/internal/reconcile"
)

type reconcileCmd struct {
	Desk          string `placeholder:"NAME" help:"The desk to compare with; all desks in use by default."`
	DryRun        bool   `help:"Only report; repair nothing."`
	AcceptMissing bool   `help:"File tickets again even if more than half of them are missing."`
	JSON          bool   `name:"json" help:"Print JSON: one report, or a list of them if several desks were compared."`
}

// Run compares Docket's state with the help desks now. It exits with code 1 if it found mismatches. A desk that cannot
// be compared holds up no other one.
func (c *reconcileCmd) Run(s *session) error {
	names, err := c.desks(s)
	if err != nil {
		return err
	}
	var reports []reconcile.Report
	var failed []error
	for _, name := range names {
		r, err := onlyServer[reconcile.Report](s, "/api/v1/reconcile",
			map[string]any{"desk": name, "dry_run": c.DryRun, "accept_missing": c.AcceptMissing}, "only the running server can repair tickets")
		switch {
		case err == nil:
			reports = append(reports, r)
		case len(names) > 1:
			failed = append(failed, fmt.Errorf("compare with %s: %w", name, err))
		default:
			return err
		}
	}
	if err := c.print(s, reports, len(names) > 1); err != nil {
		return err
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return verdict(reports)
}

// desks returns the names of the desks to compare with. "" is the default desk.
func (c *reconcileCmd) desks(s *session) ([]string, error) {
	if c.Desk != "" {
		return []string{c.Desk}, nil
	}
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	var ready struct{ Desks []struct{ Desk string } }
	if err := s.client(cfg).Get(s.ctx, "/readyz", nil, &ready); err != nil || len(ready.Desks) < 2 {
		return []string{""}, nil //nolint:nilerr // The comparison itself says what is wrong with the server.
	}
	var names []string
	for _, d := range ready.Desks {
		names = append(names, d.Desk)
	}
	return names, nil
}

func (c *reconcileCmd) print(s *session, reports []reconcile.Report, several bool) error {
	if c.JSON && several {
		return printJSON(s.out, reports)
	}
	for _, r := range reports {
		show := printReport
		if c.JSON {
			show = func(s *session, r reconcile.Report) error { return printJSON(s.out, r) }
		}
		if err := show(s, r); err != nil {
			return err
		}
	}
	return nil
}

// verdict is an error with exit code 1 if there were mismatches, or if a desk was not compared.
func verdict(reports []reconcile.Report) error {
	findings := 0
	for _, r := range reports {
		if r.Skipped != "" {
			return &exitError{exitWarnings, r.String()}
		}
		findings += len(r.Findings)
	}
	if findings > 0 {
		return &exitError{exitWarnings, fmt.Sprintf("%s found", count(findings, "mismatch"))}
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
