package config

import "log/slog"

// LogConfig says what is logged.
type LogConfig struct {
	// The mildest level that is logged: debug, info, warning or error.
	Level string `yaml:"level" default:"info" env:"DOCKET_LOG_LEVEL" oneof:"debug info warning error"`
	// How a line is written: logfmt, which the operators' runbook searches, or json, one object a line. A change takes
	// effect at the next start.
	Format string `yaml:"format" default:"logfmt" env:"DOCKET_LOG_FORMAT" oneof:"logfmt json"`
}

// Slog is the level as the log knows it.
func (c LogConfig) Slog() slog.Level {
	switch c.Level {
	case "debug":
		return slog.LevelDebug
	case "warning":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}
