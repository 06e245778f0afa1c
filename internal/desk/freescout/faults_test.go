package freescout_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
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
	on   fakedesk.Op
	do   func(ctx context.Context, d *freescout.Desk, id string) error
}{
	{"Create", fakedesk.OpCreate, func(ctx context.Context, d *freescout.Desk, _ string) error {
		_, err := d.Create(ctx, draft(newMark))
		return err
	}},
	{"Note", fakedesk.OpNote, func(ctx context.Context, d *freescout.Desk, id string) error { return d.Note(ctx, id, "noted") }},
	{"Find", fakedesk.OpFind, func(ctx context.Context, d *freescout.Desk, _ string) error {
		_, err := d.Find(ctx, testMark)
		return err
	}},
	{"Get", fakedesk.OpGet, func(ctx context.Context, d *freescout.Desk, id string) error {
		_, err := d.Get(ctx, id)
		return err
	}},
	{"Tag", fakedesk.OpTag, func(ctx context.Context, d *freescout.Desk, id string) error {
		return d.Tag(ctx, id, []string{"auto:alert"})
	}},
	{"SetStatus", fakedesk.OpStatus, func(ctx context.Context, d *freescout.Desk, id string) error {
		return d.SetStatus(ctx, id, desk.StatusClosed)
	}},
	{"Check", fakedesk.OpMailboxes, func(ctx context.Context, d *freescout.Desk, _ string) error { return d.Check(ctx) }},
}

// outcome is what one verb makes of one fault: a class and a name, "ok" for a success.
type outcome string

// TestEveryFaultHasItsClass orders each fault for each verb over a real socket. Columns:
// what may be done twice by mistake (create, note), reading (find, get, check), and PUTs.
func TestEveryFaultHasItsClass(t *testing.T) {
	rows := []struct {
		kind                       fakedesk.Kind
		create, note, reading, put outcome
	}{
		{fakedesk.LateAnswer, "unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		{fakedesk.SlowCommit, "unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		{fakedesk.NeverAnswer, "unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		{fakedesk.DoneNeverAnswer, "unknown timeout", "unknown timeout", "unavailable timeout", "unavailable timeout"},
		{fakedesk.CutBeforeCommit, "unknown connection_cut", "unknown connection_cut", "unavailable connection_cut",
			"unavailable connection_cut"},
		{fakedesk.CutAfterCommit, "unknown connection_cut", "unknown connection_cut", "unavailable connection_cut", "unavailable connection_cut"},
		{fakedesk.CutInBody, "unknown connection_cut", "unknown connection_cut", "unavailable connection_cut", "ok"},
		{fakedesk.Unavailable503, "unknown service_unavailable", "unknown service_unavailable", "unavailable service_unavailable",
			"unavailable service_unavailable"},
		{fakedesk.Error500, "unknown server_error", "unknown server_error", "unavailable server_error", "unavailable server_error"},
		{fakedesk.Error500Done, "unknown server_error", "unknown server_error", "unavailable server_error", "unavailable server_error"},
		{fakedesk.BadGateway502, "unknown proxy_error", "unknown proxy_error", "unavailable proxy_error", "unavailable proxy_error"},
		{fakedesk.GatewayTimeout, "unknown proxy_error", "unknown proxy_error", "unavailable proxy_error", "unavailable proxy_error"},
		{fakedesk.TooMany429, "unavailable rate_limited", "unavailable rate_limited", "unavailable rate_limited", "unavailable rate_limited"},
		{fakedesk.Invalid400, "refused rejected", "unknown rejected", "refused rejected", "refused rejected"},
		{fakedesk.Invalid400Done, "unknown rejected", "unknown rejected", "refused rejected", "refused rejected"},
		{fakedesk.NoID, "unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		{fakedesk.BodyID, "ok", "", "", ""},
		{fakedesk.LocationID, "ok", "", "", ""},
		{fakedesk.Vanish, "ok", "ok", "ok", "ok"},
		{fakedesk.NotFoundJSON, "unknown bad_answer", "missing missing", "", ""}, //nolint:dupword // The class, then the fault.
		{fakedesk.ModuleMissing, "refused module_missing", "refused module_missing", "refused module_missing", ""},
		{fakedesk.Moved, "refused wrong_base_url", "refused wrong_base_url", "refused wrong_base_url", "refused wrong_base_url"},
		{fakedesk.HTML, "unknown not_json", "unknown not_json", "refused not_json", "refused not_json"},
		{fakedesk.HTMLDone, "unknown not_json", "unknown not_json", "refused not_json", "refused not_json"},
		{fakedesk.Garbage, "unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		{fakedesk.Empty, "unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		{fakedesk.WrongShape, "unknown no_id", "unknown no_id", "unavailable bad_answer", "ok"},
		{fakedesk.HugeBody, "unknown bad_answer", "unknown bad_answer", "unavailable bad_answer", "ok"},
		{fakedesk.KeyRefused, "refused key_refused", "refused key_refused", "refused key_refused", "refused key_refused"},
		{fakedesk.Forbidden, "refused mailbox_forbidden", "refused mailbox_forbidden", "refused mailbox_forbidden", "refused mailbox_forbidden"},
		{fakedesk.AccessRedirect, "refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		{fakedesk.AccessDenied401, "refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		{fakedesk.AccessDenied403, "refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		{fakedesk.AccessHeader401, "refused access_refused", "refused access_refused", "refused access_refused", "refused access_refused"},
		{fakedesk.BrowserChallenge, "refused challenge_refused", "refused challenge_refused", "refused challenge_refused",
			"refused challenge_refused"},
	}
	for _, row := range rows {
		t.Run(string(row.kind), func(t *testing.T) {
			t.Parallel()
			for _, verb := range verbs {
				want := map[string]outcome{"Create": row.create, "Note": row.note, "Tag": row.put, "SetStatus": row.put}[verb.name]
				if verb.name == "Find" || verb.name == "Get" || verb.name == "Check" {
					want = row.reading
				}
				if row.kind == fakedesk.Invalid400Done && verb.name == "SetStatus" {
					want = "ok" // it looks, and finds the status already set
				}
				if want == "" {
					continue
				}
				fake, url := start(t, gated)
				config := configFor(url)
				if strings.HasSuffix(string(want), " timeout") {
					config.CreateTimeout, config.Timeout = callLimit, callLimit
				}
				d := open(t, config)
				id := prepared(t, open(t, configFor(url)))
				fake.Order(fakedesk.Fault{Kind: row.kind, On: verb.on, Delay: 4 * callLimit, RetryAfter: 7 * time.Second})
				err := verb.do(t.Context(), d, id)
				if got := outcomeOf(err); got != want {
					t.Errorf("%s: %q (%v), want %q", verb.name, got, err, want)
				}
				checkFault(t, verb.name, err)
				if row.kind == fakedesk.TooMany429 {
					var f *fault.Fault
					if !errors.As(err, &f) || f.RetryAfter != 7*time.Second || f.HTTPStatus != http.StatusTooManyRequests {
						t.Errorf("%s: %+v, want to retry after 7 s", verb.name, f)
					}
				}
			}
		})
	}
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
	for _, secret := range []string{apiKey, accessID, accessSecret, "do-not-show"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret: %s", where, text)
		}
	}
}

// TestRefusedAndUnavailableCreatesMadeNothing is the contract behind the classes, seen
// from the desk: only an unknown create may have made a ticket.
func TestRefusedAndUnavailableCreatesMadeNothing(t *testing.T) {
	kinds := []fakedesk.Kind{
		fakedesk.LateAnswer, fakedesk.DoneNeverAnswer, fakedesk.CutBeforeCommit, fakedesk.CutAfterCommit, fakedesk.CutInBody,
		fakedesk.Unavailable503, fakedesk.Error500Done, fakedesk.GatewayTimeout, fakedesk.TooMany429, fakedesk.Invalid400,
		fakedesk.Invalid400Done, fakedesk.NoID, fakedesk.ModuleMissing, fakedesk.Moved, fakedesk.HTMLDone, fakedesk.KeyRefused,
		fakedesk.AccessRedirect, fakedesk.AccessDenied401, fakedesk.AccessDenied403,
	}
	for _, kind := range kinds {
		fake, url := start(t, gated)
		config := configFor(url)
		config.CreateTimeout = callLimit
		fake.Order(fakedesk.Fault{Kind: kind, On: fakedesk.OpCreate, Delay: 4 * callLimit})
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
