package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"docket/internal/auth"
	"docket/internal/store"
	"docket/internal/surface"
)

// statusPage shows the tiles by group, one page at a time.
type statusPage struct {
	Counts counts
	Groups []tileGroup
	// Query is the search text, Only the status filter and In the group filter.
	Query, Only, In string
	AllGroups       []group
	pager
}

// Choices are the values that Only may have.
func (statusPage) Choices() []string {
	return []string{"trouble", string(surface.Down), string(surface.Degraded), string(surface.Unknown), string(surface.Operational)}
}

// tileGroup is a heading with its tiles.
type tileGroup struct {
	Name  string
	Worst surface.Status
	Tiles []tile
}

// pager is the position in a listing.
type pager struct {
	Page, Pages, Found int
	// Prev and Next are the addresses of the neighbouring pages, "" if there is none.
	Prev, Next string
}

// tilesPerPage limits the tiles on one page.
const tilesPerPage = 48

func (c *Console) showStatus(r *http.Request) (shown, error) {
	at := now()
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		return shown{}, err
	}
	p := statusPage{Counts: count(heads), AllGroups: c.grouped(heads), Query: clip(r.FormValue("q"), 100), Only: r.FormValue("only"),
		In: r.FormValue("group")}
	found := slices.DeleteFunc(heads, func(h store.Head) bool { return !p.wants(c.byName[h.Name], h) })
	found = p.cut(found, r.URL, tilesPerPage)
	tiles, err := c.tiles(r.Context(), auth.From(r.Context()), found, at)
	if err != nil {
		return shown{}, err
	}
	p.Groups = byGroup(tiles)
	return shown{body: p}, nil
}

// wants reports whether a tile matches the filter.
func (p *statusPage) wants(s surface.Surface, h store.Head) bool {
	switch {
	case p.Only == "trouble" && !h.Status.Affected() && h.Status != surface.Unknown:
		return false
	case surface.Status(p.Only).Valid() && h.Status != surface.Status(p.Only):
		return false
	case p.In != "" && s.Group != p.In:
		return false
	}
	q := strings.ToLower(p.Query)
	return q == "" || strings.Contains(strings.ToLower(s.Title), q) || strings.Contains(strings.ToLower(s.Name), q)
}

// cut keeps one page of a list.
func (p *pager) cut(all []store.Head, at *url.URL, size int) []store.Head {
	p.Found, p.Pages = len(all), max(1, (len(all)+size-1)/size)
	asked, _ := strconv.Atoi(at.Query().Get("page"))
	p.Page = min(max(1, asked), p.Pages)
	link := func(n int) string {
		q := at.Query()
		q.Set("page", strconv.Itoa(n))
		return at.Path + "?" + q.Encode()
	}
	if p.Page > 1 {
		p.Prev = link(p.Page - 1)
	}
	if p.Page < p.Pages {
		p.Next = link(p.Page + 1)
	}
	begin := (p.Page - 1) * size
	return all[begin:min(begin+size, len(all))]
}

// byGroup groups tiles under their headings, in the order of the tiles.
func byGroup(tiles []tile) []tileGroup {
	var groups []tileGroup
	index := map[string]int{}
	for _, t := range tiles {
		n, ok := index[t.Group]
		if !ok {
			n = len(groups)
			index[t.Group] = n
			groups = append(groups, tileGroup{Name: t.Group, Worst: surface.Operational})
		}
		groups[n].Tiles = append(groups[n].Tiles, t)
		groups[n].Worst = surface.Worst(groups[n].Worst, t.State.Status)
	}
	return groups
}

// clip shortens untrusted text to limit bytes without splitting a rune.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// origin is the address at which people reach Docket.
func (c *Console) origin(r *http.Request) string {
	if c.Public != "" {
		return strings.TrimSuffix(c.Public, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
