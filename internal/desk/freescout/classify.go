package freescout

import (
	"docket/internal/desk/rest"
	"docket/internal/fault"
	"docket/internal/outbound"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// classify names an exchange's fault, nil for a success. It is pure.
func classify(x exchange) *fault.Fault {
	if x.Err != nil {
		return product.Unanswered(x.Exchange)
	}
	if x.Cut != nil && (x.Action == rest.Reading || x.Action != rest.Setting && newID(x.Header, nil) == "") {
		return product.Unanswered(rest.Exchange{Action: x.Action, Sent: true, Err: x.Cut})
	}
	f := classifyAnswer(x)
	if f != nil {
		f.HTTPStatus, f.Kind = x.Status, fault.KindHTTP
		f.RetryAfter = outbound.RetryAfter(x.Header, x.Now)
	}
	return f
}

// classifyAnswer goes from the answers that are certainly not FreeScout's to its own.
func classifyAnswer(x exchange) *fault.Fault {
	switch {
	case fromAccess(x) && x.tokenless:
		return refused("access_token_missing",
			"Cloudflare Access guards FreeScout, and Docket has no service token for it; FreeScout never saw the call.",
			"Set CF_ACCESS_SVC_TICKETS_CLIENT_ID and CF_ACCESS_SVC_TICKETS_CLIENT_SECRET, both.")
	case fromAccess(x):
		return refused("access_refused", "Cloudflare Access did not let the call through; FreeScout never saw it.",
			"Check CF_ACCESS_SVC_TICKETS_CLIENT_ID and _SECRET, that the token has not expired, and that the application's policy action is "+
				"Service Auth.")
	case x.Header.Get("Cf-Mitigated") == "challenge":
		return refused("challenge_refused", "Cloudflare asked for a browser challenge; FreeScout never saw the call.",
			"Exempt FreeScout's /api/ path from bot protection at Cloudflare.")
	case x.Status >= 200 && x.Status < 300:
		return classifySuccess(x)
	case x.Status >= 300 && x.Status < 400:
		return classifyRedirect(x)
	case x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden:
		return classifyForbidden(x)
	case x.Status == http.StatusNotFound:
		return classifyNotFound(x)
	case x.Status == http.StatusBadRequest || x.Status == http.StatusUnprocessableEntity:
		return classifyInvalid(x)
	case x.Status == http.StatusMethodNotAllowed:
		return refused("method_refused", "FreeScout does not know this call.", "Update FreeScout's API & Webhooks module (1.0.89 or later).")
	case x.Status == http.StatusRequestEntityTooLarge:
		return refused("too_large", "FreeScout's server refused the text as too large.",
			"Raise its limits (nginx client_max_body_size, PHP post_max_size).")
	case x.Status == http.StatusTooManyRequests:
		return &fault.Fault{Class: fault.Unavailable, Name: "rate_limited",
			Sentence: "FreeScout, or a proxy in front of it, asked for fewer calls.",
			Fix:      "Lower freescout.rate if this goes on."}
	case x.Status >= 500:
		return classifyIll(x)
	default:
		return &fault.Fault{Class: x.Action.Doubtful(), Name: "bad_answer",
			Sentence: "FreeScout gave an answer that is not in its documentation.",
			Fix:      "Check FreeScout's log; check the proxies in front of it."}
	}
}

// classifySuccess believes a 2xx only in the shape that FreeScout gives it.
func classifySuccess(x exchange) *fault.Fault {
	page := x.IsHTML()
	notJSON := fault.Fault{Class: fault.Refused, Name: "not_json", Sentence: "A web page came back where FreeScout's API answers JSON.",
		Fix: "Check FREESCOUT_API_URL: it is the address under which FreeScout itself is installed."}
	switch x.Action {
	case rest.Creating, rest.Noting:
		if newID(x.Header, x.Body) != "" {
			return nil
		}
		notJSON.Class = fault.Unknown
		if page {
			return &notJSON
		}
		return &fault.Fault{Class: fault.Unknown, Name: "no_id", Sentence: "FreeScout answered success but did not say what it made.",
			Fix: "Update FreeScout's API & Webhooks module (1.0.89 or later)."}
	case rest.Reading:
		if page {
			return &notJSON
		}
		if len(x.Body) == 0 {
			return &fault.Fault{Class: fault.Unavailable, Name: "bad_answer", Sentence: "FreeScout answered success with nothing in it.",
				Fix: "Check FreeScout's log."}
		}
	case rest.Setting:
		if page {
			return &notJSON
		}
	}
	return nil
}

// classifyRedirect: FreeScout's API never sends the same call elsewhere, and following
// would carry the key to another host.
func classifyRedirect(x exchange) *fault.Fault {
	if id := x.mergedInto(); id != "" {
		f := refused("merged", "FreeScout shows this ticket as ticket "+id+" now: a person merged it.", "Nothing: Docket goes on with that one.")
		f.Err = &mergedError{id}
		return f
	}
	to := "elsewhere"
	if u, err := url.Parse(x.Header.Get("Location")); err == nil && u.Host != "" {
		to = "to " + u.Scheme + "://" + u.Host
	}
	return refused("wrong_base_url", "FreeScout's address redirects "+rest.Clip(to)+".",
		"Set FREESCOUT_API_URL to the address at which FreeScout answers without a redirect.")
}

func classifyForbidden(x exchange) *fault.Fault {
	switch {
	case x.tokenless && x.IsHTML() && strings.EqualFold(x.Header.Get("Server"), "cloudflare"):
		return refused("access_token_missing", "Cloudflare refused the call, and Docket has no Access service token; FreeScout never saw it.",
			"Set CF_ACCESS_SVC_TICKETS_CLIENT_ID and CF_ACCESS_SVC_TICKETS_CLIENT_SECRET, both; then look at Cloudflare's firewall rules for "+
				"FreeScout's /api/ path.")
	case x.IsHTML() && strings.EqualFold(x.Header.Get("Server"), "cloudflare"):
		return refused("access_refused", "Cloudflare refused the call; FreeScout never saw it.",
			"Check the Access service token (CF_ACCESS_SVC_TICKETS_CLIENT_ID and _SECRET) and Cloudflare's firewall rules for FreeScout's /api/ "+
				"path.")
	case !rest.IsObject(x.Body) && len(x.Body) > 0:
		return refused("proxy_refused", "A server in front of FreeScout refused the call.",
			"Check the proxy in front of FreeScout: it asks for a login of its own or blocks /api/.")
	case x.Status == http.StatusUnauthorized:
		return refused("key_refused", "FreeScout did not accept the API key.",
			"Set FREESCOUT_API_KEY to the key shown under Manage > API & Webhooks.")
	default:
		return refused("mailbox_forbidden", "FreeScout accepted the key but not this call.",
			"Check FREESCOUT_OPERATIONS_MAILBOX_ID and what the key may do.")
	}
}

// classifyNotFound: "no such ticket" is sent as JSON (or with nothing), a FreeScout
// without the module shows its web page. The caller makes sure before it believes Missing.
func classifyNotFound(x exchange) *fault.Fault {
	switch told := rest.IsObject(x.Body) || len(x.Body) == 0; {
	case !told, x.list && x.Action == rest.Reading:
		return refused("module_missing", "FreeScout's API does not answer at this address.",
			"Activate the API & Webhooks module, and check FREESCOUT_API_URL.")
	case x.Action == rest.Creating:
		return &fault.Fault{Class: fault.Unknown, Name: "bad_answer", Sentence: "FreeScout answered a create with \"not found\".",
			Fix: "Check the API & Webhooks module and FREESCOUT_OPERATIONS_MAILBOX_ID."}
	default:
		return &fault.Fault{Class: fault.Missing, Name: "missing", Sentence: "FreeScout has no such ticket.",
			Fix: "Nothing, if a person deleted it."}
	}
}

// classifyInvalid: a refusal of values. FreeScout has been seen to answer 400 after it
// had created the conversation ("Customer first name or email is required", issue 3025),
// so for a create only faults of fields that are read before anything is made count as
// not done, and the customer is not one of them.
func classifyInvalid(x exchange) *fault.Fault {
	words, fields := validation(x.Body)
	class := fault.Refused
	if x.Action == rest.Creating || x.Action == rest.Noting {
		known := len(fields) > 0 && !(x.Action == rest.Creating && strings.Contains(strings.ToLower(words), "customer"))
		for _, field := range fields {
			known = known && slices.Contains(checkedFirst(x.Action), field)
		}
		if !known {
			class = fault.Unknown
		}
	}
	sentence := "FreeScout did not accept what was sent."
	if words != "" {
		sentence = "FreeScout did not accept what was sent: " + rest.Clip(words)
	}
	return &fault.Fault{Class: class, Name: "rejected", Sentence: sentence,
		Fix: "Check FREESCOUT_OPERATIONS_MAILBOX_ID and FREESCOUT_USER_ID; update the API & Webhooks module."}
}

// checkedFirst lists the fields whose faults FreeScout finds before it makes anything.
func checkedFirst(a rest.Action) []string {
	if a == rest.Creating {
		return []string{"subject", "mailboxId", "type", "threads"}
	}
	return []string{"type", "text", "user"}
}

func classifyIll(x exchange) *fault.Fault {
	f := fault.Fault{Class: x.Action.Doubtful(), Name: "server_error", Sentence: "FreeScout failed with an error of its own.",
		Fix: "Check FreeScout's log (storage/logs)."}
	switch {
	case x.Status == http.StatusServiceUnavailable:
		f.Name, f.Sentence, f.Fix = "service_unavailable", "FreeScout is unavailable, perhaps for maintenance.", "Wait, or bring FreeScout back."
	case x.Status == http.StatusBadGateway || x.Status == http.StatusGatewayTimeout || x.Status >= 520:
		f.Name, f.Sentence, f.Fix = "proxy_error", "A server in front of FreeScout got no answer from it.",
			"Check that FreeScout is up behind its proxy, and the proxy's timeouts."
	}
	return &f
}

func refused(name, sentence, fix string) *fault.Fault {
	return &fault.Fault{Class: fault.Refused, Name: name, Sentence: sentence, Fix: fix}
}
