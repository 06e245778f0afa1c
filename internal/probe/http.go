package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"golang.org/x/net/http/httpguts"

	"docket/internal/fault"
	"docket/internal/surface"
)

// HTTP sends a request to a web server, and checks its response.
type HTTP struct {
	// The address to ask. Put secrets into headers, not here.
	URL string `yaml:"url"`
	// The method of the request. Unless set, it is GET.
	Method string `yaml:"method"`
	// Headers of the request. They go to the host of the URL only, also after a redirect.
	Headers map[string]fault.Secret `yaml:"headers"`
	// The body of the request.
	Body fault.Secret `yaml:"body"`
	// Which statuses are good: 200, 2xx or 200-299. Unless set, 200-299 are.
	Status []string `yaml:"status"`
	// A text that the body of the answer must contain.
	Contains string `yaml:"contains"`
	// A text that the body of the answer must not contain.
	Lacks string `yaml:"lacks"`
	// A regular expression (RE2) that the body of the answer must match.
	Matches string `yaml:"matches"`
	// An expression in CEL that must be true of body, the JSON of the answer.
	JSON string `yaml:"json"`
	// Texts that headers of the answer must contain; "" only asks for the header.
	AnswerHeaders map[string]string `yaml:"answer_headers"`
	// The surface is degraded when the answer takes longer. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when the answer takes longer. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// The surface is degraded this many days before its certificate ends. Unless set, it is 14, and less for
	// certificates that are valid for less than eight weeks.
	CertificateDays int64 `yaml:"certificate_days"`
	// Whether to follow redirects: follow (up to 10 of them) or refuse (the redirect is the answer).
	Redirects string `yaml:"redirects"`
	// A file with certificates of authorities that are trusted besides the machine's own.
	CAFile string `yaml:"ca_file"`
	// Whether any certificate is trusted.
	Insecure bool `yaml:"insecure"`
	// Whether the probe may ask addresses at which clouds hand out credentials.
	AllowMetadata bool `yaml:"allow_metadata"`
}

const (
	maxRedirects = 10
	maxPattern   = 4 << 10
)

func (h *HTTP) target() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	return h.method() + " " + u.Scheme + "://" + u.Host + u.EscapedPath()
}

func (h *HTTP) method() string {
	if h.Method == "" {
		return http.MethodGet
	}
	return h.Method
}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

func (h *HTTP) check(wrong *faults) {
	checkURL(wrong, "http.url", h.URL)
	if !slices.Contains(methods, h.method()) {
		wrong.add("http.method", "must be one of "+oneOf(methods))
	}
	for _, name := range slices.Sorted(maps.Keys(h.Headers)) {
		value := h.Headers[name]
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value.Reveal()) {
			wrong.add("http.headers",
				fmt.Sprintf("cannot be sent: %q is not a valid header, or its value has a line break or another control character", name))
		}
	}
	if _, err := parseStatuses(h.Status); err != nil {
		wrong.add("http.status", err.Error())
	}
	if len(h.Matches) > maxPattern {
		wrong.add("http.matches", fmt.Sprintf("is longer than %d bytes", maxPattern))
	} else if _, err := regexp.Compile(h.Matches); err != nil {
		wrong.add("http.matches", "is not a valid regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if h.method() == http.MethodHead && h.looksInside() {
		wrong.add("http.method", "must not be HEAD if the body of the response is checked")
	}
	for _, name := range slices.Sorted(maps.Keys(h.AnswerHeaders)) {
		if !httpguts.ValidHeaderFieldName(name) {
			wrong.add("http.answer_headers", fmt.Sprintf("has %q, which is not a valid header", name))
		}
	}
	if !slices.Contains([]string{"", "follow", "refuse"}, h.Redirects) {
		wrong.add("http.redirects", "must be follow or refuse")
	}
	checkLimits(wrong, "http", h.DegradedOver, h.DownOver)
	checkExpiry(wrong, "http", h.CertificateDays)
}

// checkURL allows only http and https, and no password in the URL: those end up in all kinds of logs.
func checkURL(wrong *faults, key, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		wrong.add(key, "must be an http:// or https:// address without user or password")
	}
}

func (h *HTTP) looksInside() bool {
	return h.Contains != "" || h.Lacks != "" || h.Matches != "" || h.JSON != ""
}

// httpProbe is an HTTP probe that is ready to run.
type httpProbe struct {
	HTTP

	client  *http.Client
	url     *url.URL
	header  http.Header
	host    string
	good    statuses
	pattern *regexp.Regexp
	program cel.Program
	prober  *Prober
}

func (h *HTTP) open(prober *Prober, on surface.Surface) (Probe, error) {
	u, err := url.Parse(h.URL)
	if err != nil {
		return nil, errors.New("url cannot be read")
	}
	p := &httpProbe{HTTP: *h, url: u, host: u.Host, header: http.Header{"User-Agent": {prober.agent}}, prober: prober}
	for name, value := range h.Headers {
		if strings.EqualFold(name, "Host") {
			p.host = value.Reveal()
			continue
		}
		p.header.Set(name, value.Reveal())
	}
	status := h.Status
	if len(status) == 0 {
		status = []string{"2xx"}
	}
	if p.good, err = parseStatuses(status); err != nil {
		return nil, err
	}
	if h.Matches != "" {
		if p.pattern, err = regexp.Compile(h.Matches); err != nil {
			return nil, err
		}
	}
	if h.JSON != "" {
		if p.program, err = prober.program(h.JSON); err != nil {
			return nil, err
		}
	}
	// The server may close a kept connection just as we send a request. net/http retries only if that is
	// harmless; and a kept TLS connection would show an outdated certificate.
	harmless := p.method() == http.MethodGet || p.method() == http.MethodHead
	transport, err := prober.transport(way{
		caFile: h.CAFile, timeout: on.Timeout, insecure: h.Insecure, metadata: h.AllowMetadata,
		keep: harmless && u.Scheme == "http" && on.Every > 0 && on.Every <= keepUpTo,
	})
	if err != nil {
		return nil, err
	}
	p.client = &http.Client{Transport: transport, CheckRedirect: p.redirect}
	return p.read, nil
}

// errTooManyRedirects ends a chain of redirects.
var errTooManyRedirects = errors.New("too many redirects")

// redirect follows one redirect. Nothing from the configuration is sent to another host: no header, and no
// URL as Referer.
func (p *httpProbe) redirect(next *http.Request, before []*http.Request) error {
	if p.Redirects == "refuse" {
		return http.ErrUseLastResponse
	}
	if len(before) > maxRedirects {
		return errTooManyRedirects
	}
	next.Header.Del("Referer")
	if next.URL.Scheme == p.url.Scheme && next.URL.Host == p.url.Host {
		next.Host = p.host
		return nil
	}
	next.Host = ""
	for name := range p.Headers {
		next.Header.Del(name)
	}
	if next.Method != http.MethodGet && next.Method != http.MethodHead && p.Body.Set() {
		return errOtherHost
	}
	return nil
}

// errOtherHost refuses to send the body to another host.
var errOtherHost = errors.New("the server redirects the request and its body to another host")

// read sends one request and follows its redirects.
func (p *httpProbe) read(ctx context.Context) surface.Reading {
	f := begin(p.prober.now)
	reached := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		reached = true
		f.fact("address", c.Conn.RemoteAddr().String())
	}})
	resp, err := p.client.Do(p.request(ctx))
	switch {
	case errors.Is(err, errTooManyRedirects):
		f.worse(surface.Down, "the server redirects more than %d times", maxRedirects)
		return f.end()
	case errors.Is(err, errOtherHost):
		f.worse(surface.Down, "%s", errOtherHost.Error())
		return f.end()
	case err != nil:
		f.failed(ctx, err, reached)
		return f.end()
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	p.judge(ctx, f, resp)
	return f.end()
}

func (p *httpProbe) request(ctx context.Context) *http.Request {
	req := (&http.Request{
		Method: p.method(), URL: p.url, Host: p.host, Header: p.header.Clone(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if p.Body.Set() {
		text := p.Body.Reveal()
		req.ContentLength = int64(len(text))
		req.GetBody = bodyOf(text)
		req.Body, _ = req.GetBody() // It never fails.
	}
	return req
}

// judge checks a response: its status, headers, body, latency and certificate.
func (p *httpProbe) judge(ctx context.Context, f *finding, resp *http.Response) {
	f.fact("status", fmt.Sprint(resp.StatusCode))
	if !p.good.has(resp.StatusCode) {
		f.worse(surface.Down, "HTTP %s (expected %s)", statusWords(resp.StatusCode), p.good)
	}
	for _, name := range slices.Sorted(maps.Keys(p.AnswerHeaders)) {
		want := p.AnswerHeaders[name]
		values := resp.Header.Values(name)
		switch {
		case len(values) == 0:
			f.worse(surface.Down, "the response has no header %s", name)
		case !strings.Contains(strings.Join(values, ", "), want):
			f.worse(surface.Down, "the header %s does not contain %q", name, want)
		}
	}
	if p.wantsBody(resp) {
		p.judgeBody(ctx, f, resp)
	}
	f.answered(p.DegradedOver, p.DownOver)
	f.certificate(resp.TLS, p.CertificateDays, p.prober.now())
}

func statusWords(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprint(status)
}
