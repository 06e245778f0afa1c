package github_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/fault"
)

const (
	testMark  = "0123456789abcdef.1"
	newMark   = "fedcba9876543210.3"
	callLimit = 150 * time.Millisecond
)

func draft(mark string) desk.Draft {
	return desk.Draft{Mark: mark, Subject: "P1 Disk full [" + mark + "]", Body: "It is full.\n[" + mark + "]"}
}

// verbs are a desk's methods, each with the operation that the fake knows it by.
var verbs = []struct {
	name string
	on   fakegithub.Op
	do   func(ctx context.Context, d *github.Desk, id string) error
}{
	{"Create", fakegithub.OpCreate, func(ctx context.Context, d *github.Desk, _ string) error {
		_, err := d.Create(ctx, draft(newMark))
		return err
	}},
	{"Note", fakegithub.OpNote, func(ctx context.Context, d *github.Desk, id string) error { return d.Note(ctx, id, "noted") }},
	{"Find", fakegithub.OpList, func(ctx context.Context, d *github.Desk, _ string) error {
		_, err := d.Find(ctx, testMark)
		return err
	}},
	{"Get", fakegithub.OpGet, func(ctx context.Context, d *github.Desk, id string) error {
		_, err := d.Get(ctx, id)
		return err
	}},
	{"Tag", fakegithub.OpTag, func(ctx context.Context, d *github.Desk, id string) error {
		return d.Tag(ctx, id, []string{"auto:alert"})
	}},
	{"SetStatus", fakegithub.OpEdit, func(ctx context.Context, d *github.Desk, id string) error {
		return d.SetStatus(ctx, id, desk.StatusClosed)
	}},
	{"Check", fakegithub.OpRepository, func(ctx context.Context, d *github.Desk, _ string) error { return d.Check(ctx) }},
}

// outcome is what one verb makes of one fault: a class and a name, "ok" for a success.
type outcome string

// TestEveryFaultHasItsClass orders each fault for each verb over a real socket. Columns: what twice would
// be two (create, note), what only reads (find, get, check), and what twice is once (tag, status).
func TestEveryFaultHasItsClass(t *testing.T) {
	const refused, unavailable, unknown, missing = "refused ", "unavailable ", "unknown ", "missing "
	rows := []struct {
		kind                       fakegithub.Kind
		create, note, reading, put outcome
	}{
		{fakegithub.LateAnswer, unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		{fakegithub.SlowCommit, unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		{fakegithub.NeverAnswer, unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		{fakegithub.DoneNeverAnswer, unknown + "timeout", unknown + "timeout", unavailable + "timeout", unavailable + "timeout"},
		{
			fakegithub.CutBeforeCommit, unknown + "connection_cut", unknown + "connection_cut",
			unavailable + "connection_cut", unavailable + "connection_cut",
		},
		{
			fakegithub.CutAfterCommit, unknown + "connection_cut", unknown + "connection_cut",
			unavailable + "connection_cut", unavailable + "connection_cut",
		},
		{fakegithub.CutInBody, unknown + "connection_cut", unknown + "connection_cut", unavailable + "connection_cut", "ok"},
		{fakegithub.CutLocation, "ok", "", "", ""},
		{fakegithub.Error500, unknown + "server_error", unknown + "server_error", unavailable + "server_error", unavailable + "server_error"},
		{fakegithub.Error500Done, unknown + "server_error", unknown + "server_error", unavailable + "server_error", unavailable + "server_error"},
		{fakegithub.BadGateway502, unknown + "proxy_error", unknown + "proxy_error", unavailable + "proxy_error", unavailable + "proxy_error"},
		{
			fakegithub.Unavailable503, unknown + "service_unavailable", unknown + "service_unavailable",
			unavailable + "service_unavailable", unavailable + "service_unavailable",
		},
		{fakegithub.GatewayTimeout, unknown + "proxy_error", unknown + "proxy_error", unavailable + "proxy_error", unavailable + "proxy_error"},
		{
			fakegithub.Secondary403, unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		{
			fakegithub.Secondary429, unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		{
			fakegithub.Primary403, unavailable + "rate_limited", unavailable + "rate_limited",
			unavailable + "rate_limited", unavailable + "rate_limited",
		},
		{fakegithub.Validation422, refused + "rejected", refused + "rejected", refused + "rejected", refused + "rejected"},
		{fakegithub.NoNumber, unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		{fakegithub.HTML, unknown + "not_json", unknown + "not_json", refused + "not_json", refused + "not_json"},
		{fakegithub.HTMLDone, unknown + "not_json", unknown + "not_json", refused + "not_json", refused + "not_json"},
		{fakegithub.Garbage, unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		{fakegithub.Empty, unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		{fakegithub.WrongShape, unknown + "no_id", unknown + "no_id", unavailable + "bad_answer", "ok"},
		{fakegithub.Unauthorized, refused + "key_refused", refused + "key_refused", refused + "key_refused", refused + "key_refused"},
		{
			fakegithub.NotAccessible, refused + "permission_missing", refused + "permission_missing",
			refused + "permission_missing", refused + "permission_missing",
		},
		{fakegithub.SSO, refused + "sso_required", refused + "sso_required", refused + "sso_required", refused + "sso_required"},
		{
			fakegithub.AddressRefused, refused + "address_refused", refused + "address_refused",
			refused + "address_refused", refused + "address_refused",
		},
		{fakegithub.NotFound, refused + "repository_missing", missing + "missing", "", missing + "missing"},
		{fakegithub.ProxyRefused, refused + "proxy_refused", refused + "proxy_refused", refused + "proxy_refused", refused + "proxy_refused"},
		{fakegithub.Elsewhere, refused + "wrong_base_url", refused + "wrong_base_url", refused + "wrong_base_url", refused + "wrong_base_url"},
		{fakegithub.Vanish, "ok", "ok", "ok", "ok"},
	}
	for _, row := range rows {
		t.Run(string(row.kind), func(t *testing.T) {
			t.Parallel()
			for _, verb := range verbs {
				columns := map[string]outcome{"Create": row.create, "Note": row.note, "Tag": row.put, "SetStatus": row.put}
				want, named := columns[verb.name]
				if !named {
					want = row.reading
				}
				if want != "" {
					tryFault(t, row.kind, verb.name, want)
				}
			}
		})
	}
}

func tryFault(t *testing.T, kind fakegithub.Kind, name string, want outcome) {
	t.Helper()
	fake, url := start(t, fakegithub.Options{})
	config := configFor(url)
	if strings.HasSuffix(string(want), " timeout") {
		config.CreateTimeout, config.Timeout = callLimit, callLimit
	}
	d, id := open(t, config), prepared(t, open(t, configFor(url)))
	for _, verb := range verbs {
		if verb.name != name {
			continue
		}
		fake.Order(fakegithub.Fault{Kind: kind, On: verb.on, Delay: 4 * callLimit, RetryAfter: 90 * time.Second})
		err := verb.do(t.Context(), d, id)
		if got := outcomeOf(err); got != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
		checkFault(t, name, err)
		checkWait(t, kind, fault.As(err))
	}
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

func outcomeOf(err error) outcome {
	if err == nil {
		return "ok"
	}
	return outcome(fault.ClassOf(err).String() + " " + fault.NameOf(err))
}

// checkFault holds every error to what errors owe: a type, words for people, no secret.
func checkFault(t *testing.T, verb string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Errorf("%s: %T is no *fault.Fault", verb, err)
		return
	}
	if f.Name == "" || f.Sentence == "" || f.Fix == "" {
		t.Errorf("%s: %+v lacks a name, a sentence or a fix", verb, f)
	}
	for err := error(f); err != nil; err = errors.Unwrap(err) {
		noSecret(t, verb, err.Error()+f.Fix)
	}
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{token, "do-not-show", "PRIVATE KEY-----\n", "ghs_"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret: %s", where, text)
		}
	}
}

// TestRefusedAndUnavailableCreatesMadeNothing is the contract behind the classes, seen from the desk: only
// an unknown create may have made a ticket.
func TestRefusedAndUnavailableCreatesMadeNothing(t *testing.T) {
	kinds := []fakegithub.Kind{
		fakegithub.LateAnswer, fakegithub.DoneNeverAnswer, fakegithub.CutBeforeCommit, fakegithub.CutAfterCommit, fakegithub.CutInBody,
		fakegithub.Error500Done, fakegithub.GatewayTimeout, fakegithub.NoNumber, fakegithub.HTMLDone, fakegithub.Secondary403,
		fakegithub.Primary403, fakegithub.Validation422, fakegithub.Unauthorized, fakegithub.NotAccessible, fakegithub.NotFound,
		fakegithub.Elsewhere, fakegithub.RoundAndRound,
	}
	for _, kind := range kinds {
		fake, url := start(t, fakegithub.Options{})
		config := configFor(url)
		config.CreateTimeout = callLimit
		on := fakegithub.OpCreate
		if kind == fakegithub.RoundAndRound {
			on = fakegithub.OpAny
		}
		fake.Order(fakegithub.Fault{Kind: kind, On: on, Delay: 4 * callLimit})
		id, err := open(t, config).Create(t.Context(), draft(newMark))
		made := fake.Stats().Creates[newMark]
		if made > 0 && err != nil && fault.ClassOf(err) != fault.Unknown {
			t.Errorf("%s: a ticket was made, but the error says that surely none was: %v", kind, err)
		}
		if err == nil || id != "" {
			t.Errorf("%s: Create returned id %q and error %v", kind, id, err)
		}
	}
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
	for _, verb := range verbs {
		if got := outcomeOf(verb.do(t.Context(), d, home+"/issues/1")); got != "unavailable unreachable" {
			t.Errorf("%s: %s", verb.name, got)
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
