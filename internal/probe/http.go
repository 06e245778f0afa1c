package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/surface"
)

// HTTP asks an address.
type HTTP struct {
	URL string `yaml:"url"`
	// Method is GET unless set.
	Method string `yaml:"method"`
	// Headers are sent; Body is, too.
	Headers map[string]desk.Secret `yaml:"headers"`
	Body    string                 `yaml:"body"`
	// Status are the statuses that are well: 200, 2xx or 200-299; 2xx unless set.
	Status []string `yaml:"status"`
	// Contains and Lacks are texts that the answer must and must not have, Matches is a
	// regular expression (RE2) for it.
	Contains string `yaml:"contains"`
	Lacks    string `yaml:"lacks"`
	Matches  string `yaml:"matches"`
	// AnswerHeaders must be among the answer's headers with these values.
	AnswerHeaders map[string]string `yaml:"answer_headers"`
	// DegradedOver and DownOver are latencies; 0 is no limit.
	DegradedOver time.Duration `yaml:"degraded_over"`
	DownOver     time.Duration `yaml:"down_over"`
	// CertificateDays is how many days ahead an expiring certificate degrades; 14 unless set.
	CertificateDays int64 `yaml:"certificate_days"`
	// Redirects is follow, or refuse: then a redirect is judged by its own status.
	Redirects string `yaml:"redirects"`
	// Insecure takes any certificate.
	Insecure bool `yaml:"insecure"`
}

const (
	maxBody          = 256 << 10
	maxHops          = 5
	defaultCertDays  = 14
	answerHeaderMost = 32 << 10
)

// httpProbe is an HTTP probe ready to be used.
type httpProbe struct {
	HTTP

	client *http.Client
	well   []statusRange
	match  *regexp.Regexp
	agent  string
	now    func() time.Time
}

func (p *Prober) http(s Spec, _ surface.Surface) (Probe, error) {
	h := *s.HTTP
	u, err := url.Parse(h.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("url must be an http:// or https:// address without user or password")
	}
	if h.Method == "" {
		h.Method = http.MethodGet
	}
	if h.CertificateDays == 0 {
		h.CertificateDays = defaultCertDays
	}
	if h.Redirects != "" && h.Redirects != "follow" && h.Redirects != "refuse" {
		return nil, fmt.Errorf("redirects is %.40q: write follow or refuse", h.Redirects)
	}
	if err := checkLimits(h.DegradedOver, h.DownOver); err != nil {
		return nil, err
	}
	if _, err := http.NewRequest(h.Method, h.URL, http.NoBody); err != nil { //nolint:noctx // Only to check the method.
		return nil, fmt.Errorf("method %.20q is not one of HTTP", h.Method)
	}
	probe := &httpProbe{HTTP: h, agent: p.agent, now: p.now}
	if probe.well, err = statusRanges(h.Status); err != nil {
		return nil, err
	}
	if h.Matches != "" {
		if probe.match, err = regexp.Compile(h.Matches); err != nil {
			return nil, fmt.Errorf("matches is no regular expression: %w", err)
		}
	}
	// A fresh connection for each reading: it is what the next user meets, and 5,000 idle ones
	// would cost more than they save.
	probe.client = &http.Client{
		Transport: &http.Transport{
			DialContext: p.dial, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: answerHeaderMost, ReadBufferSize: 2 << 10, WriteBufferSize: 1 << 10,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: h.Insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // Only where the operator asks for it.
		},
		CheckRedirect: probe.redirect,
	}
	return probe.read, nil
}

func (h *httpProbe) redirect(_ *http.Request, via []*http.Request) error {
	if h.Redirects == "refuse" {
		return http.ErrUseLastResponse
	}
	if len(via) > maxHops {
		return fmt.Errorf("redirects more than %d times", maxHops)
	}
	return nil
}

func (h *httpProbe) read(ctx context.Context) surface.Reading {
	begin := h.now()
	req, err := http.NewRequestWithContext(ctx, h.Method, h.URL, strings.NewReader(h.Body))
	if err != nil {
		return down("the request could not be made")
	}
	req.Header.Set("User-Agent", h.agent)
	for name, value := range h.Headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value.Reveal()
			continue
		}
		req.Header.Set(name, value.Reveal())
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return down(fault(err))
	}
	defer resp.Body.Close() //nolint:errcheck // It was read, or is of no interest.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	r := surface.Reading{Status: surface.Operational, Latency: h.now().Sub(begin), Evidence: map[string]string{"status": strconv.Itoa(resp.StatusCode)}}
	if err != nil {
		r.Status, r.Reason = surface.Down, "answered "+strconv.Itoa(resp.StatusCode)+" and then "+fault(err)
		return r
	}
	if reason := h.judge(resp, body); reason != "" {
		r.Status, r.Reason = surface.Down, reason
	}
	r = slow(r, h.DegradedOver, h.DownOver)
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		r = expiring(r, resp.TLS.PeerCertificates[0].NotAfter, h.now(), h.CertificateDays)
	}
	return r
}

// judge says what is wrong with an answer, "" if nothing is.
func (h *httpProbe) judge(resp *http.Response, body []byte) string {
	if !slices.ContainsFunc(h.well, func(s statusRange) bool { return s.from <= resp.StatusCode && resp.StatusCode <= s.to }) {
		want := "2xx"
		if len(h.Status) > 0 {
			want = strings.Join(h.Status, ", ")
		}
		return fmt.Sprintf("answered %d %s, expected %s", resp.StatusCode, http.StatusText(resp.StatusCode), want)
	}
	for name, value := range h.AnswerHeaders {
		if got := resp.Header.Get(name); got != value {
			return fmt.Sprintf("the header %s is %.60q, expected %.60q", name, got, value)
		}
	}
	switch {
	case h.Contains != "" && !bytes.Contains(body, []byte(h.Contains)):
		return fmt.Sprintf("the answer lacks %.60q", h.Contains)
	case h.Lacks != "" && bytes.Contains(body, []byte(h.Lacks)):
		return fmt.Sprintf("the answer contains %.60q", h.Lacks)
	case h.match != nil && !h.match.Match(body):
		return fmt.Sprintf("the answer does not match %.60q", h.Matches)
	}
	return ""
}

// expiring degrades a reading whose certificate ends soon.
func expiring(r surface.Reading, end, now time.Time, days int64) surface.Reading {
	r.Evidence["certificate_expires"] = end.UTC().Format(time.RFC3339)
	left := end.Sub(now)
	if r.Status == surface.Operational && left < time.Duration(days)*24*time.Hour {
		r.Status, r.Reason = surface.Degraded, fmt.Sprintf("the certificate expires in %d days, on %s", int(left/(24*time.Hour)), end.UTC().Format(time.DateOnly))
	}
	return r
}

// shown is an address without its query, which may hold a secret.
func shown(address string) string {
	bare, _, _ := strings.Cut(address, "?")
	return bare
}

// statusRange is statuses from and to, both included.
type statusRange struct{ from, to int }

// statusRanges reads 200, 2xx and 200-299.
func statusRanges(texts []string) ([]statusRange, error) {
	if len(texts) == 0 {
		return []statusRange{{200, 299}}, nil
	}
	all := make([]statusRange, len(texts))
	for n, text := range texts {
		from, to, isRange := strings.Cut(text, "-")
		switch {
		case isRange:
		case len(text) == 3 && strings.HasSuffix(strings.ToLower(text), "xx"):
			from, to = text[:1]+"00", text[:1]+"99"
		default:
			to = from
		}
		low, err1 := strconv.Atoi(strings.TrimSpace(from))
		high, err2 := strconv.Atoi(strings.TrimSpace(to))
		if err1 != nil || err2 != nil || low < 100 || high > 599 || low > high {
			return nil, fmt.Errorf("status %.20q is none: write 200, 2xx or 200-299", text)
		}
		all[n] = statusRange{low, high}
	}
	return all, nil
}
