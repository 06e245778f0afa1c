package outbound

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// dialTimeout bounds making a connection, and its TLS handshake.
const dialTimeout = 5 * time.Second

// Client makes a client over the transport that follows no redirect. Its deadline is that of each call's context.
func Client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: Stay}
}

// Stay follows no redirect: the answer is the redirect itself.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Transport makes a transport with bounds on everything but the answer's body. A caller may change it before its first use.
func Transport() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, TLSHandshakeTimeout: dialTimeout,
		MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 256 << 10,
	}
}

// Bounded is a transport whose answers end after so many bytes, for a library that reads them itself.
func Bounded(transport http.RoundTripper, most int64) http.RoundTripper {
	return bounded{transport, most}
}

type bounded struct {
	http.RoundTripper
	most int64
}

// RoundTrip makes one call.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, b.most), resp.Body}
	}
	return resp, err
}

// Trace says whether a request can have left.
type Trace struct{ asked, got atomic.Bool }

// Watch returns a context whose request is watched. A trace belongs to one call.
func Watch(ctx context.Context) (context.Context, *Trace) {
	t := &Trace{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.got.Store(true) },
	}), t
}

// Left reports whether the request can have left: once it has a connection, it may be on the
// wire. A transport that does not say counts as having sent it.
func (t *Trace) Left() bool { return t.got.Load() || !t.asked.Load() }
