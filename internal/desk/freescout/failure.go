package freescout

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"docket/internal/fault"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
)

// errTooLarge says that an answer was longer than we read.
var errTooLarge = errors.New("the answer is too large")

// classifyFailure is for calls without an answer. What was never sent was surely not done.
func classifyFailure(x exchange) *fault.Fault {
	class := fault.Unavailable
	if x.sent {
		class = x.deed.doubtful()
	}
	name, sentence, fix := failure(x.err)
	return &fault.Fault{Class: class, Name: name, Sentence: sentence, Fix: fix, Err: x.err}
}

func failure(err error) (name, sentence, fix string) {
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &dns):
		return "dns_error", "The name of FreeScout's host could not be resolved.", "Check FREESCOUT_API_URL and this machine's name servers."
	case errors.Is(err, context.Canceled):
		return "stopped", "The call to FreeScout was stopped before it was answered.", "Nothing, if Docket is being restarted."
	case isTLS(err):
		return "tls_error", "No secure connection to FreeScout could be made.", "Check the server's certificate, its host name and its chain."
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout", "FreeScout did not answer in time.", "Check that FreeScout is up and not overloaded."
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable", "FreeScout could not be reached.", "Check that FreeScout is up, and the host and port in FREESCOUT_API_URL."
	case errors.Is(err, errTooLarge):
		return "bad_answer", "FreeScout's answer was far larger than it should be.", "Check what answers at FREESCOUT_API_URL."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection_cut", "The connection to FreeScout was cut before it answered.", "Check FreeScout's web server and the proxies before it."
	default:
		return "connection_failed", "The connection to FreeScout failed.", "Check that FreeScout is up and reachable from here."
	}
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
