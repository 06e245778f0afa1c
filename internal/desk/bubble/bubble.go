package bubble

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
)

// Transport is a way to a server without a network.
type Transport struct {
	server http.Handler
	// inside counts the requests that are being answered.
	inside sync.WaitGroup
}

// NewTransport makes a way to a server.
func NewTransport(server http.Handler) *Transport { return &Transport{server: server} }

// Wait waits until the server has answered, or given up, everything that was carried to it.
func (t *Transport) Wait() { t.inside.Wait() }

// RoundTrip carries one request to the server and its answer back.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err //nolint:wrapcheck // a transport hands its context's error on as it is
	}
	trace := httptrace.ContextClientTrace(ctx)
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(req.URL.Host)
	}
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close() // read to its end
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
	}
	if trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	line := &line{header: http.Header{}, ended: make(chan struct{})}
	// The server's side lives on when the client has given up, as a real one does; Wait
	// waits for it. Its request's context ends with the client's.
	t.inside.Add(1)
	go t.answer(line, serverSide(ctx, req, body))
	select {
	case <-line.ended:
	case <-ctx.Done():
		return nil, ctx.Err() //nolint:wrapcheck // as above
	}
	return line.response(req)
}

func serverSide(ctx context.Context, req *http.Request, body []byte) *http.Request {
	r := req.Clone(ctx)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.RequestURI, r.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:1"
	return r
}

func (t *Transport) answer(l *line, r *http.Request) {
	defer t.inside.Done()
	defer close(l.ended)
	defer func() {
		if failure := recover(); failure != nil {
			if err, ok := failure.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(failure)
			}
			l.cut = true
		}
	}()
	t.server.ServeHTTP(l, r)
}

// line is the server's end of one connection; the client reads it once ended is closed.
type line struct {
	header http.Header
	status int
	body   bytes.Buffer
	cut    bool
	ended  chan struct{}
}

func (l *line) Header() http.Header { return l.header }

func (l *line) WriteHeader(status int) {
	if l.status == 0 {
		l.status = status
	}
}

func (l *line) Write(p []byte) (int, error) {
	l.WriteHeader(http.StatusOK)
	return l.body.Write(p)
}

func (l *line) response(req *http.Request) (*http.Response, error) {
	if l.cut && l.status == 0 {
		return nil, io.EOF
	}
	l.WriteHeader(http.StatusOK)
	var body io.Reader = &l.body
	if l.cut {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", l.status, http.StatusText(l.status)), StatusCode: l.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: l.header, Body: io.NopCloser(body), ContentLength: -1, Request: req,
	}, nil
}

// broken is where a connection was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
