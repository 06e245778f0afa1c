package freescout

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
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/outbound"
)

const (
	maxErrorBody = 1 << 20
	maxListBody  = 10 << 20
	// maxLongBody bounds a conversation with its threads: a storm of 100,000 alerts is 15 MB.
	maxLongBody = 100 << 20
	// enoughForCall is how much of a deadline waiting for a turn leaves to the call.
	enoughForCall = 5 * time.Second
	// idleTimeout is below Apache's KeepAliveTimeout of 5 s
	// (https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout, read 2026-11-23): a
	// create on a connection that the server is just closing would have an unknown outcome.
	idleTimeout = 4 * time.Second
)

// call is one request to FreeScout.
type call struct {
	action action
	method string
	// path is under the API's base and begins with a slash.
	path string
	// list says that the path names a list, long that the answer may have maxLongBody.
	list    bool
	long    bool
	query   url.Values
	payload any
	// bare leaves the key and the Access service token out.
	bare bool
}

// answer is a success.
type answer struct {
	header http.Header
	body   []byte
}

// do makes the call, once. Its error is nil or a *fault.Fault.
func (d *Desk) do(ctx context.Context, c call) (answer, error) {
	if !d.held.Load().now.APIKey.Set() {
		return answer{}, &fault.Fault{Class: fault.Unavailable, Name: "key_missing",
			Sentence: "FreeScout's key is not known yet: the vault has not given it.",
			Fix:      "Bring the vault back, or set FREESCOUT_API_KEY."}
	}
	if err := d.turn(ctx); err != nil {
		return answer{}, d.scrubbed(err)
	}
	limit := d.config.Timeout
	if c.action == creating {
		limit = d.config.CreateTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := d.exchange(ctx, c)
	if f := classify(x); f != nil {
		return answer{}, d.scrubbed(f)
	}
	return answer{header: x.header, body: x.body}, nil
}

// turn waits for our own limit on calls. It leaves time for the call itself: one that
// starts with no time left would end with an unknown outcome. Its errors are not sent.
func (d *Desk) turn(ctx context.Context) *fault.Fault {
	if err := ctx.Err(); err != nil {
		return classifyFailure(exchange{err: err})
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		waiting, cancel := context.WithTimeout(ctx, left-min(left/2, enoughForCall))
		defer cancel()
		ctx = waiting
	}
	err := d.limiter.Wait(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return classifyFailure(exchange{err: err})
	default:
		return &fault.Fault{Class: fault.Unavailable, Name: desk.OwnLimit, Sentence: "Too many calls to FreeScout were waiting for their turn.",
			Fix: "Nothing, if it passes; raise freescout.rate if FreeScout can take more.", Err: err}
	}
}

// exchange sends the request and reads the answer. It never follows a redirect.
func (d *Desk) exchange(ctx context.Context, c call) (x exchange) {
	x = exchange{action: c.action, list: c.list, tokenless: c.bare || !d.held.Load().now.AccessClientID.Set()}
	defer func() { x.now = time.Now() }()
	ctx, trace := outbound.Watch(ctx)
	req, err := d.request(ctx, c)
	if err != nil {
		x.err = err
		return x
	}
	x.url = req.URL
	resp, err := d.client.Do(req)
	x.sent = trace.Left()
	if err != nil {
		x.err = outbound.Plain(err)
		return x
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as we want it
	x.status, x.header = resp.StatusCode, resp.Header
	most := int64(maxErrorBody)
	if resp.StatusCode < 300 {
		most = maxListBody
	}
	if c.long && resp.StatusCode < 300 {
		most = maxLongBody
	}
	x.body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if resp.StatusCode >= 300 {
		// The status says enough, whatever is missing of the body. It is cleaned before words
		// are cut out of it, because half a secret would not be recognised any more.
		x.body = []byte(d.scrub(string(x.body)))
		return x
	}
	if int64(len(x.body)) > most {
		err = fmt.Errorf("%w: more than %d bytes", errTooLarge, most)
	}
	if err != nil && (c.action == reading || newID(x.header, nil) == "") && (c.action != setting) {
		x.status, x.header, x.body = 0, nil, nil
		x.err = fmt.Errorf("read the answer: %w", outbound.Plain(err))
	}
	return x
}

func (d *Desk) request(ctx context.Context, c call) (*http.Request, error) {
	var body io.Reader = http.NoBody
	if c.payload != nil {
		var packed bytes.Buffer
		encoder := json.NewEncoder(&packed)
		encoder.SetEscapeHTML(false) // the HTML inside is already as FreeScout shall have it
		if err := encoder.Encode(c.payload); err != nil {
			return nil, fmt.Errorf("pack the request: %w", err)
		}
		body = bytes.NewReader(packed.Bytes())
	}
	address := d.api + c.path
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, c.method, address, body)
	if err != nil {
		return nil, errors.New("build the request: the address is not valid")
	}
	keys := d.held.Load().now
	if !c.bare {
		req.Header.Set("X-FreeScout-API-Key", keys.APIKey.Reveal())
	}
	if !c.bare && keys.AccessClientID.Set() {
		req.Header.Set("CF-Access-Client-Id", keys.AccessClientID.Reveal())
		req.Header.Set("CF-Access-Client-Secret", keys.AccessClientSecret.Reveal())
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", d.config.UserAgent)
	return req, nil
}

// scrubbed takes our secrets out of a fault, should FreeScout or a proxy have echoed them.
func (d *Desk) scrubbed(f *fault.Fault) *fault.Fault {
	f.Sentence = d.scrub(f.Sentence)
	if f.Err != nil {
		if text := f.Err.Error(); d.scrub(text) != text {
			f.Err = errors.New(d.scrub(text))
		}
	}
	return f
}

func (d *Desk) scrub(text string) string {
	h := d.held.Load()
	for _, secret := range [...]fault.Secret{h.now.APIKey, h.now.AccessClientSecret, h.now.AccessClientID, h.before.APIKey,
		h.before.AccessClientSecret, h.before.AccessClientID} {
		if secret.Set() {
			text = strings.ReplaceAll(text, secret.Reveal(), secret.String())
		}
	}
	return text
}
