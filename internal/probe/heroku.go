package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"docket/internal/fault"
	"docket/internal/outbound"
	"docket/internal/surface"
)

// Heroku asks the Platform API for the state of an app's dynos
// (https://devcenter.heroku.com/articles/platform-api-reference#dyno-list, read 2026-11-23).
type Heroku struct {
	// The name of the app.
	App string `yaml:"app"`
	// A token for the Platform API that may read the app.
	Token fault.Secret `yaml:"token"`
	// The process type whose dynos count. Unless set, it is web.
	Type string `yaml:"type"`
	// The address of the Platform API. Unless set, it is https://api.heroku.com.
	APIURL string `yaml:"api_url"`
}

const (
	herokuAPI = "https://api.heroku.com"
	maxDynos  = 4 << 20 // A thousand dynos, the API's longest list, take less than 1 MB.
)

// dyno is the part of the API's response that we read.
type dyno struct {
	Type  string `json:"type"`
	State string `json:"state"`
}

func (h *Heroku) target() string { return h.App + " (" + h.kind() + ")" }

func (h *Heroku) kind() string {
	if h.Type == "" {
		return "web"
	}
	return h.Type
}

func (h *Heroku) check(wrong *faults) {
	if h.App == "" {
		wrong.add("heroku.app", "is missing: the app's name")
	}
	if !h.Token.Set() {
		wrong.add("heroku.token", "is missing: a token that can read the app")
	}
	if !httpguts.ValidHeaderFieldValue(h.Token.Reveal()) {
		wrong.add("heroku.token", "has a line break or another control character in it")
	}
	if h.APIURL != "" {
		checkURL(wrong, "heroku.api_url", h.APIURL)
	}
}

type herokuProbe struct {
	Heroku

	client *http.Client
	url    string
	prober *Prober
}

func (h *Heroku) open(p *Prober, on surface.Surface) (Probe, error) {
	api := h.APIURL
	if api == "" {
		api = herokuAPI
	}
	transport, err := p.transport(way{timeout: on.Timeout})
	if err != nil {
		return nil, err
	}
	client := outbound.Client(transport)
	return (&herokuProbe{*h, client, strings.TrimRight(api, "/") + "/apps/" + url.PathEscape(h.App) + "/dynos", p}).read, nil
}

// read asks the API once, without following redirects: the token is not sent anywhere else. A failing, busy
// or unreachable API says nothing about the app.
func (h *herokuProbe) read(ctx context.Context) surface.Reading {
	f := begin(h.prober.now)
	dynos, reason := h.dynos(ctx, f)
	if reason != "" {
		f.unread(reason)
		return f.end()
	}
	f.answered(0, 0)
	h.judge(f, dynos)
	return f.end()
}

func (h *herokuProbe) dynos(ctx context.Context, f *finding) ([]dyno, string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url, http.NoBody)
	if err != nil {
		return nil, "the request to Heroku could not be created"
	}
	req.Header.Set("Accept", "application/vnd.heroku+json; version=3")
	req.Header.Set("Range", "id ..; max=1000")
	req.Header.Set("Authorization", "Bearer "+h.Token.Reveal())
	req.Header.Set("User-Agent", h.prober.agent)
	resp, err := h.client.Do(req)
	if err != nil {
		f.failed(ctx, err, false) // For its reason; read makes it unknown.
		return nil, "Heroku's API could not be reached: " + f.reading.Reason
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, "Heroku's API refused the token: use one that can read " + h.App
	case http.StatusNotFound:
		return nil, "Heroku's API knows no app " + h.App
	case http.StatusTooManyRequests:
		return nil, "Heroku's API gets too many calls with this token (429)"
	default:
		return nil, "Heroku's API returned " + statusWords(resp.StatusCode)
	}
	var dynos []dyno
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxDynos)).Decode(&dynos); err != nil {
		return nil, "Heroku's API did not return a list of dynos"
	}
	return dynos, ""
}

// judge decides the app's status: down if none of its dynos can work, degraded if some cannot. An idle dyno
// sleeps until there is a request; a starting one will be ready soon, as in each deploy. While all of them
// are starting, the app is degraded.
func (h *herokuProbe) judge(f *finding, dynos []dyno) {
	counts := map[string]int{}
	all := 0
	for _, d := range dynos {
		if d.Type == h.kind() {
			all++
			counts[d.State]++
		}
	}
	well, starting := counts["up"]+counts["idle"], counts["starting"]
	f.fact("dynos", fmt.Sprintf("%d of %d up", well, all))
	switch {
	case all == 0:
		f.worse(surface.Down, "no %s dyno is running", h.kind())
	case well == 0 && starting == 0:
		f.worse(surface.Down, "none of %d %s dynos is up: %s", all, h.kind(), stateWords(counts))
	case well == 0 || well+starting < all:
		f.worse(surface.Degraded, "%d of %d %s dynos are up: %s", well, all, h.kind(), stateWords(counts))
	}
}

// stateWords lists how many dynos are in which state, worst first.
func stateWords(counts map[string]int) string {
	known := []string{"crashed", "down", "starting", "idle", "up"}
	var words []string
	for _, state := range known {
		if n := counts[state]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, state))
		}
	}
	for state := range counts {
		if !slices.Contains(known, state) {
			return strings.Join(append(words, "some in a state unknown to Docket"), ", ")
		}
	}
	return strings.Join(words, ", ")
}
