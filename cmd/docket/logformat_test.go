package main

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
)

func TestTheLogMayBeJSONInTheSameWords(t *testing.T) {
	t.Parallel()
	var logfmt, asJSON strings.Builder
	for format, out := range map[string]*strings.Builder{"logfmt": &logfmt, "json": &asJSON} {
		newLoggerIn(format, out, slog.LevelInfo).Warn("ticket_filed", "alert_key", "6612ebf8e038d184")
	}
	if !strings.Contains(logfmt.String(), "level=WARNING msg=ticket_filed alert_key=6612ebf8e038d184") {
		t.Errorf("logfmt: %s", logfmt.String())
	}
	var line map[string]string
	if err := json.Unmarshal([]byte(asJSON.String()), &line); err != nil || line["level"] != "WARNING" || line["msg"] != "ticket_filed" {
		t.Errorf("json: %s, %v", asJSON.String(), err)
	}
}
