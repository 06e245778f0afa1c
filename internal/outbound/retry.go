package outbound

import (
	"net/http"
	"strconv"
	"time"
)

// longestWait bounds for how long another side may ask us to stay away.
const longestWait = time.Hour

// RetryAfter reads the header of this name in both its forms (RFC 9110, section 10.2.3); at
// most an hour is believed, and 0 is for none.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	var wait time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		wait = time.Duration(min(max(seconds, 0), int64(longestWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}
