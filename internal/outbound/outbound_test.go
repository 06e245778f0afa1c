package outbound_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"docket/internal/fault"
	"docket/internal/outbound"
)

func TestACallWithoutAnAnswerHasOneNameAndOneKind(t *testing.T) {
	t.Parallel()
	party := outbound.Party{Name: "the vault", Setting: "vault.url"}
	for _, c := range []struct {
		err        error
		name, kind string
	}{
		{&net.DNSError{Err: "no such host", Name: "h"}, "dns_error", fault.KindDNS},
		{context.DeadlineExceeded, "timeout", fault.KindTimeout},
		{&net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}, "timeout", fault.KindTimeout},
		{tls.AlertError(40), "tls_error", fault.KindTLS},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "unreachable", fault.KindConnection},
		{io.EOF, "connection_cut", fault.KindConnection},
		{errors.New("boom"), "connection_failed", fault.KindConnection},
		{context.Canceled, "stopped", ""},
	} {
		err := &url.Error{Op: "Get", URL: "https://host/s3cret", Err: c.err}
		for left, class := range map[bool]fault.Class{false: fault.Unavailable, true: fault.Unknown} {
			f := party.Fault(err, left)
			if f.Class != class || f.Name != c.name || f.Kind != c.kind || f.Sentence == "" || f.Fix == "" || !errors.Is(f, c.err) {
				t.Errorf("%v, left %v: %+v, want %s %s of kind %q", c.err, left, f, class, c.name, c.kind)
			}
			if strings.Contains(f.Error(), "s3cret") {
				t.Errorf("%v shows the address", f)
			}
		}
	}
}

func TestARequestCountsAsLeftOnceItHasAConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
	client := outbound.Client(outbound.Transport())
	get := func() (*outbound.Trace, int) {
		ctx, trace := outbound.Watch(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return trace, 0
		}
		_ = resp.Body.Close()
		return trace, resp.StatusCode
	}
	if trace, status := get(); !trace.Left() || status != http.StatusFound {
		t.Errorf("a redirect: left %v, status %d, want it to have left and not to be followed", trace.Left(), status)
	}
	server.Close()
	client.CloseIdleConnections()
	if trace, _ := get(); trace.Left() {
		t.Error("a request without a connection counts as left")
	}
}
