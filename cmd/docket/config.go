package main

import (
	"fmt"
	"strings"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Check the configuration file and the environment; every mistake is printed with its line and column."`
}

type configCheckCmd struct{}

// Run checks the configuration.
func (c *configCheckCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.out, "the configuration is good: listen %s, desk %s, %d sources, %d routes\n", cfg.Listen, cfg.Desk, len(cfg.Sources), len(cfg.Routes)); err != nil {
		return err
	}
	if dormant := cfg.Dormant(); len(dormant) > 0 {
		return &exitError{exitWarned, "set, and read, but this version does nothing with it yet: " + strings.Join(dormant, ", ")}
	}
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (c *versionCmd) Run(s *session) error {
	_, err := fmt.Fprintln(s.out, "docket "+version)
	return err
}
