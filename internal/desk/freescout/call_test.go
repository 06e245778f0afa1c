package freescout_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"docket/internal/desk/desktest"
	"docket/internal/desk/fakedesk"
)

// TestNothingLeavesForAnotherHost: a redirect would carry the key, the Access secret and,
// as a GET, a create's ghost to wherever it points.
func TestNothingLeavesForAnotherHost(t *testing.T) {
	var strays atomic.Int32
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		strays.Add(1)
		http.SetCookie(w, &http.Cookie{Name: "CF_Authorization", Value: "x"})
	}))
	t.Cleanup(stranger.Close)
	var cookies atomic.Int32
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirecting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				cookies.Add(1)
			}
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
			http.Redirect(w, r, stranger.URL+"/api/conversations", status)
		}))
		d := open(t, configFor(redirecting.URL))
		for _, verb := range desktest.Verbs() {
			if err := verb.Do(t.Context(), d, "1"); outcomeOf(err) != "refused wrong_base_url" || !strings.Contains(err.Error(), stranger.URL) {
				t.Errorf("%d %s: %v, want wrong_base_url naming where to", status, verb.Name, err)
			}
		}
		redirecting.Close()
	}
	if strays.Load() != 0 || cookies.Load() != 0 {
		t.Errorf("%d calls followed a redirect, %d carried a cookie; want none", strays.Load(), cookies.Load())
	}
}

func TestEveryCallCarriesItsHeaders(t *testing.T) {
	var calls atomic.Int32
	fake := fakedesk.New(gated)
	t.Cleanup(fake.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		for name, want := range map[string]string{
			"X-FreeScout-API-Key": apiKey, "CF-Access-Client-Id": accessID, "CF-Access-Client-Secret": accessSecret,
			"User-Agent": "docket/test", "Accept": "application/json", "Content-Type": "application/json",
		} {
			if got := r.Header.Values(name); !slices.Equal(got, []string{want}) {
				t.Errorf("%s %s: %s is %q", r.Method, r.URL.Path, name, got)
			}
		}
		noSecret(t, "an address", r.URL.String())
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	d := open(t, configFor(server.URL+"/helpdesk"))
	id := prepared(t, d)
	for _, verb := range desktest.Verbs() {
		if err := verb.Do(t.Context(), d, id); err != nil {
			t.Errorf("%s: %v", verb.Name, err)
		}
	}
	if calls.Load() < 9 {
		t.Errorf("only %d calls", calls.Load())
	}
}

// TestSecretsThatAreSaidBackAreTakenOut: a proxy or FreeScout may quote what it was sent.
func TestSecretsThatAreSaidBackAreTakenOut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		said := strings.Repeat("x", 180) + apiKey + " " + accessSecret + " " + accessID
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		if err := json.NewEncoder(w).Encode(map[string]any{"message": said,
			"_embedded": map[string]any{"errors": []any{map[string]string{"path": "subject", "message": said}}}}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	d := open(t, configFor(server.URL))
	for _, verb := range desktest.Verbs() {
		err := verb.Do(t.Context(), d, "1")
		if err == nil {
			t.Errorf("%s: no error", verb.Name)
		}
		checkFault(t, verb.Name, err)
		for _, part := range []string{"key-4711", "cfast_", "0123456789.a"} {
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), part) {
				t.Errorf("%s shows part of a secret: %v", verb.Name, err)
			}
		}
	}
}

func TestWhatNeverLeftIsSurelyNotSent(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	strange := httptest.NewUnstartedServer(http.NotFoundHandler())
	strange.Config.ErrorLog = log.New(io.Discard, "", 0)
	strange.StartTLS()
	t.Cleanup(strange.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for url, want := range map[string]string{
		closed.URL:  "unavailable unreachable",
		strange.URL: "unavailable tls_error",
		strings.Replace(plain.URL, "http:", "https:", 1): "unavailable tls_error",
		"http://no-such-host.invalid":                    "unavailable dns_error",
	} {
		d := open(t, configFor(url))
		for _, verb := range desktest.Verbs() {
			err := verb.Do(t.Context(), d, "1")
			if got := outcomeOf(err); got != want {
				t.Errorf("%s at %s: %q (%v), want %q", verb.Name, url, got, err, want)
			}
			checkFault(t, verb.Name, err)
		}
	}
}

// TestTransportThatDoesNotTellCountsAsSent: without word of a connection nothing is known.
func TestTransportThatDoesNotTellCountsAsSent(t *testing.T) {
	config := configFor("https://tickets.example.org")
	config.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	if _, err := open(t, config).Create(t.Context(), draft(newMark)); outcomeOf(err) != "unknown connection_cut" {
		t.Errorf("Create: %v, want unknown", err)
	}
}

func TestOwnRateLimitIsSurelyNotSent(t *testing.T) {
	fake, url := start(t, gated)
	config := configFor(url)
	config.Rate = 1
	d := open(t, config)
	prepared(t, d) // takes the only turn of this second
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := d.Create(ctx, draft(newMark))
	if outcomeOf(err) != "unavailable own_rate_limit" || fake.Stats().Requests[fakedesk.OpCreate] != 1 {
		t.Errorf("Create without a turn: %v after %d calls, want own_rate_limit and one call", err, fake.Stats().Requests[fakedesk.OpCreate])
	}
}
