package fakegithub

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// reply is an answer to be written.
type reply struct {
	status int
	header map[string]string
	body   string
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

// asJSON is GitHub's own answer.
func asJSON(status int, value any) reply {
	body, err := json.Marshal(value)
	if err != nil {
		panic("fakegithub: " + err.Error()) // our own forms always marshal
	}
	return reply{status: status, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, body: string(body)}
}

// fault is GitHub's error body.
func fault(status int, message string) reply {
	return asJSON(status, map[string]any{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
}

// invalid is a validation error about one field.
func invalid(resource, field, code, message string) reply {
	problem := map[string]any{"resource": resource, "field": field, "code": code}
	if message != "" {
		problem["message"] = message
	}
	return asJSON(http.StatusUnprocessableEntity, map[string]any{"message": "Validation Failed", "errors": []any{problem}, "status": "422"})
}

func page(status int, title string) reply {
	return reply{
		status: status, header: map[string]string{"Content-Type": "text/html; charset=utf-8"},
		body: "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n",
	}
}

// limits adds the headers of the primary limit and of a classic token. The mutex is held.
func (s *Server) limits(r reply) reply {
	if s.options.Scopes != "" {
		r = r.with("X-OAuth-Scopes", s.options.Scopes)
	}
	if s.options.Calls == 0 {
		return r
	}
	return r.with("X-RateLimit-Limit", strconv.Itoa(s.options.Calls)).with("X-RateLimit-Remaining", strconv.Itoa(s.options.Calls-s.spent)).
		with("X-RateLimit-Reset", strconv.FormatInt(s.resets.Unix(), 10)).with("X-RateLimit-Resource", "core")
}
