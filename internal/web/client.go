package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"docket/internal/fault"
)

// Client talks to a running Docket. The command line uses it.
type Client struct {
	// TokenFrom says where a token can be set, for the error shown when the server refuses access.
	TokenFrom string

	base  string
	token fault.Secret
	http  *http.Client
}

// ErrNoServer means that nothing listens at the address.
var ErrNoServer = errors.New("no docket is running there")

// NewClient returns a client for the server at base, for example http://127.0.0.1:8080.
func NewClient(base string, token fault.Secret) *Client {
	return &Client{"DOCKET_TOKEN", strings.TrimSuffix(base, "/"), token, &http.Client{
		Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// maxAnswer limits the size of one response; a full listing can be long.
const maxAnswer = 512 << 20

// Get requests path with a query and decodes the response into out.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, out)
}

// Post sends in as JSON to path and decodes the response into out. Either may be nil.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.do(ctx, http.MethodPost, path, in, out)
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var send io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
		send = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, send)
	if err != nil {
		return fmt.Errorf("the server's address %s is not valid: write, for example, http://127.0.0.1:8080", c.base)
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token.Set() {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	resp, err := c.http.Do(req)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s: %w", c.base, ErrNoServer)
	case err != nil:
		return fmt.Errorf("the server at %s cannot be reached: %w", c.base, err)
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("the response of %s was cut off: %w", c.base, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return c.refusal(resp.StatusCode, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the response of %s is not Docket's: check the address", c.base)
	}
	return nil
}

// refusal extracts the sentence from an error response: ours, or the API's problem document. A sentence about the
// request itself does not need the server's address in front.
func (c *Client) refusal(status int, text []byte) error {
	var answer struct {
		Error  string `json:"error"`
		Detail string `json:"detail"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	sentence := http.StatusText(status)
	if json.Unmarshal(text, &answer) == nil {
		switch {
		case answer.Error != "":
			sentence = answer.Error
		case len(answer.Errors) > 0:
			sentence = answer.Errors[0].Location + ": " + answer.Errors[0].Message
		case answer.Detail != "":
			sentence = answer.Detail
		}
	}
	refused := &Refused{Status: status, Sentence: sentence, base: c.base}
	switch status {
	case http.StatusNotFound, http.StatusConflict, http.StatusBadRequest, http.StatusUnprocessableEntity:
		if sentence != http.StatusText(status) {
			refused.base = ""
		}
	case http.StatusUnauthorized:
		refused.Sentence += " (the command line sends " + c.TokenFrom + ")"
	}
	return refused
}

// Refused is a response from the server that is not a success.
type Refused struct {
	Status   int
	Sentence string // the server's explanation

	base string // the server's address, set if the sentence is not about the request itself
}

// Error returns the sentence, with the server's address if it is about the server.
func (r *Refused) Error() string {
	if r.base == "" {
		return r.Sentence
	}
	return fmt.Sprintf("%s refused (%d): %s", r.base, r.Status, r.Sentence)
}
