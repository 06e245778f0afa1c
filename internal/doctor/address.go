package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"docket/internal/outbound"
)

// PublicAddress checks that the address where people reach Docket answers: the links in tickets and messages lead there.
// A login page before it is fine. It is a warning at most, because it may answer everybody but this machine. url is ""
// if no address is set.
func PublicAddress(url, userAgent string) Check {
	if url == "" {
		return Check{}
	}
	return Check{Hop: "public address", Look: func(ctx context.Context) []HopResult { return lookAddress(ctx, url, userAgent) }}
}

func lookAddress(ctx context.Context, url, userAgent string) []HopResult {
	const fix = "Check public_url, its DNS entry and the proxy before Docket: links in tickets and messages lead there."
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/healthz", http.NoBody)
	if err != nil {
		return warning("public_address_invalid", "The public address is not valid.", url, fix)
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := outbound.Client(nil).Do(req)
	if err != nil {
		f := outbound.Party{Name: "the public address", Setting: "public_url"}.Fault(err, false)
		return warning(f.Name, sentence(f.Sentence), url, fix)
	}
	defer resp.Body.Close() //nolint:errcheck // Only the status counts.
	evidence := fmt.Sprintf("%s, HTTP %d", url, resp.StatusCode)
	switch status := resp.StatusCode; {
	case status < http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return passed("The public address answers.", evidence)
	}
	return warning("public_address_wrong", "Something answers at the public address, but not Docket.", evidence, fix)
}
