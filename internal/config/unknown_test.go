package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAVariableThatDocketDoesNotReadIsNamed(t *testing.T) {
	t.Parallel()
	got := UnknownVariables([]string{
		"DOCKET_LISTN=127.0.0.1:1", "FREESCOUT_APIKEY=secret", "SLACK_BOT_TOKEN_FIEL=/x", "DOCKET_PORT=80", "FLAG_CONSOLE_ALERTS_AUTO_TICKETS=1",
		// Known, empty, somebody else's, or from Kubernetes.
		"DOCKET_LISTEN=127.0.0.1:1", "DATABASE_URL_FILE=/x", "DOCKET_CONFIG=x", "DOCKET_TYPO=", "HOME=/root", "DOCKET_TEST_PG_BIN=/x",
		"DOCKET_SERVICE_HOST=10.0.0.1", "DOCKET_SERVICE_PORT_HTTP=80", "FREESCOUT_PORT=tcp://10.0.0.2:80", "DOCKET_PORT_80_TCP_ADDR=10.0.0.1",
	})
	want := []string{
		"Docket does not read the variable DOCKET_LISTN; did you mean DOCKET_LISTEN?",
		"Docket does not read the variable DOCKET_PORT; did you mean PORT?",
		"Docket does not read the variable FLAG_CONSOLE_ALERTS_AUTO_TICKETS; did you mean FLAG_CONSOLE_ALERTS_AUTO_TICKET?",
		"Docket does not read the variable FREESCOUT_APIKEY; did you mean FREESCOUT_API_KEY?",
		"Docket does not read the variable SLACK_BOT_TOKEN_FIEL; did you mean SLACK_BOT_TOKEN_FILE?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
