package alert_test

import (
	"encoding/json"
	"testing"

	"docket/internal/alert"
)

func TestSeverityIsReadFromItsWords(t *testing.T) {
	own := map[string]alert.Severity{"critical": alert.P2, "page": alert.P1, "": alert.P5, "Page": alert.P4}
	tests := []struct {
		word  string
		words map[string]alert.Severity
		want  alert.Severity
	}{
		{"critical", nil, alert.P1}, {"error", nil, alert.P2}, {"high", nil, alert.P2},
		{"warning", nil, alert.P3}, {"info", nil, alert.P4},
		{"P1", nil, alert.P1}, {"p5", nil, alert.P5}, {" CRITICAL ", nil, alert.P1},
		{"", nil, alert.P3}, {"none", nil, alert.P3}, {"P6", nil, alert.P3}, {"P0", nil, alert.P3},
		{"critical", own, alert.P2}, {"page", own, alert.P1}, {"Page", own, alert.P4}, {"", own, alert.P5},
		{"warning", own, alert.P3}, {"nonsense", own, alert.P3},
	}
	for _, tt := range tests {
		if got := alert.SeverityOf(tt.word, tt.words); got != tt.want {
			t.Errorf("SeverityOf(%q, %v) = %s, want %s", tt.word, tt.words, got, tt.want)
		}
	}
}

func TestSeverityRanksP1Worst(t *testing.T) {
	for s := alert.P1; s <= alert.P5; s++ {
		if got := s.WorseOrEqual(alert.P2); got != (s == alert.P1 || s == alert.P2) {
			t.Errorf("%s.WorseOrEqual(P2) = %v", s, got)
		}
	}
	if alert.Severity(0).WorseOrEqual(alert.P5) {
		t.Error("a severity that is not said counts as bad")
	}
}

func TestSeveritySurvivesJSON(t *testing.T) {
	for s := alert.P1; s <= alert.P5; s++ {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back alert.Severity
		if err := json.Unmarshal(text, &back); err != nil || back != s {
			t.Errorf("%s came back from %s as %s: %v", s, text, back, err)
		}
	}
	if _, err := alert.ParseSeverity("urgent"); err == nil {
		t.Error("ParseSeverity accepts urgent")
	}
}
