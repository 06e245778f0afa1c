package main

import "fmt"

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
	_, err = fmt.Fprintf(s.out, "the configuration is good: listen %s, desk %s, %d sources, %d routes\n", cfg.Listen, cfg.Desk, len(cfg.Sources), len(cfg.Routes))
	return err
}

type versionCmd struct{}

// Run prints the version.
func (c *versionCmd) Run(s *session) error {
	_, err := fmt.Fprintln(s.out, "docket "+version)
	return err
}
