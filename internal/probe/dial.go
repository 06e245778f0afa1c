package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// dialer opens connections for probes.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// errMetadata says that a probe would have asked a cloud's metadata service.
var errMetadata = errors.New("the address is a cloud's metadata service, which docket does not ask")

// metadata are the addresses at which clouds hand out secrets of the machine: whoever can
// name a surface must not be able to read them out.
var metadata = [...]netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("169.254.170.2"),
}

// guarded opens connections to everywhere but metadata services. Inner addresses are what
// operators watch.
func guarded() dialer {
	d := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("read the address %s: %w", address, err)
		}
		for _, refused := range metadata {
			if at.Addr().Unmap() == refused {
				return errMetadata
			}
		}
		return nil
	}}
	return d.DialContext
}

// fault says in words why a call failed.
func fault(err error) string {
	var dns *net.DNSError
	var verify *tls.CertificateVerificationError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errMetadata):
		return errMetadata.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), timedOut(err):
		return "did not answer in time"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the name " + dns.Name + " is not known"
	case errors.As(err, &dns):
		return "the name " + dns.Name + " could not be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to the host"
	case errors.As(err, &host):
		return "the certificate is for another name"
	case errors.As(err, &authority):
		return "the certificate is of an authority that is not trusted"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &verify), errors.As(err, &invalid):
		return "the certificate is not valid"
	case errors.As(err, &record):
		return "does not speak TLS"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "cut the connection"
	}
	// An address may hold a secret in its query: the inner error says it without.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return strings.TrimPrefix(err.Error(), "net/http: ")
}

func timedOut(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
