package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"docket/internal/surface"
)

// ours are errors of this machine: they say nothing about a surface. Having no route at all (ENETUNREACH) is
// nearly always a problem of our own network, so it counts as ours.
var ours = []error{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL, syscall.ENETDOWN, syscall.ENETUNREACH,
	syscall.EACCES, syscall.EPERM,
}

// failed records an error. reached says whether we had connected to the other side.
func (f *finding) failed(ctx context.Context, err error, reached bool) {
	if errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled) {
		f.unread("the probe was stopped")
		return
	}
	if errors.Is(err, errMetadata) {
		f.unread(errMetadata.Error())
		return
	}
	for _, own := range ours {
		if errors.Is(err, own) {
			f.unread("Docket's own machine cannot connect: " + own.Error())
			return
		}
	}
	if noResolver(err) {
		f.unread("Docket's own machine cannot reach its name server")
		return
	}
	f.worse(surface.Down, "%s", because(err, reached, time.Since(f.began)))
}

// noResolver reports whether no resolver could even be asked for a name. net keeps only the text of the
// cause.
func noResolver(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && slices.ContainsFunc([]error{syscall.ECONNREFUSED, syscall.ENETUNREACH, syscall.EMFILE}, func(cause error) bool {
		return strings.HasSuffix(dns.Err, cause.Error())
	})
}

// unread makes the reading unknown: nothing was checked.
func (f *finding) unread(reason string) {
	f.reading.Status, f.reading.Reason = surface.Unknown, reason
}

// because describes what a network error means. It never shows a URL, whose query may be secret.
func because(err error, reached bool, took time.Duration) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if text := nameReason(err, took); text != "" {
		return text
	}
	if text := certificateReason(err); text != "" {
		return text
	}
	var timeout net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT), errors.As(err,
		&timeout) && timeout.Timeout():
		if reached {
			return "connected, but no complete response within " + short(took)
		}
		return "no connection within " + short(took)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused" + at(" by ", err)
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "no route to the host" + at(" ", err)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was cut off"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the response was cut off"
	case errors.Is(err, io.EOF):
		return "the connection was closed without a response"
	case strings.Contains(err.Error(), ": malformed "):
		return "the response is not HTTP"
	}
	return firstWords(err.Error())
}

// nameReason says what went wrong in resolving a name, "" if that was not the problem.
func nameReason(err error, took time.Duration) string {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return ""
	}
	switch {
	case dns.IsNotFound:
		return fmt.Sprintf("the name %s has no address", dns.Name)
	case dns.IsTimeout:
		return fmt.Sprintf("the name %s could not be looked up within %s", dns.Name, short(took))
	}
	return fmt.Sprintf("the name %s could not be looked up", dns.Name)
}

// certificateReason says what went wrong in a handshake, "" if that was not the problem.
func certificateReason(err error) string {
	var (
		invalid   x509.CertificateInvalidError
		otherHost x509.HostnameError
		unknown   x509.UnknownAuthorityError
		noTLS     tls.RecordHeaderError
		remote    *net.OpError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		c := invalid.Cert
		return fmt.Sprintf("the certificate is only valid from %s to %s", c.NotBefore.UTC().Format(time.DateOnly),
			c.NotAfter.UTC().Format(time.DateOnly))
	case errors.As(err, &invalid):
		return "the certificate is not valid: " + strings.TrimPrefix(invalid.Error(), "x509: ")
	case errors.As(err, &otherHost):
		return fmt.Sprintf("the certificate is not for %s", otherHost.Host)
	case errors.As(err, &unknown):
		return "the certificate is signed by an unknown authority"
	case errors.As(err, &noTLS):
		return "the server does not speak TLS"
	case errors.As(err, &remote) && remote.Op == "remote error": // How crypto/tls reports an alert from the other side.
		return "the TLS handshake was refused: " + strings.TrimPrefix(remote.Err.Error(), "tls: ")
	}
	return ""
}

// at returns the word followed by the address in the error, if it has one.
func at(word string, err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return word + op.Addr.String()
	}
	return ""
}

// firstWords is somebody else's message without the part that quotes the other side.
func firstWords(text string) string {
	text, _, _ = strings.Cut(text, `"`)
	text = strings.TrimPrefix(strings.TrimPrefix(text, "net/"), "http: ")
	return strings.TrimRight(strings.TrimSpace(text), ": ")
}
