package github_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
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
var orders = map[string]fakegithub.Op{
	"Create": fakegithub.OpCreate, "Note": fakegithub.OpNote, "Find": fakegithub.OpList, "Get": fakegithub.OpGet, "Tag": fakegithub.OpTag,
	"SetStatus": fakegithub.OpEdit, "Check": fakegithub.OpRepository,
}

var secrets = []string{token, "do-not-show", "PRIVATE KEY-----\n", "ghs_"}

// suspect is GitHub, at a fake that misbehaves.
func suspect() desktest.Suspect[fakegithub.Kind] {
	return desktest.Suspect[fakegithub.Kind]{
		Open: func(t *testing.T, hasty bool) (d, patient desk.Desk, fake desktest.Fake[fakegithub.Kind]) {
			t.Helper()
			server, url := start(t, fakegithub.Options{})
			config := configFor(url)
			if hasty {
				config.CreateTimeout, config.Timeout = desktest.CallLimit, desktest.CallLimit
			}
			return open(t, config), open(t, configFor(url)), desktest.Fake[fakegithub.Kind]{
				Order: func(kind fakegithub.Kind, verb string) {
					on := orders[verb]
					if kind == fakegithub.RoundAndRound {
						on = fakegithub.OpAny
					}
					server.Order(fakegithub.Fault{Kind: kind, On: on, Delay: desktest.Delay, RetryAfter: 90 * time.Second})
				},
				Made: func() int { return server.Stats().Creates[newMark] },
			}
		},
		Secrets: secrets,
		Look: func(t *testing.T, kind fakegithub.Kind, _ string, f *fault.Fault) {
			t.Helper()
			checkWait(t, kind, f)
		},
	}
}

// TestEveryFaultHasItsClass orders each fault for each verb over a real socket.
func TestEveryFaultHasItsClass(t *testing.T) {
	const refused, unavailable, unknown, missing = "refused ", "unavailable ", "unknown ", "missing "
	desktest.RunFaults(t, desktest.Outcomes[fakegithub.Kind]{
		fakegithub.LateAnswer:      {unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		fakegithub.SlowCommit:      {unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		fakegithub.NeverAnswer:     {unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		fakegithub.DoneNeverAnswer: {unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		fakegithub.CutBeforeCommit: {
			unknown + "connection_cut", unknown + "connection_cut",
			unavailable + "connection_cut", unavailable + "connection_cut",
		},
		fakegithub.CutAfterCommit: {
			unknown + "connection_cut", unknown + "connection_cut",
			unavailable + "connection_cut", unavailable + "connection_cut",
		},
		fakegithub.CutInBody:   {unknown + "connection_cut", unknown + "connection_cut", unavailable + "connection_cut", "ok"},
		fakegithub.CutLocation: {"ok", "", "", ""},
		fakegithub.Error500: {
			unknown + "server_error", unknown + "server_error",
			unavailable + "server_error", unavailable + "server_error",
		},
		fakegithub.Error500Done: {
			unknown + "server_error", unknown + "server_error",
			unavailable + "server_error", unavailable + "server_error",
		},
		fakegithub.BadGateway502: {unknown + "proxy_error", unknown + "proxy_error", unavailable + "proxy_error", unavailable + "proxy_error"},
		fakegithub.Unavailable503: {
			unknown + "service_unavailable", unknown + "service_unavailable",
			unavailable + "service_unavailable", unavailable + "service_unavailable",
		},
		fakegithub.GatewayTimeout: {unknown + "proxy_error", unknown + "proxy_error", unavailable + "proxy_error", unavailable + "proxy_error"},
		fakegithub.Secondary403: {
			unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		fakegithub.Secondary429: {
			unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		fakegithub.Primary403: {
			unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		fakegithub.Validation422: {refused + "rejected", refused + "rejected", refused + "rejected", refused + "rejected"},
		fakegithub.NoNumber:      {unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		fakegithub.HTML:          {unknown + "not_json", unknown + "not_json", refused + "not_json", refused + "not_json"},
		fakegithub.HTMLDone:      {unknown + "not_json", unknown + "not_json", refused + "not_json", refused + "not_json"},
		fakegithub.Garbage:       {unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		fakegithub.Empty:         {unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		fakegithub.WrongShape:    {unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		fakegithub.Unauthorized:  {refused + "key_refused", refused + "key_refused", refused + "key_refused", refused + "key_refused"},
		fakegithub.NotAccessible: {
			refused + "permission_missing", refused + "permission_missing",
			refused + "permission_missing", refused + "permission_missing",
		},
		fakegithub.SSO: {refused + "sso_required", refused + "sso_required", refused + "sso_required", refused + "sso_required"},
		fakegithub.AddressRefused: {
			refused + "address_refused", refused + "address_refused",
			refused + "address_refused", refused + "address_refused",
		},
		fakegithub.NotFound:     {refused + "repository_missing", missing + "missing", "", missing + "missing"},
		fakegithub.ProxyRefused: {refused + "proxy_refused", refused + "proxy_refused", refused + "proxy_refused", refused + "proxy_refused"},
		fakegithub.Elsewhere:    {refused + "wrong_base_url", refused + "wrong_base_url", refused + "wrong_base_url", refused + "wrong_base_url"},
		fakegithub.Vanish:       {"ok", "ok", "ok", "ok"},
	}, suspect())
}

// checkWait: every limit says how long to wait, and one that names no time means a minute.
func checkWait(t *testing.T, kind fakegithub.Kind, f *fault.Fault) {
	t.Helper()
	want := map[fakegithub.Kind]time.Duration{
		fakegithub.Secondary403: 90 * time.Second, fakegithub.Secondary429: time.Minute, fakegithub.Primary403: 90 * time.Second,
	}[kind]
	if want > 0 && (f.RetryAfter-want).Abs() > 2*time.Second {
		t.Errorf("%s: wait %v, want %v", kind, f.RetryAfter, want)
	}
}

// prepared makes one ticket and lets the desk learn nothing more.
func prepared(t *testing.T, d *github.Desk) string {
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
	desktest.RunCreates(t, []fakegithub.Kind{
		fakegithub.LateAnswer, fakegithub.DoneNeverAnswer, fakegithub.CutBeforeCommit, fakegithub.CutAfterCommit, fakegithub.CutInBody,
		fakegithub.Error500Done, fakegithub.GatewayTimeout, fakegithub.NoNumber, fakegithub.HTMLDone, fakegithub.Secondary403,
		fakegithub.Primary403, fakegithub.Validation422, fakegithub.Unauthorized, fakegithub.NotAccessible, fakegithub.NotFound,
		fakegithub.Elsewhere, fakegithub.RoundAndRound,
	}, suspect())
}

// TestEveryNamedFaultHasWords: the table is what log, console, doctor and docs show.
func TestEveryNamedFaultHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range github.Faults {
		if seen[f.Name] || f.Sentence == "" || f.Fix == "" || !strings.HasSuffix(f.Sentence, ".") || !strings.Contains(f.Fix, ".") {
			t.Errorf("the fault %q is there twice, or lacks a sentence", f.Name)
		}
		seen[f.Name] = true
	}
}

// TestAHostThatIsNotThereIsUnavailable: nothing was sent, so that nothing can have been made.
func TestAHostThatIsNotThereIsUnavailable(t *testing.T) {
	d := open(t, configFor("http://127.0.0.1:1"))
	for _, verb := range desktest.Verbs() {
		if got := outcomeOf(verb.Do(t.Context(), d, home+"/issues/1")); got != "unavailable unreachable" {
			t.Errorf("%s: %s", verb.Name, got)
		}
	}
}

func TestCallsCarryWhatGitHubAsksFor(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	if err := d.Note(t.Context(), id, "noted"); err != nil {
		t.Fatal(err)
	}
	for _, r := range fake.Requests() {
		for name, want := range map[string]string{
			"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "docket/test",
			"Authorization": "Bearer " + token,
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", r.Method, r.Path, name, got, want)
			}
		}
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %q", r.Method, r.Path, r.Header.Get("Content-Type"))
		}
	}
}
