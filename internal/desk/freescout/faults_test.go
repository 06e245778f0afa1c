package freescout_test

import (
	"net/http"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/fault"
)

const (
	testMark = desktest.KnownMark
	newMark  = desktest.NewMark
)

// The suite's words, for the other tests.
var (
	draft     = desktest.Draft
	outcomeOf = desktest.Outcome
)

// orders are the operations by which the fake knows a desk's methods.
var orders = map[string]fakedesk.Op{
	"Create": fakedesk.OpCreate, "Note": fakedesk.OpNote, "Find": fakedesk.OpFind, "Get": fakedesk.OpGet, "Tag": fakedesk.OpTag,
	"SetStatus": fakedesk.OpStatus, "Check": fakedesk.OpMailboxes,
}

var secrets = []string{apiKey, accessID, accessSecret, "do-not-show"}

// suspect is FreeScout, at a fake that misbehaves.
func suspect() desktest.Suspect[fakedesk.Kind] {
	return desktest.Suspect[fakedesk.Kind]{
		Open: func(t *testing.T, hasty bool) (d, patient desk.Desk, fake desktest.Fake[fakedesk.Kind]) {
			t.Helper()
			server, url := start(t, gated)
			config := configFor(url)
			if hasty {
				config.CreateTimeout, config.Timeout = desktest.CallLimit, desktest.CallLimit
			}
			return open(t, config), open(t, configFor(url)), desktest.Fake[fakedesk.Kind]{
				Order: func(kind fakedesk.Kind, verb string) {
					server.Order(fakedesk.Fault{Kind: kind, On: orders[verb], Delay: desktest.Delay, RetryAfter: 7 * time.Second})
				},
				Made: func() int { return server.Stats().Creates[newMark] },
			}
		},
		Except:  map[fakedesk.Kind]map[string]string{fakedesk.Invalid400Done: {"SetStatus": "ok"}}, // It looks, and finds it set.
		Secrets: secrets,
		Look: func(t *testing.T, kind fakedesk.Kind, verb string, f *fault.Fault) {
			t.Helper()
			if kind == fakedesk.TooMany429 && (f.RetryAfter != 7*time.Second || f.HTTPStatus != http.StatusTooManyRequests) {
				t.Errorf("%s: %+v, want to retry after 7 s", verb, f)
			}
		},
	}
}

// TestEveryFaultHasItsClass orders each fault for each verb over a real socket.
func TestEveryFaultHasItsClass(t *testing.T) {
	desktest.RunFaults(t, desktest.Outcomes[fakedesk.Kind]{
		fakedesk.LateAnswer:      {"unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		fakedesk.SlowCommit:      {"unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		fakedesk.NeverAnswer:     {"unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		fakedesk.DoneNeverAnswer: {"unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		fakedesk.CutBeforeCommit: {"unknown connection_cut", "unknown connection_cut", "unavailable connection_cut",
			"unavailable connection_cut"},
		fakedesk.CutAfterCommit: {"unknown connection_cut", "unknown connection_cut", "unavailable connection_cut", "unavailable connection_cut"},
		fakedesk.CutInBody:      {"unknown connection_cut", "unknown connection_cut", "unavailable connection_cut", "ok"},
		fakedesk.Unavailable503: {"unknown service_unavailable", "unknown service_unavailable", "unavailable service_unavailable",
			"unavailable service_unavailable"},
		fakedesk.Error500:       {"unknown server_error", "unknown server_error", "unavailable server_error", "unavailable server_error"},
		fakedesk.Error500Done:   {"unknown server_error", "unknown server_error", "unavailable server_error", "unavailable server_error"},
		fakedesk.BadGateway502:  {"unknown proxy_error", "unknown proxy_error", "unavailable proxy_error", "unavailable proxy_error"},
		fakedesk.GatewayTimeout: {"unknown proxy_error", "unknown proxy_error", "unavailable proxy_error", "unavailable proxy_error"},
		fakedesk.TooMany429: {
			"unavailable rate_limited", "unavailable rate_limited",
			"unavailable rate_limited", "unavailable rate_limited",
		},
		fakedesk.Invalid400:     {"refused rejected", "unknown rejected", "refused rejected", "refused rejected"},
		fakedesk.Invalid400Done: {"unknown rejected", "unknown rejected", "refused rejected", "refused rejected"},
		fakedesk.NoID:           {"unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		fakedesk.BodyID:         {"ok", "", "", ""},
		fakedesk.LocationID:     {"ok", "", "", ""},
		fakedesk.Vanish:         {"ok", "ok", "ok", "ok"},
		fakedesk.NotFoundJSON:   {"unknown bad_answer", "missing missing", "", ""}, //nolint:dupword // The class, then the fault.
		fakedesk.ModuleMissing:  {"refused module_missing", "refused module_missing", "refused module_missing", ""},
		fakedesk.Moved:          {"refused wrong_base_url", "refused wrong_base_url", "refused wrong_base_url", "refused wrong_base_url"},
		fakedesk.HTML:           {"unknown not_json", "unknown not_json", "refused not_json", "refused not_json"},
		fakedesk.HTMLDone:       {"unknown not_json", "unknown not_json", "refused not_json", "refused not_json"},
		fakedesk.Garbage:        {"unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		fakedesk.Empty:          {"unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		fakedesk.WrongShape:     {"unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		fakedesk.HugeBody:       {"unknown bad_answer", "unknown bad_answer", "unavailable bad_answer", "ok"},
		fakedesk.KeyRefused:     {"refused key_refused", "refused key_refused", "refused key_refused", "refused key_refused"},
		fakedesk.Forbidden: {
			"refused mailbox_forbidden", "refused mailbox_forbidden",
			"refused mailbox_forbidden", "refused mailbox_forbidden",
		},
		fakedesk.AccessRedirect:  {"refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		fakedesk.AccessDenied401: {"refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		fakedesk.AccessDenied403: {"refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		fakedesk.AccessHeader401: {"refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		fakedesk.BrowserChallenge: {"refused challenge_refused", "refused challenge_refused", "refused challenge_refused",
			"refused challenge_refused"},
	}, suspect())
}

// prepared makes one ticket and lets the desk learn nothing more.
func prepared(t *testing.T, d *freescout.Desk) string {
	t.Helper()
	id, err := d.Create(t.Context(), draft(testMark))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func checkFault(t *testing.T, verb string, err error) {
	t.Helper()
	desktest.CheckFault(t, verb, err, secrets...)
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	desktest.NoSecret(t, where, text, secrets...)
}

func TestRefusedAndUnavailableCreatesMadeNothing(t *testing.T) {
	desktest.RunCreates(t, []fakedesk.Kind{
		fakedesk.LateAnswer, fakedesk.DoneNeverAnswer, fakedesk.CutBeforeCommit, fakedesk.CutAfterCommit, fakedesk.CutInBody,
		fakedesk.Unavailable503, fakedesk.Error500Done, fakedesk.GatewayTimeout, fakedesk.TooMany429, fakedesk.Invalid400,
		fakedesk.Invalid400Done, fakedesk.NoID, fakedesk.ModuleMissing, fakedesk.Moved, fakedesk.HTMLDone, fakedesk.KeyRefused,
		fakedesk.AccessRedirect, fakedesk.AccessDenied401, fakedesk.AccessDenied403,
	}, suspect())
}
