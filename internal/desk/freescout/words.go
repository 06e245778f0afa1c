package freescout

import "docket/internal/health"

// LogWords are what operators search the log for: the runbook of the system that Docket replaces has these words.
func (*Desk) LogWords() health.Words {
	return health.Words{
		Failing:    "freescout degraded: ticket filing failed, trying again",
		Back:       "desk is back",
		Auth:       "freescout_auth_error",
		AuthFaults: []string{"access_refused", "access_token_missing", "key_refused", "mailbox_forbidden"},
		Long:       "freescout degraded for long: the operator is notified",
	}
}
