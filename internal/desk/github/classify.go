package github

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"docket/internal/desk/rest"
	"docket/internal/fault"
	"docket/internal/outbound"
)

// classify names an exchange's fault, nil for a success. It is pure.
func classify(x exchange) *fault.Fault {
	if x.Err != nil {
		return product.Unanswered(x.Exchange)
	}
	f := classifyAnswer(x)
	if f == nil {
		return nil
	}
	f.HTTPStatus, f.RetryAfter = x.Status, outbound.RetryAfter(x.Header, x.Now)
	if x.Status >= 300 {
		f.Kind = fault.KindHTTP
	}
	if wait, is := limited(x); is {
		f.RetryAfter = wait
	}
	return f
}

// classifyAnswer goes by the status, and where one status means many things, by GitHub's words.
func classifyAnswer(x exchange) *fault.Fault {
	if _, is := limited(x); is {
		return named("rate_limited")
	}
	ours := rest.IsObject(x.Body) || len(x.Body) == 0
	switch {
	case x.Status >= 200 && x.Status < 300:
		return classifySuccess(x)
	case x.Status >= 300 && x.Status < 400:
		return classifyRedirect(x)
	case x.Status >= 500:
		return classifyServerError(x)
	case !ours && x.Status == http.StatusNotFound:
		return named("wrong_base_url")
	case !ours:
		return named("proxy_refused")
	case x.Status == http.StatusUnauthorized:
		return named("key_refused")
	case x.Status == http.StatusForbidden:
		return classifyForbidden(x)
	case x.Status == http.StatusNotFound:
		return classifyNotFound(x)
	case x.Status == http.StatusGone:
		return classifyGone(x)
	case x.Status == http.StatusBadRequest, x.Status == http.StatusUnprocessableEntity, x.Status == http.StatusRequestEntityTooLarge,
		x.Status == http.StatusUnavailableForLegalReasons:
		f := named("rejected")
		if words := reasons(x.Body); words != "" {
			f.Sentence = "GitHub did not accept what was sent: " + rest.Clip(words)
		}
		return f
	default:
		f := named("bad_answer")
		f.Class = x.Action.Doubtful()
		return f
	}
}

// classifySuccess believes a 2xx only in the form that GitHub gives it.
func classifySuccess(x exchange) *fault.Fault {
	makes := x.Action == rest.Creating || x.Action == rest.Noting
	switch {
	case x.Action == rest.Creating && newIssue(x) != "", x.Action == rest.Noting && newComment(x) > 0:
		return nil
	case x.Action == rest.Setting && x.about != aToken && !x.IsHTML():
		return nil // It was done; what it answered is not needed.
	case x.Cut != nil:
		return product.Unanswered(rest.Exchange{Action: x.Action, Sent: true, Err: x.Cut})
	case x.IsHTML():
		f := named("not_json")
		if makes {
			f.Class = fault.Unknown
		}
		return f
	case makes:
		return named("no_id")
	case len(x.Body) == 0:
		return named("bad_answer")
	}
	return nil
}

// classifyRedirect is for what elsewhere did not follow: another host, or an unknown path.
func classifyRedirect(x exchange) *fault.Fault {
	f := named("wrong_base_url")
	if u, err := url.Parse(x.Header.Get("Location")); err == nil && u.Host != "" {
		f.Sentence = "GitHub's API address redirects to " + rest.Clip(u.Scheme+"://"+u.Host) + "."
	}
	return f
}

// forbidden lists what GitHub's words in a 403 mean. None of it is documented as a code; the words were
// seen in public issues (actions/stale#51, gatsbyjs/peril-gatsbyjs#62) and in GitHub's troubleshooting
// page, read 2026-11-27. What is not recognised is "forbidden".
var forbidden = [...]struct{ words, name string }{
	{"issue is locked", "locked"},
	{"archived", "archived"},
	{"saml", "sso_required"},
	{"single sign-on", "sso_required"},
	{"ip allow list", "address_refused"},
	{"ip address is not permitted", "address_refused"},
	{"installation has been suspended", "installation_suspended"},
	{"resource not accessible", "permission_missing"},
	{"must have admin rights", "permission_missing"},
	{"must have push access", "permission_missing"},
}

func classifyForbidden(x exchange) *fault.Fault {
	words := strings.ToLower(message(x.Body))
	for _, row := range forbidden {
		if strings.Contains(words, row.words) {
			f := named(row.name)
			if needs := x.Header.Get("X-Accepted-GitHub-Permissions"); needs != "" && row.name == "permission_missing" {
				f.Sentence = "The token may not do this; GitHub asks for " + rest.Clip(needs) + "."
			}
			return f
		}
	}
	f := named("forbidden")
	if words != "" {
		f.Sentence = "GitHub accepted the token but refused the call: " + rest.Clip(message(x.Body))
	}
	return f
}

// classifyNotFound: GitHub answers 404 where the token may not see the repository, too. The caller
// makes sure before it believes that an issue is missing.
func classifyNotFound(x exchange) *fault.Fault {
	switch x.about {
	case anIssue:
		return named("missing")
	case aToken:
		return named("installation_missing")
	case aRepository, aSearch:
	}
	return named("repository_missing")
}

// classifyGone: 410 means a deleted issue, or a repository whose issues are switched off
// (https://docs.github.com/en/rest/issues/issues#get-an-issue, read 2026-11-27).
func classifyGone(x exchange) *fault.Fault {
	if x.about != anIssue || strings.Contains(strings.ToLower(message(x.Body)), "disabled") {
		return named("issues_disabled")
	}
	return named("deleted")
}

func classifyServerError(x exchange) *fault.Fault {
	f := named("server_error")
	switch x.Status {
	case http.StatusServiceUnavailable:
		f = named("service_unavailable")
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		f = named("proxy_error")
	}
	f.Class = x.Action.Doubtful()
	return f
}

// message is GitHub's sentence in an error.
func message(body []byte) string {
	var told struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &told) != nil {
		return ""
	}
	return told.Message
}

// reasons are the sentences of a validation error
// (https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed,
// read 2026-11-27): each error has a field and a code or a message of its own.
func reasons(body []byte) string {
	var refusal struct {
		Message string            `json:"message"`
		Errors  []json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		return ""
	}
	all := []string{refusal.Message}
	for _, raw := range refusal.Errors {
		var one struct {
			Field   string `json:"field"`
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		var text string
		switch {
		case json.Unmarshal(raw, &text) == nil:
			all = append(all, text)
		case json.Unmarshal(raw, &one) == nil:
			all = append(all, strings.TrimSpace(one.Field+" "+orDefault(one.Message, one.Code)))
		}
	}
	return strings.Join(all, "; ")
}

// newIssue finds the id of the issue that a POST made: in the body, or in Location where the body was
// cut; "" if it is nowhere.
func newIssue(x exchange) string {
	if x.Cut == nil {
		if i, err := decodeIssue(x.Body); err == nil {
			return ticketID(i.repository(), i.Number)
		}
	}
	u, err := url.Parse(x.Header.Get("Location"))
	if err != nil || x.Action != rest.Creating {
		return ""
	}
	_, rest, found := strings.Cut(u.Path, "/repos/")
	repository, digits, has := splitID(rest)
	number, err := strconv.ParseInt(path.Base(digits), 10, 64)
	if !found || !has || err != nil || number <= 0 || !isRepository(repository) {
		return ""
	}
	return ticketID(repository, number)
}

// newComment is the id of the comment that a POST made, 0 if the answer does not show it.
func newComment(x exchange) int64 {
	var c comment
	if x.Cut != nil || json.Unmarshal(x.Body, &c) != nil {
		return 0
	}
	return c.ID
}
