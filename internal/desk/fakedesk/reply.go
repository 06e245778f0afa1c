package fakedesk

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is an answer to be written.
type reply struct {
	status int
	header map[string]string
	body   string
	// id is what a create made, 0 otherwise.
	id int64
}

func (r reply) write(w http.ResponseWriter) {
	for name, value := range r.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write([]byte(r.body)) // a client that went away is no news to a server
}

func (r reply) with(name, value string) reply {
	header := map[string]string{name: value}
	for have, is := range r.header {
		if have != name {
			header[have] = is
		}
	}
	r.header = header
	return r
}

// asJSON is FreeScout's own answer.
func asJSON(status int, value any) reply {
	body, err := json.Marshal(value)
	if err != nil {
		panic("fakedesk: " + err.Error()) // our own shapes always marshal
	}
	return reply{status: status, header: map[string]string{"Content-Type": "application/json"}, body: string(body)}
}

// fault is FreeScout's error body; problems are pairs of path and message.
func fault(status int, message string, problems ...string) reply {
	listed := []map[string]string{}
	for i := 0; i+1 < len(problems); i += 2 {
		listed = append(listed, map[string]string{"path": problems[i], "message": problems[i+1], "source": "JSON"})
	}
	return asJSON(status, map[string]any{"message": message, "_embedded": map[string]any{"errors": listed}})
}

func page(status int, title string) reply {
	return reply{
		status: status, header: map[string]string{"Content-Type": "text/html; charset=UTF-8"},
		body: "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n",
	}
}

func accessPage(status int) reply {
	return page(status, "Forbidden. You don't have permission to view this.").with("Server",
		"cloudflare").with("CF-RAY", "8a1b2c3d4e5f6071-FRA")
}

// misbehave answers as the fault says; done is the true answer, where the action was done.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f Fault, done reply) {
	switch f.Kind {
	case NeverAnswer, DoneNeverAnswer:
		s.wait(r.Context(), -1)
		panic(http.ErrAbortHandler)
	case CutBeforeCommit, CutAfterCommit:
		panic(http.ErrAbortHandler)
	case CutInBody:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(done.status)
		_, _ = w.Write([]byte(`{"half":`)) // cut on purpose
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	case LateAnswer:
		if !s.wait(r.Context(), f.Delay) {
			panic(http.ErrAbortHandler)
		}
		done.write(w)
	case Vanish:
		s.Lose(done.id)
		done.write(w)
	default:
		wrongAnswer(f, done).write(w)
	}
}

// wrongAnswer is a table: one answer for each kind that gives one.
func wrongAnswer(f Fault, done reply) reply {
	switch f.Kind {
	case Unavailable503:
		return retry(page(http.StatusServiceUnavailable, "Be right back."), f.RetryAfter)
	case Error500, Error500Done:
		return asJSON(http.StatusInternalServerError, map[string]any{"message": "Server Error"})
	case BadGateway502:
		return page(http.StatusBadGateway, "502 Bad Gateway")
	case GatewayTimeout:
		return page(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case TooMany429:
		return retry(asJSON(http.StatusTooManyRequests, map[string]any{"message": "Too Many Attempts."}), f.RetryAfter)
	case Invalid400:
		return fault(http.StatusBadRequest, "Error occurred", "subject", "`subject` parameter is required")
	case Invalid400Done:
		return fault(http.StatusBadRequest, "Error occurred", "customer", "Customer first name or email is required")
	case NoID:
		return reply{status: http.StatusOK}
	case BodyID:
		return asJSON(http.StatusCreated, map[string]any{"id": done.id})
	case LocationID:
		return reply{status: http.StatusCreated, header: map[string]string{"Location": "/api/conversations/" + strconv.FormatInt(done.id, 10)}}
	case NotFoundJSON:
		return fault(http.StatusNotFound, "Not Found")
	case ModuleMissing:
		return page(http.StatusNotFound, "404 Page not found")
	case Moved:
		return page(http.StatusMovedPermanently, "Moved").with("Location", "https://elsewhere.invalid/api/conversations?a=b")
	case HTML, HTMLDone:
		return page(http.StatusOK, "FreeScout: log in")
	case Garbage:
		return reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json"},
			body: `{"_embedded":{"conversations":[{"id":`}
	case Empty:
		return reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json"}}
	case WrongShape:
		return asJSON(http.StatusOK, map[string]any{"status": "ok", "data": []any{}})
	case HugeBody:
		return reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json"}, body: `{"a":"` +
			strings.Repeat("x", 16<<20) + `"}`}
	case KeyRefused:
		return fault(http.StatusUnauthorized, "Invalid API key")
	case Forbidden:
		return fault(http.StatusForbidden, "Access denied")
	case AccessRedirect:
		return page(http.StatusFound, "Found").with("Location",
			"https://team.cloudflareaccess.com/cdn-cgi/access/login/tickets.example.org?kid=1").with("Server", "cloudflare")
	case AccessDenied401:
		return accessPage(http.StatusUnauthorized)
	case AccessDenied403:
		return accessPage(http.StatusForbidden)
	case AccessHeader401:
		return reply{status: http.StatusUnauthorized}.with("Www-Authenticate",
			`Cloudflare-Access resource_metadata="https://tickets.example.org/.well-known/oauth-protected-resource"`)
	case BrowserChallenge:
		return page(http.StatusForbidden, "Just a moment...").with("Cf-Mitigated", "challenge").with("Server", "cloudflare")
	default:
		return done
	}
}

func retry(r reply, after time.Duration) reply {
	if after > 0 {
		r = r.with("Retry-After", strconv.FormatInt(int64((after+time.Second-1)/time.Second), 10))
	}
	return r
}
