package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// infisical holds one secret, which can be changed, and can be away.
type infisical struct {
	mu   sync.Mutex // guards the two below
	key  string
	away bool
}

func (i *infisical) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/api/v1/auth/universal-auth/login":
		_, _ = fmt.Fprint(w, `{"accessToken":"access","expiresIn":7200,"tokenType":"Bearer"}`)
	case r.Header.Get("Authorization") != "Bearer access":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/api/v3/secrets/raw/FREESCOUT_API_KEY" && r.URL.Query().Get("secretPath") == "/ops/freescout":
		_ = json.NewEncoder(w).Encode(map[string]any{"secret": map[string]string{"secretValue": i.key}})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (i *infisical) set(key string, away bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.away = key, away
}

// rotated changes the key at the desk, sends alerts, then changes it where Docket reads it:
// all of them have one ticket in the end, without a restart.
func rotated(t *testing.T, p *process, f *freescout, change func(key string)) {
	t.Helper()
	p.mustPost("/hooks/alertmanager", webhook("firing", "Before"))
	f.oneTicketEach(t, 30*time.Second, []string{"Before"})
	p.settled(20 * time.Second)

	f.Rekey("key-after-rotation")
	during := names("During", 5)
	p.mustPost("/hooks/alertmanager", webhook("firing", during...))
	eventually(t, 30*time.Second, "the refusal is named", func() bool {
		return strings.Contains(p.log.String(), "freescout_auth_error") && strings.Contains(p.log.String(), "gate=key_refused")
	})
	change("key-after-rotation")
	all := append([]string{"Before"}, during...)
	f.oneTicketEach(t, 90*time.Second, all)
	p.mustPost("/hooks/alertmanager", webhook("firing", "After"))
	f.oneTicketEach(t, 30*time.Second, append(all, "After"))
	text := p.log.String()
	if !strings.Contains(text, "keys changed, no restart needed") {
		t.Error("the change is not said")
	}
	for _, secret := range []string{"test-key", "key-after-rotation", "identity-secret"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log shows %s", secret)
		}
	}
}

func TestAKeyRotatedInItsFileIsUsedWithoutRestart(t *testing.T) {
	t.Parallel()
	notInShort(t)
	f := newFreeScout(t, fakedesk.Options{})
	file := filepath.Join(t.TempDir(), "key")
	put := func(key string) {
		t.Helper()
		// As secrets are mounted: a new file in the place of the old one.
		if err := os.WriteFile(file+".new", []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	put("test-key")
	p := start(t, setup{
		database: filepath.Join(t.TempDir(), "docket.db"),
		yaml:     fmt.Sprintf("freescout: {api_url: %q, mailbox_id: 1, rate: 100000, wait_out: 1s}\npolicies: {storm: {limit: 0}}\n", f.url),
		env:      []string{"FREESCOUT_API_KEY_FILE=" + file},
	})
	rotated(t, p, f, put)
}

func TestAKeyRotatedInTheVaultIsUsedWithoutRestart(t *testing.T) {
	t.Parallel()
	notInShort(t)
	f := newFreeScout(t, fakedesk.Options{})
	vault := &infisical{key: "test-key", away: true}
	server := httptest.NewServer(vault)
	t.Cleanup(server.Close)
	p := start(t, setup{
		database: filepath.Join(t.TempDir(), "docket.db"),
		yaml: fmt.Sprintf(`freescout: {api_url: %q, mailbox_id: 1, rate: 100000, wait_out: 1s}
policies: {storm: {limit: 0}}
vault: {url: %q, project_id: p, client_id: identity, every: 2s, secrets: {FREESCOUT_API_KEY: /ops/freescout}}
`, f.url, server.URL),
		env: []string{"INFISICAL_CLIENT_SECRET=identity-secret"},
	})
	// A vault that is away at the start costs no alert: it is kept, and filed once there is a key.
	p.mustPost("/hooks/alertmanager", webhook("firing", "Early"))
	eventually(t, 20*time.Second, "the missing key is named", func() bool { return strings.Contains(p.log.String(), "key_missing") })
	vault.set("test-key", false)
	f.oneTicketEach(t, 90*time.Second, []string{"Early"})

	rotated(t, p, f, func(key string) { vault.set(key, false) })

	// While the vault is away the last good key is used, and that is said.
	vault.set("", true)
	eventually(t, 30*time.Second, "the vault's absence is said", func() bool {
		return strings.Contains(p.log.String(), "key could not be read again, using the last one")
	})
	p.mustPost("/hooks/alertmanager", webhook("firing", "VaultAway"))
	f.oneTicketEach(t, 30*time.Second, []string{"VaultAway"})
}
