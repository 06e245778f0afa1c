package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"docket/internal/fault"
	"docket/internal/outbound"
)

const (
	maxErrorBody = 1 << 20
	// idleTimeout is below Apache's KeepAliveTimeout of 5 s
	// (https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout, read 2026-11-23): a
	// create on a connection that the server is just closing would have an unknown outcome.
	idleTimeout = 4 * time.Second
)

// Action is what a call does on the other side; it decides what a doubtful answer means.
type Action uint8

// The actions.
const (
	Reading  Action = iota // changes nothing
	Setting                // changes something; twice is once
	Creating               // makes a ticket: twice is two
	Noting                 // adds a note: twice is two
)

// Doubtful is the class of an answer that does not say whether the call took effect: what
// is harmless twice may simply be tried again.
func (a Action) Doubtful() fault.Class {
	if a == Creating || a == Noting {
		return fault.Unknown
	}
	return fault.Unavailable
}

// Call is one request.
type Call struct {
	Action Action
	Method string
	// Address is absolute; it is built by the caller and never taken from an answer.
	Address string
	Header  http.Header
	// Body is sent as it is; nil for none.
	Body []byte
	// Limit bounds the call, Most its answer's body where it is a success.
	Limit time.Duration
	Most  int64
}

// Exchange is one call and everything that came of it.
type Exchange struct {
	Action Action
	// URL is the address that was asked, nil where it is not valid.
	URL    *url.URL
	Status int
	Header http.Header
	// Body is the answer's body, or as much of it as is read.
	Body []byte
	// Sent is false only where no byte of the request can have left.
	Sent bool
	// Err is why there is no answer; then Status is 0. Cut is why a success's body is not whole.
	Err, Cut error
	// Now is when it ended, to read a date in Retry-After.
	Now time.Time
}

// ErrTooLarge says that an answer was longer than we read.
var ErrTooLarge = errors.New("the answer is too large")

// Client sends calls. It is safe for many goroutines.
type Client struct{ http *http.Client }

// NewClient returns a client over a transport; nil is the network.
func NewClient(carrier http.RoundTripper) Client {
	if carrier == nil {
		carrier = network()
	}
	return Client{outbound.Client(carrier)}
}

// network is the transport: HTTP/1.1 only, because HTTP/2 may send a POST a second time
// by its own rules (GOAWAY, REFUSED_STREAM).
func network() *http.Transport {
	var only http.Protocols
	only.SetHTTP1(true)
	t := outbound.Transport()
	t.IdleConnTimeout, t.MaxIdleConnsPerHost, t.Protocols, t.ForceAttemptHTTP2 = idleTimeout, 8, &only, false
	return t
}

// Do sends a call, once, and reads its answer.
func (c Client) Do(ctx context.Context, call Call) (x Exchange) {
	ctx, cancel := context.WithTimeout(ctx, call.Limit)
	defer cancel()
	x = Exchange{Action: call.Action}
	defer func() { x.Now = time.Now() }()
	ctx, trace := outbound.Watch(ctx)
	req, err := request(ctx, call)
	if err != nil {
		x.Err = err
		return x
	}
	x.URL = req.URL
	resp, err := c.http.Do(req)
	x.Sent = trace.Left()
	if err != nil {
		x.Err = outbound.Plain(err)
		return x
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as we want it
	x.Status, x.Header = resp.StatusCode, resp.Header
	most := int64(maxErrorBody)
	if resp.StatusCode < 300 {
		most = call.Most
	}
	x.Body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if resp.StatusCode >= 300 {
		return x // The status says enough, whatever is missing of the body.
	}
	if int64(len(x.Body)) > most {
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, most)
	}
	if err != nil {
		x.Cut = fmt.Errorf("read the answer: %w", outbound.Plain(err))
	}
	return x
}

func request(ctx context.Context, call Call) (*http.Request, error) {
	var body io.Reader = http.NoBody
	if call.Body != nil {
		body = bytes.NewReader(call.Body)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, call.Address, body)
	if err != nil {
		return nil, errors.New("build the request: the address is not valid")
	}
	maps.Copy(req.Header, call.Header)
	return req, nil
}
