package probe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"docket/internal/surface"
)

const (
	// maxBody is how much of a response body is read.
	maxBody = 1 << 20
	// maxPassing is the largest announced body that is read even though nothing checks it: this verifies that
	// it arrives complete, and lets the connection be kept.
	maxPassing = 64 << 10
	bodyStep   = 16 << 10
)

// errBodies is returned when too many bodies are in memory at once.
var errBodies = errors.New("too many large responses are being read at once")

func bodyOf(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// wantsBody reports whether to read the body. One without an announced length may never end.
func (p *httpProbe) wantsBody(resp *http.Response) bool {
	return p.looksInside() || (resp.ContentLength > 0 && resp.ContentLength <= maxPassing && p.method() != http.MethodHead)
}

func (p *httpProbe) judgeBody(ctx context.Context, f *finding, resp *http.Response) {
	if !p.looksInside() {
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			f.failed(ctx, err, true)
		}
		return
	}
	body, release, err := p.prober.hold(resp.Body)
	defer release()
	switch {
	case errors.Is(err, errBodies):
		f.unread(err.Error())
		return
	case err != nil:
		f.failed(ctx, err, true)
		return
	}
	part := ""
	if len(body) == maxBody {
		part = "the first MiB of "
	}
	if p.Contains != "" && !bytes.Contains(body, []byte(p.Contains)) {
		f.worse(surface.Down, "%sthe response does not contain %q", part, p.Contains)
	}
	if p.Lacks != "" && bytes.Contains(body, []byte(p.Lacks)) {
		f.worse(surface.Down, "the response contains %q", p.Lacks)
	}
	if p.pattern != nil && !p.pattern.Match(body) {
		f.worse(surface.Down, "%sthe response does not match %q", part, p.Matches)
	}
	if p.program != nil {
		p.judgeJSON(f, body)
	}
}

// hold reads a body into memory, at most maxBody of it, and counts it against the limit for all bodies until
// release is called.
func (p *Prober) hold(from io.Reader) (body []byte, release func(), err error) {
	held := int64(0)
	release = func() { p.held.Add(-held) }
	body = make([]byte, 0, 512)
	for len(body) < maxBody {
		if len(body) == cap(body) {
			grow := min(max(len(body), bodyStep), maxBody-len(body))
			held += int64(grow)
			if p.held.Add(int64(grow)) > maxHeldBodies {
				return nil, release, errBodies
			}
			body = append(make([]byte, 0, len(body)+grow), body...)
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, release, nil
		}
		if err != nil {
			return nil, release, err
		}
	}
	return body, release, nil
}
