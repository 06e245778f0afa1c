package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"docket/internal/web"
)

type healthCmd struct {
	Timeout time.Duration `default:"5s" placeholder:"DURATION" help:"How long to wait for an answer."`
	JSON    bool          `name:"json" help:"Print JSON."`
}

// healthRow is what a server reports about itself.
type healthRow struct {
	Alive   bool   `json:"alive"`
	Ready   bool   `json:"ready"`
	Version string `json:"version"`
	Error   string `json:"error"`
}

// Run asks the running server whether it is alive and ready. Exit codes: 0 ready, 1 not ready, as container health
// checks expect.
func (c *healthCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, c.Timeout)
	defer cancel()
	server := s.client(cfg)
	var row healthRow
	err = server.Get(ctx, "/healthz", nil, &row)
	row.Alive = err == nil
	if row.Alive {
		err = server.Get(ctx, "/readyz", nil, &row)
	}
	if err != nil {
		row.Error = err.Error()
	}
	if refused, ok := errors.AsType[*web.Refused](err); ok && row.Alive {
		row.Error = refused.Sentence
	}
	if c.JSON {
		if err := printJSON(s.out, row); err != nil {
			return err
		}
	}
	switch {
	case !row.Alive:
		return &exitError{exitWarnings, row.Error}
	case !row.Ready:
		return &exitError{exitWarnings, "alive, but not ready: " + row.Error}
	case c.JSON:
		return nil
	}
	_, err = fmt.Fprintf(s.out, "Docket %s is ready.\n", row.Version)
	return err
}
