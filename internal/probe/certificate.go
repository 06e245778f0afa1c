package probe

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"docket/internal/surface"
)

// expirySoon is when a certificate counts as about to expire unless certificate_days says otherwise: two
// weeks, or the last quarter of a certificate that is valid for less than eight weeks.
const (
	expirySoon    = 14 * 24 * time.Hour
	expiryQuarter = 4
	maxExpiryDays = 3650
)

// certificate checks the certificates of a handshake: one that expires soon is degraded. days is
// certificate_days, 0 if it is not set.
func (f *finding) certificate(state *tls.ConnectionState, days int64, now time.Time) {
	leaf, ends := lastDay(state)
	if leaf == nil {
		return
	}
	f.fact("certificate_expires", ends.UTC().Format(time.RFC3339))
	soon := time.Duration(days) * 24 * time.Hour
	if days == 0 {
		soon = min(expirySoon, leaf.NotAfter.Sub(leaf.NotBefore)/expiryQuarter)
	}
	left := ends.Sub(now)
	switch {
	case left <= 0: // Only possible if it is not verified.
		f.worse(surface.Degraded, "the certificate expired %s ago", span(-left))
	case left < soon:
		f.worse(surface.Degraded, "the certificate expires in %s", span(left))
	}
}

// lastDay is when the first certificate of the best chain expires; a chain is only as good as its first
// expiry. If nothing was verified, the server's own certificate counts.
func lastDay(state *tls.ConnectionState) (leaf *x509.Certificate, ends time.Time) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil, time.Time{}
	}
	leaf = state.PeerCertificates[0]
	for _, chain := range state.VerifiedChains {
		end := leaf.NotAfter
		for _, c := range chain {
			if c.NotAfter.Before(end) {
				end = c.NotAfter
			}
		}
		if end.After(ends) {
			ends = end
		}
	}
	if ends.IsZero() {
		ends = leaf.NotAfter
	}
	return leaf, ends
}

// span formats a duration as hours or days, for people.
func span(d time.Duration) string {
	if days := int64(d / (24 * time.Hour)); days >= 2 {
		return fmt.Sprintf("%d days", days)
	}
	if hours := int64(d / time.Hour); hours >= 2 {
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d minutes", int64(d/time.Minute))
}

func checkExpiry(wrong *faults, kind string, days int64) {
	if days < 0 || days > maxExpiryDays {
		wrong.add(kind+".certificate_days", fmt.Sprintf("must be from 1 to %d", maxExpiryDays))
	}
}
