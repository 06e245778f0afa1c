package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// pageSize is the most that GitHub lists at once
// (https://docs.github.com/en/rest/issues/issues#list-repository-issues, read 2026-11-27).
const pageSize = "100"

// pages reads a list page by page. Where the next page is, GitHub says in the Link header, and only
// there: page numbers end at 100 pages for issues (https://github.com/google/go-github/issues/3565,
// read 2026-11-27). Of that address only the query is taken.
type pages struct {
	desk *Desk
	call call
	// read counts the pages, done says that there is none after them.
	read int
	done bool
}

// list begins to read a list.
func (d *Desk) list(a about, path string, query url.Values) *pages {
	if query == nil {
		query = url.Values{}
	}
	query.Set("per_page", pageSize)
	return &pages{desk: d, call: call{about: a, method: http.MethodGet, path: path, query: query}}
}

// next reads one page. An answer without the list is an error: an empty list must be shown, never guessed.
func next[T any](ctx context.Context, p *pages) ([]T, error) {
	got, err := p.desk.do(ctx, p.call)
	if err != nil {
		return nil, err
	}
	var items []T
	if err := json.Unmarshal(got.Body, &items); err != nil {
		return nil, badAnswer(fmt.Errorf("read a list: %w", err))
	}
	if items == nil {
		return nil, badAnswer(fmt.Errorf("read a list: %w", errShape))
	}
	p.read++
	after := nextQuery(got.Header)
	p.done = after == nil
	p.call.query = after
	return items, nil
}

// nextQuery is the query of the next page, nil for none
// (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api, read 2026-11-27).
func nextQuery(header http.Header) url.Values {
	for link := range strings.SplitSeq(header.Get("Link"), ",") {
		address, params, _ := strings.Cut(link, ";")
		if !strings.Contains(params, `rel="next"`) {
			continue
		}
		u, err := url.Parse(strings.Trim(strings.TrimSpace(address), "<>"))
		if err == nil && len(u.RawQuery) > 0 {
			return u.Query()
		}
	}
	return nil
}
