package github

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"docket/internal/desk/rest"
	"docket/internal/fault"

	"golang.org/x/time/rate"
)

// product is GitHub in faults.
var product = rest.Product{Name: "GitHub", AddressSetting: "github.api_url", RateSetting: "github.rate"}

const (
	// apiVersion is the version of the REST API that these calls are written for
	// (https://docs.github.com/en/rest/about-the-rest-api/api-versions, read 2026-11-27).
	apiVersion = "2022-11-28"
	// maxBody bounds an answer: 100 issues or comments of 65,536 characters of up to 4 bytes each,
	// some of them escaped.
	maxBody = 50 << 20
	// maxHops bounds how often one call is sent on: a repository may be renamed again, an issue
	// moved again.
	maxHops = 3
)

// about says what a call's path names; it decides what "not found" means.
type about uint8

const (
	aRepository about = iota
	anIssue
	aSearch
	aToken // the app's
)

// call is one request to GitHub.
type call struct {
	action rest.Action
	about  about
	method string
	// path is under the API's base and begins with a slash.
	path    string
	query   url.Values
	payload any
}

// exchange is one call and everything that came of it.
type exchange struct {
	rest.Exchange
	about about
}

// do makes the call, once. Where GitHub answers that the place was renamed or the issue moved, and
// so did nothing, it is made there. Its error is nil or a *fault.Fault.
func (d *Desk) do(ctx context.Context, c call) (exchange, error) {
	renewed := false
	for range maxHops + 1 {
		token, f := d.token(ctx)
		if f == nil {
			f = d.turn(ctx, c)
		}
		if f != nil {
			return exchange{}, d.scrubbed(f)
		}
		x := d.exchange(ctx, c, token)
		d.heed(x)
		if x.Status == http.StatusUnauthorized && d.config.App.set() && !renewed {
			renewed = true
			d.installation.forget(token)
			continue
		}
		if path := d.elsewhere(x); path != "" {
			c.path = path
			continue
		}
		if f := classify(x); f != nil {
			return exchange{}, d.scrubbed(f)
		}
		return x, nil
	}
	return exchange{}, named("moved_too_often")
}

// turn waits until GitHub and our own pace let the call start.
func (d *Desk) turn(ctx context.Context, c call) *fault.Fault {
	if f := d.paused(c.about); f != nil {
		return f
	}
	limiters := []*rate.Limiter{d.reads}
	if c.action != rest.Reading {
		limiters = []*rate.Limiter{d.changes}
	}
	if c.action == rest.Creating || c.action == rest.Noting {
		limiters = append(limiters, d.hourly)
	}
	return product.Turn(ctx, limiters...)
}

// exchange sends the call with a token and reads the answer.
func (d *Desk) exchange(ctx context.Context, c call, token fault.Secret) exchange {
	address := d.config.APIURL + c.path
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	limit := d.config.Timeout
	if c.action == rest.Creating {
		limit = d.config.CreateTimeout
	}
	body, err := rest.Packed(c.payload)
	if err != nil {
		return exchange{Exchange: rest.Exchange{Action: c.action, Err: err}, about: c.about}
	}
	header := http.Header{
		"Accept": {"application/vnd.github+json"}, "User-Agent": {d.config.UserAgent}, "X-Github-Api-Version": {apiVersion},
		"Authorization": {"Bearer " + token.Reveal()},
	}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	x := exchange{about: c.about, Exchange: d.client.Do(ctx, rest.Call{
		Action: c.action, Method: c.method, Address: address, Header: header, Body: body, Limit: limit, Most: maxBody,
	})}
	if x.Status >= 300 {
		// Cleaned before words are cut out of it: half a secret would not be recognised any more.
		x.Body = []byte(d.scrub(string(x.Body)))
	}
	return x
}

// movedPath is where GitHub sends calls on to: the repository by its id, or by its new name.
var movedPath = regexp.MustCompile(`^/(repositories/[0-9]+|repos/[A-Za-z0-9_-]+/[A-Za-z0-9._-]+)(/issues(/[0-9]+(/(comments|labels))?)?)?$`)

// elsewhere returns the path to which GitHub sends the call on, "" for none: it answers 301, 302 or
// 307 for what was renamed or moved, and asks to repeat the call there
// (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects,
// read 2026-11-27). Only the same API's word is taken; the address is built anew from our own base.
func (d *Desk) elsewhere(x exchange) string {
	switch x.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return ""
	}
	to, err := url.Parse(x.Header.Get("Location"))
	base, baseErr := url.Parse(d.config.APIURL)
	if err != nil || baseErr != nil || (to.Host != "" && (to.Host != base.Host || to.Scheme != base.Scheme)) {
		return ""
	}
	path, under := strings.CutPrefix(to.EscapedPath(), base.EscapedPath())
	if !under || !movedPath.MatchString(path) || strings.Contains(path, "/../") || to.Path == x.URL.Path {
		return ""
	}
	return path
}

// Allowance is what GitHub's last response says about our limit of calls.
type Allowance struct {
	Limit, Remaining int
	// Resets is when Remaining is Limit again; zero where GitHub did not say, as an Enterprise
	// Server without limits does not.
	Resets time.Time
}

// scrubbed takes our secrets out of a fault, should GitHub or a proxy have repeated them.
func (d *Desk) scrubbed(f *fault.Fault) *fault.Fault { return rest.Scrubbed(f, d.scrub) }

func (d *Desk) scrub(text string) string {
	h := d.held.Load()
	current, last := d.installation.tokens()
	return rest.Scrub(text, h.now.Token, h.now.PrivateKey, h.before.Token, h.before.PrivateKey, current, last)
}
