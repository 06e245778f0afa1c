package web_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"docket/internal/auth"
	"docket/internal/fault"
)

// tokens are one for each scope; a token's secret is its name with a tail.
func tokens() []auth.Token {
	var all []auth.Token
	for _, scope := range []string{string(auth.Ingest), string(auth.Read), string(auth.Operate), string(auth.Admin)} {
		all = append(all, auth.Token{Name: scope + "er", Secret: fault.Secret(scope + "-secret-0123456789"), Scopes: []string{scope}})
	}
	return all
}

// route is one way in and who may take it. Its path is the pattern; try is a real one.
type route struct {
	method, path, try string
	open              bool
	// for whom, beside admin.
	scopes []string
}

var (
	reading  = []string{string(auth.Read), string(auth.Operate)}
	changing = []string{string(auth.Operate)}
	sending  = []string{string(auth.Ingest)}
)

// allRoutes is every route of the face itself; the tests below prove that none is missing.
// The login's are tested in internal/auth, the console's in internal/console.
var allRoutes = []route{
	{method: "GET", path: "/{$}", try: "/", open: true},
	{method: "GET", path: "/healthz", open: true},
	{method: "GET", path: "/readyz", open: true},
	{method: "GET", path: "/metrics", open: true},
	{method: "GET", path: "/api/openapi.json", open: true},
	{method: "POST", path: "/hooks/{source}", try: "/hooks/alertmanager", scopes: sending},
	{method: "POST", path: "/hooks/{source}", try: "/hooks/nobody", scopes: sending},
	{method: "POST", path: "/api/v2/alerts", scopes: sending},
	{method: "GET", path: "/api/v1/alerts", scopes: reading},
	{method: "GET", path: "/api/v1/incidents", scopes: reading},
	{method: "GET", path: "/api/v1/incidents/{id}", try: "/api/v1/incidents/0123456789abcdef.1", scopes: reading},
	{method: "GET", path: "/api/v1/incidents/{id}/explain", try: "/api/v1/incidents/0123456789abcdef/explain", scopes: reading},
	{method: "GET", path: "/api/v1/tickets", scopes: reading},
	{method: "GET", path: "/api/v1/tickets/{id}", try: "/api/v1/tickets/1", scopes: reading},
	{method: "GET", path: "/api/v1/audit", scopes: reading},
	{method: "GET", path: "/api/v1/audit/verify", scopes: reading},
	{method: "GET", path: "/api/v1/version", scopes: reading},
	{method: "POST", path: "/api/v1/tickets/{id}/notes", try: "/api/v1/tickets/1/notes", scopes: changing},
	{method: "POST", path: "/api/v1/tickets/{id}/close", try: "/api/v1/tickets/1/close", scopes: changing},
	{method: "GET", path: "/api/v1/flags", scopes: reading},
	{method: "GET", path: "/api/v1/silences", scopes: reading},
	{method: "GET", path: "/api/v1/maintenance", scopes: reading},
	{method: "POST", path: "/api/v1/silences/preview", scopes: reading},
	{method: "POST", path: "/api/v1/flags/{id}", try: "/api/v1/flags/no.such", scopes: changing},
	{method: "POST", path: "/api/v1/silences", scopes: changing},
	{method: "GET", path: "/api/v2/silences", scopes: reading},
	{method: "GET", path: "/api/v2/silence/{id}", try: "/api/v2/silence/x", scopes: reading},
	{method: "POST", path: "/api/v2/silences", scopes: changing},
	{method: "DELETE", path: "/api/v2/silence/{id}", try: "/api/v2/silence/x", scopes: changing},
	{method: "POST", path: "/api/v1/silences/{id}", try: "/api/v1/silences/x", scopes: changing},
	{method: "POST", path: "/api/v1/silences/{id}/expire", try: "/api/v1/silences/x/expire", scopes: changing},
	{method: "POST", path: "/api/v1/maintenance", scopes: changing},
	{method: "POST", path: "/api/v1/maintenance/{id}/end", try: "/api/v1/maintenance/x/end", scopes: changing},
	{method: "GET", path: "/api/v1/surfaces", scopes: reading},
	{method: "GET", path: "/api/v1/doctor", scopes: reading},
	{method: "POST", path: "/api/v1/doctor", scopes: changing},
	{method: "POST", path: "/api/v1/reconcile", scopes: changing},
	{method: "POST", path: "/hooks/desk/{desk}", try: "/hooks/desk/freescout", open: true}, // Signed by the desk.
	{method: "POST", path: "/hooks/slack", open: true},                                     // Signed by Slack.
	// Its token is in the event: TestRoutingKeyChoosesTheSourceAndNothingElseOpensTheDoor.
	{method: "POST", path: "/v2/enqueue", open: true},
	{method: "GET", path: "/api/v2/alerts", scopes: reading},
	{method: "GET", path: "/api/v2/alerts/groups", scopes: reading},
	{method: "GET", path: "/api/v2/receivers", scopes: reading},
	{method: "GET", path: "/api/v2/status", scopes: reading},
	{method: "POST", path: "/heartbeat/{surface}", try: "/heartbeat/backup", scopes: sending},
	{method: "POST", path: "/api/v1/tickets/{id}/reopen", try: "/api/v1/tickets/1/reopen", scopes: changing},
}

func TestEveryRouteHasItsScope(t *testing.T) {
	f := newFace(t, plan{tokens: tokens(), sourceTokens: map[string]fault.Secret{"shop": "shop-secret-0123456789"}})
	for _, c := range allRoutes {
		path := c.path
		if c.try != "" {
			path = c.try
		}
		for _, who := range []string{"", "stranger", string(auth.Ingest), string(auth.Read), string(auth.Operate), string(auth.Admin)} {
			want := 0 // Anything but a refusal.
			switch {
			case c.open || who == string(auth.Admin) || slices.Contains(c.scopes, who):
			case who == "" || who == "stranger":
				want = http.StatusUnauthorized
			default:
				want = http.StatusForbidden
			}
			headers := []string{"Content-Type: application/json"}
			if who != "" {
				headers = append(headers, "Authorization: Bearer "+who+"-secret-0123456789")
			}
			r := f.ask(c.method, path, strings.NewReader("{}"), headers...)
			refused := r.status == http.StatusUnauthorized || r.status == http.StatusForbidden
			if refused != (want != 0) || refused && r.status != want {
				t.Errorf("%s %s by %q: %d %s, want %d", c.method, path, who, r.status, r.text, want)
			}
			if refused && (r.json(t)["error"] == "" || strings.Contains(r.text, "the sources are")) {
				t.Errorf("%s %s by %q: refused with %s", c.method, path, who, r.text)
			}
			if challenge := r.header.Get("WWW-Authenticate"); (challenge != "") != (r.status == http.StatusUnauthorized) {
				t.Errorf("%s %s by %q: %d with the challenge %q", c.method, path, who, r.status, challenge)
			}
		}
	}
	if log := f.log.String(); strings.Contains(log, "-secret-") {
		t.Errorf("a secret is in the log: %s", log)
	}
}

func TestEveryDocumentedOperationIsInTheRouteTable(t *testing.T) {
	f := newFace(t, plan{})
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	f.get("/api/openapi.json", &doc)
	documented := 0
	for path, operations := range doc.Paths {
		for method := range operations {
			documented++
			if !slices.ContainsFunc(allRoutes, func(r route) bool { return r.path == path && strings.EqualFold(r.method, method) }) {
				t.Errorf("%s %s is not in the route table: who may call it?", method, path)
			}
		}
	}
	v1 := 0
	for _, r := range allRoutes {
		if strings.HasPrefix(r.path, "/api/v1/") {
			v1++
		}
	}
	if documented != v1 {
		t.Errorf("%d operations are documented, %d are in the table", documented, v1)
	}
}

func TestEveryRouteOfTheMuxIsInTheRouteTable(t *testing.T) {
	text, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`mux\.Handle(?:Func)?\("([A-Z]+) ([^"]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(all) < 17 || len(all) != strings.Count(string(text), "mux.Handle") {
		t.Fatalf("only %d routes can be read from routes.go", len(all))
	}
	for _, m := range all {
		if !slices.ContainsFunc(allRoutes, func(r route) bool { return r.method == m[1] && r.path == m[2] }) {
			t.Errorf("%s %s is not in the route table: who may call it?", m[1], m[2])
		}
	}
}

func TestSourceTakesItsOwnTokenAndNoOtherSourcesTakeIt(t *testing.T) {
	const shop = "shop-secret-0123456789"
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:"+shop))
	own := map[string]fault.Secret{"shop": shop}
	both, only := newFace(t, plan{tokens: tokens(), sourceTokens: own}), newFace(t, plan{sourceTokens: own})
	for _, c := range []struct {
		name         string
		face         *face
		path, header string
		status       int
	}{
		{"its own, as bearer", both, "/hooks/shop", "Bearer " + shop, 200},
		{"its own, as bearer in small letters", both, "/hooks/shop", "bearer " + shop, 200},
		{"its own, as password", both, "/hooks/shop", basic, 200},
		{"one of scope ingest", both, "/hooks/shop", "Bearer ingest-secret-0123456789", 200},
		{"its own, at another source", both, "/hooks/alertmanager", "Bearer " + shop, 401},
		{"its own, at the API", both, "/api/v2/alerts", "Bearer " + shop, 401},
		{"a part of it", both, "/hooks/shop", "Bearer " + shop[:10], 401},
		{"the name of one", both, "/hooks/shop", "Bearer ingester", 401},
		{"an empty one", both, "/hooks/shop", "Bearer ", 401},
		{"another scheme", both, "/hooks/shop", "Digest " + shop, 401},
		{"no tokens but its own: with it", only, "/hooks/shop", "Bearer " + shop, 200},
		{"no tokens but its own: without it", only, "/hooks/shop", "", 401},
		{"no tokens but another source's", only, "/hooks/alertmanager", "", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := inHook(named("A"))
			if c.path == apiV2 {
				body = "[]"
			}
			r := c.face.post(c.path, body, "Authorization: "+c.header)
			if r.status != c.status {
				t.Errorf("%d %s, want %d", r.status, r.text, c.status)
			}
			if strings.Contains(r.text+c.face.log.String(), shop) {
				t.Error("the secret is in the answer or in the log")
			}
		})
	}
}

func TestWithoutTokensOnlyLoopbackNamesAreAnswered(t *testing.T) {
	f := newFace(t, plan{})
	guarded := newFace(t, plan{tokens: tokens()})
	for host, well := range map[string]bool{
		"localhost": true, "localhost:8080": true, "LocalHost": true, "localhost.": true, "127.0.0.1": true, "127.0.0.1:80": true,
		"127.9.9.9": true, "[::1]": true, "[::1]:8080": true,
		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "192.168.1.2": false,
		"0.0.0.0": false, "[::]:80": false, "2130706433": false,
	} {
		for _, path := range []string{"/api/v1/alerts", "/healthz", "/metrics"} {
			r := f.ask(http.MethodGet, path, nil, "Host: "+host)
			if (r.status == http.StatusOK) != well || !well && !strings.Contains(r.text, "only answers requests to a loopback address") {
				t.Errorf("GET %s at %q: %d %.100s", path, host, r.status, r.text)
			}
		}
		if r := guarded.ask(http.MethodGet, "/healthz", nil, "Host: "+host); r.status != http.StatusOK {
			t.Errorf("with tokens, at %q: %d %s", host, r.status, r.text)
		}
	}
}

func TestPagesOfOtherSitesCannotChangeAnything(t *testing.T) {
	f := newFace(t, plan{})
	mark := f.fire("Victim")
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"a form elsewhere", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"an older browser's form elsewhere", []string{"Origin: http://evil.example"}, 403},
		{"a sandboxed page", []string{"Origin: null"}, 403},
		{"a neighbour", []string{"Sec-Fetch-Site: same-site"}, 403},
		{"no browser", nil, 200},
		{"our own page", []string{"Sec-Fetch-Site: same-origin"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/api/v1/tickets/1/reopen", hook} {
				body := ""
				if path == hook {
					body = inHook(named("A"))
				}
				if r := f.post(path, body, c.headers...); r.status != c.status {
					t.Errorf("POST %s: %d %s, want %d", path, r.status, r.text, c.status)
				}
			}
		})
	}
	if r := f.ask(http.MethodGet, "/api/v1/incidents/"+mark, nil, "Sec-Fetch-Site: cross-site"); r.status != http.StatusOK {
		t.Errorf("a link from elsewhere: %d", r.status)
	}
}

func TestAnswersCarryNoCookiesAndAreNotSniffed(t *testing.T) {
	f := newFace(t, plan{})
	for _, path := range []string{"/", "/healthz", "/metrics", "/api/v1/alerts", "/nothing"} {
		r := f.ask(http.MethodGet, path, nil)
		if r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Set-Cookie") != "" ||
			!regexp.MustCompile(`^(text/plain|application/json)`).MatchString(r.header.Get("Content-Type")) {
			t.Errorf("GET %s: %v", path, r.header)
		}
	}
}
