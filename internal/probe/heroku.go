package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"docket/internal/desk"
	"docket/internal/surface"
)

// Heroku asks the Platform API for the state of an app's dynos
// (https://devcenter.heroku.com/articles/platform-api-reference#dyno-list, read 2026-11-23).
type Heroku struct {
	App   string      `yaml:"app"`
	Token desk.Secret `yaml:"token"`
	// Type is the process type whose dynos count; web unless set.
	Type string `yaml:"type"`
	// APIURL is https://api.heroku.com unless set.
	APIURL string `yaml:"api_url"`
}

// dyno is what we read of the API's answer.
type dyno struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	State string `json:"state"`
}

func (p *Prober) heroku(s Spec, _ surface.Surface) (Probe, error) {
	h := *s.Heroku
	if h.Type == "" {
		h.Type = "web"
	}
	if h.APIURL == "" {
		h.APIURL = "https://api.heroku.com"
	}
	if h.App == "" || !h.Token.Set() {
		return nil, errors.New("app and token are needed")
	}
	if u, err := url.Parse(h.APIURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errors.New("api_url must be an http:// or https:// address")
	}
	client := &http.Client{
		Transport:     &http.Transport{DialContext: p.dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // The token goes nowhere else.
	}
	return func(ctx context.Context) surface.Reading {
		begin := p.now()
		dynos, reason := h.list(ctx, client, p.agent)
		if reason != "" {
			// Heroku's API being ill says nothing about the app.
			return surface.Reading{Status: surface.Unknown, Reason: reason}
		}
		r := h.judge(dynos)
		r.Latency = p.now().Sub(begin)
		return r
	}, nil
}

func (h Heroku) list(ctx context.Context, client *http.Client, agent string) ([]dyno, string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(h.APIURL, "/")+"/apps/"+url.PathEscape(h.App)+"/dynos", http.NoBody)
	if err != nil {
		return nil, "the request to Heroku could not be made"
	}
	req.Header.Set("Accept", "application/vnd.heroku+json; version=3")
	req.Header.Set("Authorization", "Bearer "+h.Token.Reveal())
	req.Header.Set("User-Agent", agent)
	resp, err := client.Do(req)
	if err != nil {
		return nil, "Heroku's API: " + fault(err)
	}
	defer resp.Body.Close() //nolint:errcheck // It was read, or is of no interest.
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, "Heroku's API refused the token: give one that may read " + h.App
	case http.StatusNotFound:
		return nil, "Heroku's API knows no app " + h.App
	default:
		return nil, "Heroku's API answered " + strconv.Itoa(resp.StatusCode)
	}
	var dynos []dyno
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(&dynos); err != nil {
		return nil, "Heroku's API answered something that is no list of dynos"
	}
	return dynos, ""
}

// judge says how the app does: down when none of its dynos is up.
func (h Heroku) judge(dynos []dyno) surface.Reading {
	states := map[string]int{}
	all, up := 0, 0
	for _, d := range dynos {
		if d.Type != h.Type {
			continue
		}
		all++
		states[d.State]++
		if d.State == "up" || d.State == "idle" {
			up++
		}
	}
	r := surface.Reading{Status: surface.Operational, Evidence: map[string]string{"dynos": fmt.Sprintf("%d of %d up", up, all)}}
	switch {
	case all == 0:
		r.Status, r.Reason = surface.Down, "no "+h.Type+" dyno runs"
	case up == 0:
		r.Status, r.Reason = surface.Down, fmt.Sprintf("none of %d %s dynos is up: %s", all, h.Type, stateWords(states))
	case up < all:
		r.Status, r.Reason = surface.Degraded, fmt.Sprintf("%d of %d %s dynos are up: %s", up, all, h.Type, stateWords(states))
	}
	return r
}

func stateWords(states map[string]int) string {
	var words []string
	for _, state := range []string{"crashed", "down", "starting", "idle", "up"} {
		if n := states[state]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, state))
			delete(states, state)
		}
	}
	if len(states) > 0 {
		words = append(words, "some in a state that docket does not know")
	}
	return strings.Join(words, ", ")
}
