package freescout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
	"docket/internal/fault"
	"docket/internal/outbound"

	"github.com/google/go-cmp/cmp"
)

const (
	jsonBody  = `{"message":"Error occurred","_embedded":{"errors":[]}}`
	htmlBody  = "<!DOCTYPE html><html></html>"
	validBody = `{"message":"Error occurred","_embedded":{"errors":[{"path":"%s","message":"%s","source":"JSON"}]}}`
)

// The actions, as the tables below name them.
const (
	reading, setting = rest.Reading, rest.Setting
	creating, noting = rest.Creating, rest.Noting
)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func TestAnswersAreToldApart(t *testing.T) {
	html, json := headers("Content-Type", "text/html; charset=UTF-8"), headers("Content-Type", "application/json")
	cloudflare := headers("Content-Type", "text/html", "Server", "cloudflare", "Cf-Ray", "1-FRA")
	for _, row := range []struct {
		why    string
		action rest.Action
		status int
		header http.Header
		body   string
		class  fault.Class
		name   string
	}{
		{"Access by login host", creating, 302, headers("Location", "https://Team.CloudflareAccess.com/x"), "", fault.Refused, "access_refused"},
		{"Access by login path", creating, 302, headers("Location", "/cdn-cgi/access/login/t?kid=1"), "", fault.Refused, "access_refused"},
		{"not Access: a host that only looks so", creating, 302, headers("Location", "https://cloudflareaccess.com.evil.example/"), "",
			fault.Refused, "wrong_base_url"},
		{"not Access: a suffix without a dot", creating, 302, headers("Location", "https://notcloudflareaccess.com/"), "",
			fault.Refused, "wrong_base_url"},
		{"a Location that is no URL", creating, 302, headers("Location", "https://%zz"), "", fault.Refused, "wrong_base_url"},
		{"Access by challenge header, second value", reading, 401, headers("Www-Authenticate", "Basic", "Www-Authenticate", "Cloudflare-Access"),
			"", fault.Refused, "access_refused"},
		{"Access by session cookie", reading, 403, headers("Set-Cookie", "CF_AppSession=x"), htmlBody, fault.Refused, "access_refused"},
		{"Access by page", reading, 401, cloudflare, htmlBody, fault.Refused, "access_refused"},
		{"Access by JSON", reading, 403, headers("Content-Type", "application/json", "Server", "cloudflare"),
			`{"message":"Forbidden","aud":"x","ray_id":"1"}`, fault.Refused, "access_refused"},
		{"FreeScout's own 403 through Cloudflare, with Access's cookie of success", reading, 403,
			headers("Content-Type", "application/json", "Server", "cloudflare", "Set-Cookie", "CF_Authorization=x"), jsonBody,
			fault.Refused, "mailbox_forbidden"},
		{"FreeScout's 401", creating, 401, json, jsonBody, fault.Refused, "key_refused"},
		{"FreeScout's 401 without words", creating, 401, nil, "", fault.Refused, "key_refused"},
		{"another gate", reading, 401, headers("Content-Type", "text/html", "Server", "nginx", "Www-Authenticate", "Basic"), htmlBody,
			fault.Refused, "proxy_refused"},
		{"a bot challenge", creating, 403, headers("Cf-Mitigated", "challenge", "Server", "cloudflare"), htmlBody,
			fault.Refused, "challenge_refused"},
		{"HTML 404", reading, 404, html, htmlBody, fault.Refused, "module_missing"},
		{"HTML 404 on create", creating, 404, html, htmlBody, fault.Refused, "module_missing"},
		{"JSON 404", reading, 404, json, `{"message":"Not Found"}`, fault.Missing, "missing"},
		{"blank 404", reading, 404, nil, "", fault.Missing, "missing"},
		{"JSON 404 on create", creating, 404, json, jsonBody, fault.Unknown, "bad_answer"},
		{"405", creating, 405, json, jsonBody, fault.Refused, "method_refused"},
		{"413", creating, 413, html, htmlBody, fault.Refused, "too_large"},
		{"429", creating, 429, nil, "", fault.Unavailable, "rate_limited"},
		{"400, a value checked first", creating, 400, json, fmt.Sprintf(validBody, "mailboxId", "no"), fault.Refused, "rejected"},
		{"400, a thread's value", creating, 400, json, fmt.Sprintf(validBody, "threads[0].text", "no"), fault.Refused, "rejected"},
		{"400 after creating (issue 3025)", creating, 400, json, fmt.Sprintf(validBody, "customer", "Customer first name or email is required"),
			fault.Unknown, "rejected"},
		{"400 after creating, told of another field", creating, 400, json,
			fmt.Sprintf(validBody, "subject", "Customer first name or email is required"), fault.Unknown, "rejected"},
		{"400 about a field never seen", creating, 400, json, fmt.Sprintf(validBody, "colour", "no"), fault.Unknown, "rejected"},
		{"400 in the other shape", creating, 400, json, `{"message":"Invalid","errors":{"subject":["required"]}}`, fault.Refused, "rejected"},
		{"400 in the other shape, about the customer", creating, 400, json, `{"message":"Invalid","errors":{"customer.email":["required"]}}`,
			fault.Unknown, "rejected"},
		{"400 without fields", creating, 400, json, `{"message":"Bad"}`, fault.Unknown, "rejected"},
		{"400 in words", creating, 400, html, htmlBody, fault.Unknown, "rejected"},
		{"400 on a note's user", noting, 400, json, fmt.Sprintf(validBody, "user", "`user` parameter is required"), fault.Refused, "rejected"},
		{"400 on a note, unexplained", noting, 400, json, jsonBody, fault.Unknown, "rejected"},
		{"422", setting, 422, json, jsonBody, fault.Refused, "rejected"},
		{"500", creating, 500, json, jsonBody, fault.Unknown, "server_error"},
		{"503", creating, 503, headers("Retry-After", "3"), "", fault.Unknown, "service_unavailable"},
		{"503 on a PUT", setting, 503, nil, "", fault.Unavailable, "service_unavailable"},
		{"Cloudflare's 522", creating, 522, cloudflare, htmlBody, fault.Unknown, "proxy_error"},
		{"502 on a read", reading, 502, html, htmlBody, fault.Unavailable, "proxy_error"},
		{"a status of another world", creating, 418, nil, "", fault.Unknown, "bad_answer"},
		{"HTML as success", reading, 200, html, htmlBody, fault.Refused, "not_json"},
		{"HTML that calls itself JSON", reading, 200, json, htmlBody, fault.Refused, "not_json"},
		{"HTML as success of a create", creating, 200, html, htmlBody, fault.Unknown, "not_json"},
		{"success without an id (issue 2495)", creating, 200, nil, "", fault.Unknown, "no_id"},
		{"success with an id that is none", creating, 201, headers("Resource-ID", "-1"), `{"id":0}`, fault.Unknown, "no_id"},
		{"blank success of a read", reading, 200, json, "", fault.Unavailable, "bad_answer"},
	} {
		f := classify(exchange{Exchange: rest.Exchange{
			Action: row.action, Status: row.status, Header: row.header, Body: []byte(row.body), Sent: true,
		}})
		if f == nil || f.Class != row.class || f.Name != row.name || f.HTTPStatus != row.status {
			t.Errorf("%s: %+v, want class %d, name %s", row.why, f, row.class, row.name)
		}
	}
	for why, x := range map[string]exchange{
		"create, id in the header": {Exchange: rest.Exchange{Action: creating, Status: 201, Header: headers("Resource-ID", "12")}},
		"create, id in the body":   {Exchange: rest.Exchange{Action: creating, Status: 201, Body: []byte(`{"id":12}`)}},
		"create, id in the Location": {Exchange: rest.Exchange{
			Action: creating, Status: 201, Header: headers("Location", "https://h/api/conversations/12"),
		}},
		"read": {Exchange: rest.Exchange{Action: reading, Status: 200, Body: []byte(`{}`)}},
		"put":  {Exchange: rest.Exchange{Action: setting, Status: 204}},
	} {
		if f := classify(x); f != nil {
			t.Errorf("%s: %+v, want a success", why, f)
		}
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	for _, row := range []struct {
		err  error
		name string
	}{
		{&net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}, "dns_error"},
		{&net.DNSError{Err: "i/o timeout", Name: "h", IsTimeout: true}, "dns_error"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), "timeout"},
		{&net.OpError{Op: "read", Err: syscall.ETIMEDOUT}, "timeout"},
		{context.Canceled, "stopped"},
		{http.ErrSchemeMismatch, "tls_error"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "unreachable"},
		{io.ErrUnexpectedEOF, "connection_cut"},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "connection_cut"},
		{errors.New("anything"), "connection_failed"},
	} {
		for _, d := range []rest.Action{reading, setting, creating, noting} {
			want := fault.Unavailable
			if d == creating || d == noting {
				want = fault.Unknown
			}
			if f := classify(exchange{Exchange: rest.Exchange{Action: d, Sent: true, Err: row.err}}); f.Class != want || f.Name != row.name {
				t.Errorf("%v sent: %+v, want class %d, name %s", row.err, f, want, row.name)
			}
			if f := classify(exchange{Exchange: rest.Exchange{Action: d, Err: row.err}}); f.Class != fault.Unavailable || f.Name != row.name {
				t.Errorf("%v not sent: %+v, want unavailable %s", row.err, f, row.name)
			}
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0": 0, "-5": 0, "soon": 0, "1e3": 0, "9223372036854775807": time.Hour,
		"Mon, 23 Nov 2026 12:02:00 GMT": 2 * time.Minute, "Mon, 23 Nov 2026 11:00:00 GMT": 0, "Mon, 23 Nov 2099 12:00:00 GMT": time.Hour,
	} {
		if got := outbound.RetryAfter(headers("Retry-After", value), now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

func TestListsMustBeSaid(t *testing.T) {
	for _, body := range []string{
		"", "null", "[]", "{}", `{"_embedded":[],"page":{}}`, `{"_embedded":{},"page":{"number":1,"totalPages":1}}`,
		`{"_embedded":{"conversations":null},"page":{"number":1}}`, `{"_embedded":{"conversations":{}},"page":{"number":1}}`,
		`{"_embedded":{"conversations":[]}}`, `{"_embedded":{"tickets":[]},"page":{"number":1}}`, `{"_embedded":{"conversations":[`,
	} {
		if p, err := decodePage[conversation]([]byte(body), "conversations"); err == nil {
			t.Errorf("%s was read as a list of %d", body, len(p.items))
		}
	}
	for _, body := range []string{
		`{"_embedded":{"conversations":[]},"page":{"size":50,"totalElements":0,"totalPages":0,"number":1}}`,
		`{"_embedded":{"conversations":[]},"page":{"size":50,"totalElements":0,"totalPages":1,"number":1}}`,
	} {
		if p, err := decodePage[conversation]([]byte(body), "conversations"); err != nil || p.items == nil || len(p.items) != 0 {
			t.Errorf("%s: %v, %v, want an empty list", body, p, err)
		}
	}
}

func TestConversationToleratesWhatDoesNotMatter(t *testing.T) {
	body := `{"id":"17","number":null,"status":"renamed","state":null,"subject":null,"createdAt":7,"closedAt":null,"assignee":null,
		"_embedded":{"threads":[{"id":3,"type":"note","body":null,"createdAt":null},{"id":2,"type":"lineitem","body":[]}],"tags":[]}}`
	c, err := decodeConversation([]byte(body), 17, true)
	if err != nil {
		t.Fatal(err)
	}
	want := desk.Ticket{ID: "17", Number: "17", Status: desk.StatusOpen, URL: "https://h/conversation/17",
		Tags: []string{}, Notes: []string{""}}
	if diff := cmp.Diff(want, c.ticket("https://h")); diff != "" {
		t.Errorf("ticket (-want +got):\n%s", diff)
	}
	for _, body := range []string{`{"id":18,"_embedded":{"threads":[]}}`, `{"id":17,"_embedded":{}}`,
		`{"id":17,"_embedded":[]}`, `{"id":17}`, `[]`} {
		if _, err := decodeConversation([]byte(body), 17, true); err == nil {
			t.Errorf("%s was believed", body)
		}
	}
}

func TestListItemsWithoutAnythingEmbeddedAreRead(t *testing.T) {
	body := `{"_embedded":{"conversations":[{"id":5,"number":2,"subject":"s","_embedded":[]},{"id":6,"_embedded":null}]},` +
		`"page":{"number":1,"totalPages":1}}`
	p, err := decodePage[conversation]([]byte(body), "conversations")
	if err != nil || len(p.items) != 2 || p.items[0].ID != 5 {
		t.Errorf("PHP writes an empty map as []: %+v, %v", p, err)
	}
}
