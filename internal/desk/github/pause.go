package github

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/fault"
	"docket/internal/outbound"
)

// secondaryPause is how long to wait after a secondary rate limit that names no time: "wait for at
// least one minute before retrying"
// (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit,
// read 2026-11-27). Going on meanwhile may get the token banned (same page).
const secondaryPause = time.Minute

// The kinds of limit: searching has one of its own.
const (
	limitCore   = "core"
	limitSearch = "search"
)

// limited reports whether an answer is a rate limit, and how long to wait. A primary limit says so by
// its header, a secondary one by Retry-After or by its words.
func limited(x exchange) (wait time.Duration, is bool) {
	if x.Status != http.StatusForbidden && x.Status != http.StatusTooManyRequests {
		return 0, false
	}
	if x.Header.Get("Retry-After") != "" {
		return max(outbound.RetryAfter(x.Header, x.Now), time.Second), true
	}
	if x.Header.Get("X-RateLimit-Remaining") == "0" {
		return untilReset(x), true
	}
	words := strings.ToLower(message(x.Body))
	if x.Status == http.StatusTooManyRequests || strings.Contains(words, "rate limit") || strings.Contains(words, "abuse detection") {
		return secondaryPause, true
	}
	return 0, false
}

// untilReset is how long the primary limit lasts, by GitHub's own clock; at most an hour is believed.
func untilReset(x exchange) time.Duration {
	seconds, err := strconv.ParseInt(x.Header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return secondaryPause
	}
	now := x.Now
	if theirs, err := http.ParseTime(x.Header.Get("Date")); err == nil {
		now = theirs
	}
	return min(max(time.Unix(seconds, 0).Sub(now), time.Second), time.Hour)
}

// heed keeps what an answer says of our limits: until when nothing may be sent, and what is left.
func (d *Desk) heed(x exchange) {
	if x.Err != nil {
		return
	}
	wait, is := limited(x)
	spent := x.Header.Get("X-RateLimit-Remaining") == "0"
	if !is && spent {
		wait, is = untilReset(x), true
	}
	kind := limitCore
	if x.about == aSearch {
		kind = limitSearch
	}
	limit, limitErr := strconv.Atoi(x.Header.Get("X-RateLimit-Limit"))
	remaining, remainingErr := strconv.Atoi(x.Header.Get("X-RateLimit-Remaining"))
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if is {
		d.pauses[kind] = x.Now.Add(wait)
		if !spent { // A secondary limit is on everything.
			d.pauses[limitCore], d.pauses[limitSearch] = x.Now.Add(wait), x.Now.Add(wait)
		}
	}
	if kind == limitCore && limitErr == nil && remainingErr == nil {
		d.allowance = Allowance{Limit: limit, Remaining: remaining, Resets: x.Now.Add(untilReset(x)).UTC()}
	}
}

// paused is the fault of a call that GitHub asked us not to make yet, nil where it may be made.
func (d *Desk) paused(a about) *fault.Fault {
	kind := limitCore
	if a == aSearch {
		kind = limitSearch
	}
	d.mutex.Lock()
	left := time.Until(d.pauses[kind])
	d.mutex.Unlock()
	if left <= 0 {
		return nil
	}
	f := named("rate_limited")
	f.RetryAfter = left
	return f
}

// Allowance returns what is left of our limit of calls, as far as is known.
func (d *Desk) Allowance() Allowance {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.allowance
}
