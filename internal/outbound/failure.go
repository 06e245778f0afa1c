package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"docket/internal/fault"
)

// Party is who was called, in the words of its faults.
type Party struct {
	// Name begins or ends a sentence: "Slack", "the webhook ops".
	Name string
	// Setting is where its address is set: "SLACK_API_URL".
	Setting string
}

// Fault classifies a call that got no answer. What did not leave certainly took no effect; of
// what left nothing is known, so that a caller to whom twice is once may lower the class.
func (p Party) Fault(err error, left bool) *fault.Fault {
	f := &fault.Fault{Class: fault.Unavailable, Err: Plain(err)}
	if left {
		f.Class = fault.Unknown
	}
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &dns):
		f.Name, f.Kind, f.Sentence = "dns_error", fault.KindDNS, "The host name of "+p.Name+" could not be resolved."
		f.Fix = "Check " + p.Setting + " and this machine's name servers."
	case errors.Is(err, context.Canceled):
		f.Name, f.Sentence, f.Fix = "stopped", "The call to "+p.Name+
			" was stopped before a response arrived.", "Nothing to do if Docket is being restarted."
	case isTLS(err):
		f.Name, f.Kind, f.Sentence = "tls_error", fault.KindTLS, "No secure connection to "+p.Name+" could be made."
		f.Fix = "Check the server's certificate, its host name and its chain."
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		f.Name, f.Kind, f.Sentence = "timeout", fault.KindTimeout, p.begin()+" did not respond in time."
		f.Fix = "Check that " + p.Name + " is up and not overloaded."
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		f.Name, f.Kind, f.Sentence = "unreachable", fault.KindConnection, p.begin()+" could not be reached."
		f.Fix = "Check that " + p.Name + " is up, and the host and port in " + p.Setting + "."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		f.Name, f.Kind, f.Sentence = "connection_cut", fault.KindConnection, "The connection to "+p.Name+" was cut off before it responded."
		f.Fix = "Check its web server and the proxies in front of it."
	default:
		f.Name, f.Kind, f.Sentence = "connection_failed", fault.KindConnection, "The connection to "+p.Name+" failed."
		f.Fix = "Check that " + p.Name + " is up and reachable from here."
	}
	return f
}

// begin is the name as a sentence begins with it.
func (p Party) begin() string {
	if p.Name == "" {
		return ""
	}
	return strings.ToUpper(p.Name[:1]) + p.Name[1:]
}

// Plain takes the address off net/http's errors; everything else in the chain stays.
func Plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// Bare leaves an error's kind and drops its text, for where a library may put the whole request there.
func Bare(err error) error {
	for _, ended := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, ended) {
			return ended
		}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	return fmt.Errorf("%T", err)
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) || errors.Is(err, http.ErrSchemeMismatch)
}
