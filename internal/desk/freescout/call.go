package freescout

import (
	"context"
	"net/http"
	"net/url"

	"docket/internal/desk/rest"
	"docket/internal/fault"
)

const (
	maxListBody = 10 << 20
	// maxLongBody bounds a conversation with its threads: a storm of 100,000 alerts is 15 MB.
	maxLongBody = 100 << 20
)

// product is FreeScout in faults.
var product = rest.Product{Name: "FreeScout", AddressSetting: "FREESCOUT_API_URL", RateSetting: "freescout.rate"}

// call is one request to FreeScout.
type call struct {
	action rest.Action
	method string
	// path is under the API's base and begins with a slash.
	path string
	// list says that the path names a list, long that the answer may have maxLongBody.
	list    bool
	long    bool
	query   url.Values
	payload any
	// bare leaves the key and the Access service token out.
	bare bool
}

// exchange is one call and everything that came of it.
type exchange struct {
	rest.Exchange
	// list says that the address names a list and not one conversation.
	list bool
	// tokenless says that the call carried no Access service token.
	tokenless bool
}

// answer is a success.
type answer struct {
	header http.Header
	body   []byte
}

// do makes the call, once. Its error is nil or a *fault.Fault.
func (d *Desk) do(ctx context.Context, c call) (answer, error) {
	if !d.held.Load().now.APIKey.Set() {
		return answer{}, &fault.Fault{Class: fault.Unavailable, Name: "key_missing",
			Sentence: "FreeScout's key is not known yet: the vault has not given it.",
			Fix:      "Bring the vault back, or set FREESCOUT_API_KEY."}
	}
	if f := product.Turn(ctx, d.limiter); f != nil {
		return answer{}, d.scrubbed(f)
	}
	x := d.exchange(ctx, c)
	if f := classify(x); f != nil {
		return answer{}, d.scrubbed(f)
	}
	return answer{header: x.Header, body: x.Body}, nil
}

// exchange sends the request and reads the answer.
func (d *Desk) exchange(ctx context.Context, c call) exchange {
	keys := d.held.Load().now
	x := exchange{list: c.list, tokenless: c.bare || !keys.AccessClientID.Set()}
	body, err := rest.Packed(c.payload)
	if err != nil {
		x.Exchange = rest.Exchange{Action: c.action, Err: err}
		return x
	}
	address := d.api + c.path
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	limit, most := d.config.Timeout, int64(maxListBody)
	if c.action == rest.Creating {
		limit = d.config.CreateTimeout
	}
	if c.long {
		most = maxLongBody
	}
	x.Exchange = d.client.Do(ctx, rest.Call{
		Action: c.action, Method: c.method, Address: address, Header: d.header(c, keys), Body: body, Limit: limit, Most: most,
	})
	if x.Status >= 300 {
		// Cleaned before words are cut out of it: half a secret would not be recognised any more.
		x.Body = []byte(d.scrub(string(x.Body)))
	}
	return x
}

func (d *Desk) header(c call, keys Credentials) http.Header {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {d.config.UserAgent}}
	if !c.bare {
		header.Set("X-FreeScout-API-Key", keys.APIKey.Reveal())
	}
	if !c.bare && keys.AccessClientID.Set() {
		header.Set("CF-Access-Client-Id", keys.AccessClientID.Reveal())
		header.Set("CF-Access-Client-Secret", keys.AccessClientSecret.Reveal())
	}
	return header
}

// scrubbed takes our secrets out of a fault, should FreeScout or a proxy have echoed them.
func (d *Desk) scrubbed(f *fault.Fault) *fault.Fault { return rest.Scrubbed(f, d.scrub) }

func (d *Desk) scrub(text string) string {
	h := d.held.Load()
	return rest.Scrub(text, h.now.APIKey, h.now.AccessClientSecret, h.now.AccessClientID, h.before.APIKey,
		h.before.AccessClientSecret, h.before.AccessClientID)
}
