package probe

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// errMetadata is returned when an address is refused.
var errMetadata = errors.New("cloud credentials are served at this address: it is only probed with allow_metadata")

// metadataAddresses are where clouds give a machine its credentials. Other private addresses are open to
// probes: operators monitor internal services with them.
var metadataAddresses = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // AWS, Google, Azure and others
	netip.MustParseAddr("169.254.170.2"),   // AWS: credentials of ECS tasks
	netip.MustParseAddr("169.254.170.23"),  // AWS: credentials of EKS pods
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd00:ec2::23"),    // AWS: credentials of EKS pods
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("fe80::a9fe:a9fe"), // OpenStack
}

// translators are IPv6 networks whose last four bytes are an IPv4 address: NAT64 (RFC 6052) and IPv4
// addresses in IPv6 notation (RFC 4291, 2.5.5).
var translators = []netip.Prefix{
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("::/96"),
}

// isMetadata reports whether an address is one at which a cloud hands out credentials.
func isMetadata(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range translators {
		if p.Contains(a) {
			b := a.As16()
			a = netip.AddrFrom4([4]byte(b[12:]))
			break
		}
	}
	return slices.Contains(metadataAddresses, a)
}

// guard refuses metadata addresses. It runs for each address just before connecting, after names are
// resolved, so that no name and no redirect can bypass it.
func guard(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if isMetadata(at.Addr()) {
		return errMetadata
	}
	return nil
}
