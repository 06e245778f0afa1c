package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/config"
	"docket/internal/query"
	"docket/internal/source"
)

type configCmd struct {
	Check  configCheckCmd  `cmd:"" help:"Check the configuration file and the environment; every mistake is printed with its line and column."`
	Show   configShowCmd   `cmd:"" help:"Show every key with the value in force and where it comes from; secrets are not shown."`
	Schema configSchemaCmd `cmd:"" help:"Print the JSON schema of the configuration file, for editors."`
}

type configCheckCmd struct {
	Sample string   `placeholder:"FILE" help:"Parse this body the way --source would, and print its alerts as JSON; - is standard input."`
	Source string   `placeholder:"NAME" help:"The source that parses the sample."`
	Header []string `placeholder:"NAME:VALUE" sep:"none" help:"A header of the sample's request."`
}

// Run checks the configuration.
func (c *configCheckCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if c.Sample != "" || c.Source != "" {
		return c.sample(s, cfg)
	}
	if _, err := fmt.Fprintf(s.out, "the configuration is valid: listen %s, desk %s, %d sources, %d routes\n", cfg.Listen, cfg.Desk,
		len(cfg.Sources), len(cfg.Routes)); err != nil {
		return err
	}
	warnings := config.UnknownVariables(s.environ)
	if dormant := cfg.Dormant(); len(dormant) > 0 {
		warnings = append(warnings, "set, but not used by this version: "+strings.Join(dormant, ", "))
	}
	if len(warnings) > 0 {
		return &exitError{exitWarnings, strings.Join(warnings, "\n  ")}
	}
	return nil
}

type configShowCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows the configuration in force.
func (c *configShowCmd) Run(s *session) error {
	settings, err := config.Show(s.config, s.lookup())
	if err != nil {
		return err
	}
	return look[config.Setting]{
		heading: []string{"KEY", "VALUE", "FROM"}, none: "No keys.",
		cells: func(set config.Setting) []string { return []string{set.Key, set.Value, set.From} },
	}.show(s, c.JSON, settings)
}

type configSchemaCmd struct{}

// Run prints the JSON schema.
func (c *configSchemaCmd) Run(s *session) error {
	_, err := s.out.Write(config.Schema)
	return err
}

// sampleRow is what one alert of the sample would become.
type sampleRow struct {
	query.AlertRow

	Link        string       `json:"link,omitempty"`
	Annotations alert.Labels `json:"annotations"`
	ExpiresAt   *time.Time   `json:"expires_at,omitempty"`
}

// sample parses a request body the way the source would. It stores nothing.
func (c *configCheckCmd) sample(s *session, cfg config.Config) error {
	if c.Sample == "" || c.Source == "" {
		return &exitError{exitErrors, "--sample and --source go together: set both"}
	}
	body, err := c.body(s)
	if err != nil {
		return fmt.Errorf("read the sample: %w", err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for _, h := range c.Header {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return &exitError{exitErrors, fmt.Sprintf("--header %.60q is not valid: write NAME:VALUE", h)}
		}
		header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	batch, err := config.Sample(cfg, c.Source, source.Push{Header: header, Body: body}, time.Now())
	if err != nil {
		return err
	}
	rows := make([]sampleRow, len(batch.Alerts))
	for i, a := range batch.Alerts {
		rows[i] = sampleRow{AlertRow: query.AlertRowOf(a), Link: a.Link, Annotations: a.Annotations}
		if !a.ExpiresAt.IsZero() {
			rows[i].ExpiresAt = &a.ExpiresAt
		}
	}
	if err := printJSON(s.out, rows); err != nil {
		return err
	}
	if len(batch.Rejected) == 0 {
		return nil
	}
	var faults []string
	for _, r := range batch.Rejected {
		faults = append(faults, r.Field+" "+r.Reason)
	}
	return &exitError{exitWarnings, "refused: " + strings.Join(faults, "\n  ")}
}

// maxSample is also the size limit for a request body.
const maxSample = 10 << 20

func (c *configCheckCmd) body(s *session) ([]byte, error) {
	if c.Sample == "-" {
		return io.ReadAll(io.LimitReader(s.in, maxSample))
	}
	f, err := os.Open(c.Sample)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // Only read from.
	return io.ReadAll(io.LimitReader(f, maxSample))
}

type versionCmd struct{}

// Run prints the version.
func (c *versionCmd) Run(s *session) error {
	_, err := fmt.Fprintln(s.out, "docket "+version)
	return err
}
