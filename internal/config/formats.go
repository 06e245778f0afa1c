package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/alertmanager/pkg/labels"
	"golang.org/x/net/http/httpguts"

	"docket/internal/desk/kinds"
	"docket/internal/source"
	"docket/internal/store"
)

// formats are what a text can have to look like. Each says what is wrong with one, "" where
// nothing is. What may hold a secret is not quoted.
var formats = map[string]func(text string) string{
	"url":      baseURL,
	"https":    safeURL,
	"link":     link,
	"name":     properName,
	"email":    mailAddress,
	"database": database,
	"desk":     knownDesk,
	"network":  network,
	"header":   headerName,
	"matcher":  matcher,
	"regexp":   linePattern,
	"word":     word,
}

// baseURL: an address to which paths are added, without anything that may be a secret.
func baseURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return "must be an http:// or https:// address"
	case u.User != nil:
		return "must not contain a user or a password"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "must not contain a query or a fragment"
	}
	return ""
}

// safeURL: whoever answers there decides who may log in, so nobody may stand between.
func safeURL(text string) string {
	if wrong := baseURL(text); wrong != "" {
		return wrong
	}
	if u, err := url.Parse(text); err == nil && u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		return "must be an https:// address"
	}
	return ""
}

// link: an address that is opened as it is, and may have a query.
func link(text string) string {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return "must be an http:// or https:// address without user or password"
	}
	return ""
}

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// properName: a name that may be part of an address.
func properName(text string) string {
	if goodName.MatchString(text) {
		return ""
	}
	return quoted(text) + " is not a valid name: use at most 63 lower-case letters, digits, - and _, starting with a letter or digit"
}

func mailAddress(text string) string {
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		return quoted(text) + " is not a bare e-mail address: write alerts@example.org"
	}
	return ""
}

func database(text string) string {
	switch {
	case text == "" || strings.ContainsRune(text, 0):
		return "must be the path of a file, or a postgres:// URL"
	case !store.IsPostgres(text) && strings.Contains(text, "://"):
		return "is not a supported database: write the path of a file, or postgres://..."
	}
	return ""
}

func knownDesk(text string) string {
	if _, known := kinds.Find(text); known {
		return ""
	}
	return quoted(text) + " is not one of " + strings.Join(kinds.Names(), ", ")
}

func network(text string) string {
	if _, err := ParseNetwork(text); err != nil {
		return quoted(text) + " is not a network: write 10.0.0.0/8 or 10.1.2.3"
	}
	return ""
}

// ParseNetwork reads a network, or one address.
func ParseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.Unmap().Prefix(a.Unmap().BitLen())
}

func headerName(text string) string {
	switch {
	case !httpguts.ValidHeaderFieldName(text):
		return quoted(text) + " is not a valid header name"
	case strings.EqualFold(text, "Authorization"):
		return "must not be Authorization, which is for tokens"
	}
	return ""
}

// matcher: Alertmanager's library reads it.
func matcher(text string) string {
	parsed, err := labels.ParseMatchers(text)
	switch {
	case err != nil:
		return quoted(text) + ` is not a matcher: write label="value", or use !=, =~ or !~ instead of = (` + plain(err.Error()) + ")"
	case len(parsed) == 0:
		return quoted(text) + " matches everything: write at least one condition"
	}
	return ""
}

func linePattern(text string) string {
	if _, err := source.ParseLinePattern(text); err != nil {
		return quoted(text) + " is not a regular expression: " + plain(err.Error())
	}
	return ""
}

// word: anything but nothing.
func word(text string) string {
	if strings.TrimSpace(text) == "" {
		return "is empty"
	}
	return ""
}

// clean: what is sent in a header must not be changed on its way. A pasted line break is the
// usual mistake.
func clean(text string) string {
	if text != strings.TrimSpace(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "contains a line break, a space at the start or end, or a control character"
	}
	return ""
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// IsLoopback reports whether a host is this machine itself.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
