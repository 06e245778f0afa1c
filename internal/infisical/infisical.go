package infisical

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"docket/internal/fault"
	"docket/internal/outbound"
)

// Config says where the vault is and how to log in. Either ClientID and ClientSecret are set, or Token.
type Config struct {
	// URL is the instance's address, without /api.
	URL string
	// ProjectID and Environment say where the secrets are.
	ProjectID, Environment string
	ClientID               string
	ClientSecret, Token    fault.Secret
}

// Client reads from one Infisical instance. It is safe for concurrent use.
type Client struct {
	config Config
	http   *http.Client

	mu sync.Mutex // guards the two below
	// access is the access token from a login, and until when it is used.
	access fault.Secret
	until  time.Time
}

// The limits of a call.
const (
	callTimeout = 10 * time.Second
	maxAnswer   = 1 << 20
	// spare is how long before its expiry an access token is no longer used.
	spare = 30 * time.Second
)

// New makes the client. It makes no network calls.
func New(c Config) *Client {
	c.URL = strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/api")
	return &Client{config: c, http: outbound.Client(outbound.Transport())}
}

// Read returns the secret with this name in a folder. Its error is nil or a *fault.Fault.
func (c *Client) Read(ctx context.Context, folder, name string) (fault.Secret, error) {
	value, status, err := c.read(ctx, folder, name)
	if status == http.StatusUnauthorized && !c.config.Token.Set() {
		// The access token may have been revoked early: log in again, once.
		c.forget()
		value, _, err = c.read(ctx, folder, name)
	}
	return value, err
}

func (c *Client) read(ctx context.Context, folder, name string) (fault.Secret, int, error) {
	access, err := c.login(ctx)
	if err != nil {
		return "", 0, err
	}
	query := url.Values{"workspaceId": {c.config.ProjectID}, "environment": {c.config.Environment}, "secretPath": {folder}}
	// https://infisical.com/docs/api-reference/endpoints/secrets/read, read 2026-11-23: every instance in use
	// has v3; only new ones have v4.
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.URL+"/api/v3/secrets/raw/"+url.PathEscape(name)+"?"+
		query.Encode(), http.NoBody)
	if err != nil {
		return "", 0, badAddress()
	}
	req.Header.Set("Authorization", "Bearer "+access.Reveal())
	var answer struct {
		Secret struct {
			Value string `json:"secretValue"`
		} `json:"secret"`
	}
	status, err := c.call(req, &answer)
	switch {
	case err != nil:
		return "", status, err
	case strings.TrimRight(answer.Secret.Value, "\r\n") == "":
		return "", status, &fault.Fault{Class: fault.Unavailable, Name: "vault_empty", Sentence: "The vault has no value for " + name + ".",
			Fix: "Set it in the vault."}
	}
	return fault.Secret(strings.TrimRight(answer.Secret.Value, "\r\n")), status, nil
}

// login returns the token to call with: the configured one, or one from a login.
func (c *Client) login(ctx context.Context) (fault.Secret, error) {
	if c.config.Token.Set() {
		return c.config.Token, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.access.Set() && time.Now().Before(c.until) {
		return c.access, nil
	}
	body, err := json.Marshal(map[string]string{"clientId": c.config.ClientID, "clientSecret": c.config.ClientSecret.Reveal()})
	if err != nil {
		return "", badAddress()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.URL+"/api/v1/auth/universal-auth/login", bytes.NewReader(body))
	if err != nil {
		return "", badAddress()
	}
	req.Header.Set("Content-Type", "application/json")
	var answer struct {
		AccessToken string `json:"accessToken"`
		ExpiresIn   int64  `json:"expiresIn"`
	}
	if _, err := c.call(req, &answer); err != nil {
		return "", err
	}
	if answer.AccessToken == "" {
		return "", &fault.Fault{Class: fault.Unavailable, Name: "vault_bad_answer", Sentence: "The vault's login returned no token.",
			Fix: "Check vault.url: it must be the address of an Infisical instance."}
	}
	c.access = fault.Secret(answer.AccessToken)
	c.until = time.Now().Add(time.Duration(min(max(answer.ExpiresIn, 0), 86400))*time.Second - spare)
	return c.access, nil
}

func (c *Client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.access = ""
}

// call sends a request and reads its JSON.
func (c *Client) call(req *http.Request, out any) (status int, err error) {
	ctx, cancel := context.WithTimeout(req.Context(), callTimeout)
	defer cancel()
	req = req.WithContext(ctx)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		f := outbound.Party{Name: "the vault", Setting: "vault.url"}.Fault(err, false)
		f.Name, f.Fix = "vault_away", f.Fix+" The last values stay in use."
		return 0, f
	}
	defer func() { _ = resp.Body.Close() }() // Everything we need has been read.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	refused := func(class fault.Class, name, sentence, fix string) (int, error) {
		return resp.StatusCode, &fault.Fault{Class: class, Name: name, Sentence: sentence, Fix: fix,
			HTTPStatus: resp.StatusCode, Kind: fault.KindHTTP}
	}
	switch {
	case err != nil:
		return resp.StatusCode, &fault.Fault{Class: fault.Unavailable, Name: "vault_away", Sentence: "The vault's response was cut off.",
			Fix: "Nothing to do if it stops by itself.", Err: err}
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return refused(fault.Refused, "vault_refused", fmt.Sprintf("The vault refused the login (%d).", resp.StatusCode),
			"Check INFISICAL_CLIENT_ID and INFISICAL_CLIENT_SECRET, or INFISICAL_TOKEN, and what the identity can read.")
	case resp.StatusCode == http.StatusNotFound:
		return refused(fault.Missing, "vault_missing", "The vault has no such secret.",
			"Check vault.secrets (the folder), vault.project_id and vault.environment.")
	case resp.StatusCode != http.StatusOK:
		return refused(fault.Unavailable, "vault_ill", fmt.Sprintf("The vault returned %d.", resp.StatusCode),
			"Check the vault's log. The last values stay in use.")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return resp.StatusCode, &fault.Fault{Class: fault.Unavailable, Name: "vault_bad_answer",
			Sentence: "The vault's response is not one of Infisical.", Fix: "Check vault.url: it must be the address of an Infisical instance."}
	}
	return resp.StatusCode, nil
}

func badAddress() error {
	return &fault.Fault{Class: fault.Unavailable, Name: "vault_bad_address", Sentence: "The vault's address is not valid.",
		Fix: "Set vault.url to the address of your Infisical."}
}
