package infisical_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"docket/internal/fault"
	"docket/internal/infisical"
)

// fakeInfisical is a small honest Infisical: one identity, one project.
type fakeInfisical struct {
	mu      sync.Mutex // guards all below
	access  string
	expires int64
	logins  int
	secrets map[string]string // by folder and name
	broken  func(w http.ResponseWriter) bool
}

func (i *fakeInfisical) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.broken != nil && i.broken(w) {
		return
	}
	if r.URL.Path == "/api/v1/auth/universal-auth/login" {
		var who struct{ ClientID, ClientSecret string }
		if err := json.NewDecoder(r.Body).Decode(&who); err != nil || who.ClientID != "identity" || who.ClientSecret != "identity-secret" {
			http.Error(w, `{"message":"Invalid credentials identity-secret"}`, http.StatusUnauthorized)
			return
		}
		i.logins++
		i.access = strings.Repeat("t", i.logins)
		_ = json.NewEncoder(w).Encode(map[string]any{"accessToken": i.access, "expiresIn": i.expires, "tokenType": "Bearer"})
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/api/v3/secrets/raw/")
	if token := r.Header.Get("Authorization"); token != "Bearer "+i.access && token != "Bearer service-token" {
		http.Error(w, `{"message":"Token missing"}`, http.StatusUnauthorized)
		return
	}
	q := r.URL.Query()
	value, there := i.secrets[q.Get("secretPath")+"/"+name]
	if !ok || !there || q.Get("workspaceId") != "project" || q.Get("environment") != "prod" {
		http.Error(w, `{"message":"Secret not found"}`, http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"secret": map[string]any{"secretKey": name, "secretValue": value}})
}

func open(t *testing.T, i *fakeInfisical, token fault.Secret) (*infisical.Client, string) {
	t.Helper()
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	c := infisical.Config{URL: server.URL + "/", ProjectID: "project", Environment: "prod", Token: token}
	if !token.Set() {
		c.ClientID, c.ClientSecret = "identity", "identity-secret"
	}
	return infisical.New(c), server.URL
}

func TestASecretIsReadByIdentityAndByToken(t *testing.T) {
	i := &fakeInfisical{expires: 3600, secrets: map[string]string{"/ops/KEY": "first\n"}}
	for _, token := range []fault.Secret{"", "service-token"} {
		c, _ := open(t, i, token)
		for range 3 {
			if got, err := c.Read(t.Context(), "/ops", "KEY"); err != nil || got.Reveal() != "first" {
				t.Fatalf("read %q %v", got.Reveal(), err)
			}
		}
	}
	if i.logins != 1 {
		t.Errorf("%d logins, want one for as long as its token is good", i.logins)
	}
}

func TestALoginIsRepeatedWhenItsTokenIsNotTaken(t *testing.T) {
	i := &fakeInfisical{expires: 3600, secrets: map[string]string{"/ops/KEY": "first"}}
	c, _ := open(t, i, "")
	if _, err := c.Read(t.Context(), "/ops", "KEY"); err != nil {
		t.Fatal(err)
	}
	i.mu.Lock()
	i.access, i.secrets["/ops/KEY"] = "revoked", "second"
	i.mu.Unlock()
	if got, err := c.Read(t.Context(), "/ops", "KEY"); err != nil || got.Reveal() != "second" || i.logins != 2 {
		t.Errorf("read %q %v after %d logins", got.Reveal(), err, i.logins)
	}
	short := &fakeInfisical{expires: 10, secrets: map[string]string{"/ops/KEY": "x"}}
	c, _ = open(t, short, "")
	for range 2 {
		if _, err := c.Read(t.Context(), "/ops", "KEY"); err != nil {
			t.Fatal(err)
		}
	}
	if short.logins != 2 {
		t.Errorf("%d logins, want a new one for a token that is about to end", short.logins)
	}
}

func TestEachFaultOfTheVaultHasItsName(t *testing.T) {
	status := func(code int, body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { w.WriteHeader(code); _, _ = w.Write([]byte(body)); return true }
	}
	for _, f := range []struct {
		name, folder string
		config       func(*infisical.Config)
		broken       func(http.ResponseWriter) bool
		want         string
	}{
		{name: "another identity", folder: "/ops",
			config: func(c *infisical.Config) { c.ClientSecret = "identity-secret-that-is-wrong" }, want: "vault_refused"},
		{name: "another folder", folder: "/other", want: "vault_missing"},
		{name: "an empty value", folder: "/empty", want: "vault_empty"},
		{name: "its own error", folder: "/ops", broken: status(500, "identity-secret"), want: "vault_ill"},
		{name: "a redirect", folder: "/ops", broken: status(302, ""), want: "vault_ill"},
		{name: "a web page", folder: "/ops", broken: status(200, "<html>"), want: "vault_bad_answer"},
		{name: "another program", folder: "/ops", broken: status(200, "{}"), want: "vault_bad_answer"},
		{name: "nobody there", folder: "/ops", config: func(c *infisical.Config) { c.URL = "http://127.0.0.1:1" }, want: "vault_away"},
	} {
		t.Run(f.name, func(t *testing.T) {
			i := &fakeInfisical{expires: 3600, secrets: map[string]string{"/ops/KEY": "first", "/empty/KEY": ""}, broken: f.broken}
			_, url := open(t, i, "")
			c := infisical.Config{URL: url, ProjectID: "project", Environment: "prod", ClientID: "identity", ClientSecret: "identity-secret"}
			if f.config != nil {
				f.config(&c)
			}
			_, err := infisical.New(c).Read(t.Context(), f.folder, "KEY")
			got, ok := errors.AsType[*fault.Fault](err)
			if !ok || got.Name != f.want || got.Sentence == "" || got.Fix == "" {
				t.Fatalf("got %v, want %s", err, f.want)
			}
			if strings.Contains(err.Error(), "identity-secret") || strings.Contains(err.Error(), "first") {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}
