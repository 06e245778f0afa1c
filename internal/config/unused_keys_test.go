package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/desk/freescout"
	"docket/internal/notify/slack"
)

func TestWhatIsConfiguredAndDoesNothingYetIsSaid(t *testing.T) {
	t.Parallel()
	c := Defaults()
	if got := c.Dormant(); got != nil {
		t.Errorf("the defaults name %v", got)
	}
	direct := c.Notifiers["slack"].(*slack.Settings)
	direct.Users, direct.SigningSecret = []string{"U1"}, "secret"
	c.Desks["freescout"].(*freescout.Settings).WebhookSecret = "secret"
	c.Policies.Backfill, c.Policies.Storm.Limit, c.Policies.ReopenWithin, c.Policies.InvestigateWindow = "all", 1, time.Minute, time.Minute
	c.Reconcile.Every = time.Hour
	want := []string{"slack.users", "slack.signing_secret"}
	if diff := cmp.Diff(want, c.Dormant()); diff != "" {
		t.Error(diff)
	}
}
