package console

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"docket/internal/answer"
	"docket/internal/auth"
	"docket/internal/store"
	"docket/internal/surface"
)

// publicPage is the public status page.
type publicPage struct {
	Counts  counts
	Groups  []tileGroup
	Summary []group
	Turns   []publicTurn
	pager
}

// publicTurn is a status change as shown to the public. It leaves out the reason, which may name internal hosts.
type publicTurn struct {
	Title string
	surface.Turn
}

// publicTurns and publicDays are how far back the public page and the feed go.
const publicTurns, publicDays = 30, 14

func (c *Console) getPublic(w http.ResponseWriter, r *http.Request) {
	at := now()
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	p := publicPage{Counts: count(heads), Summary: c.grouped(heads)}
	found := heads
	if len(heads) > tilesPerPage { // If there are very many, the failing ones come first.
		found = slices.Clone(heads)
		worstFirst(found)
	}
	found = p.cut(found, r.URL, tilesPerPage)
	tiles, err := c.tiles(r.Context(), auth.Caller{}, found, at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	p.Groups = byGroup(tiles)
	if p.Turns, err = c.publicTurns(r, at); err != nil {
		c.failed(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, "public", page{Title: "Status", Public: true, Body: p})
}

func (c *Console) publicTurns(r *http.Request, at time.Time) ([]publicTurn, error) {
	turns, err := c.Store.Turns(r.Context(), "", at.AddDate(0, 0, -publicDays), publicTurns)
	var all []publicTurn
	for _, t := range turns {
		on, ok := c.byName[t.Surface]
		if ok && t.From != surface.Unknown || ok && t.To.Affected() {
			all = append(all, publicTurn{on.Title, t.Turn})
		}
	}
	return all, err
}

// statusJSON is /status.json. Its format is stable, because others rely on it.
type statusJSON struct {
	Status    surface.Status `json:"status"`
	UpdatedAt time.Time      `json:"updated_at"`
	Surfaces  []surfaceJSON  `json:"surfaces"`
}

type surfaceJSON struct {
	Name   string         `json:"name"`
	Title  string         `json:"title"`
	Group  string         `json:"group"`
	Status surface.Status `json:"status"`
	Since  *time.Time     `json:"since"`
}

func (c *Console) getPublicJSON(w http.ResponseWriter, r *http.Request) {
	at := now()
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		answer.JSON(w, http.StatusServiceUnavailable, map[string]string{"error": c.Store.Explain(err)})
		return
	}
	out := statusJSON{Status: count(heads).Worst(), UpdatedAt: at, Surfaces: make([]surfaceJSON, len(heads))}
	for n, h := range heads {
		on := c.byName[h.Name]
		out.Surfaces[n] = surfaceJSON{h.Name, on.Title, on.Group, h.Status, nil}
		if since := h.Since; !since.IsZero() {
			out.Surfaces[n].Since = &since
		}
	}
	w.Header().Set("Access-Control-Allow-Origin", "*") // It is public, so pages on other sites may read it too.
	answer.JSON(w, http.StatusOK, out)
}

// The Atom feed (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Link    []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

func (c *Console) getPublicAtom(w http.ResponseWriter, r *http.Request) {
	at := now()
	turns, err := c.publicTurns(r, at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	here := c.origin(r)
	feed := atomFeed{Title: "Status", ID: here + "/status", Updated: c.Booted.Format(time.RFC3339), Author: "Docket",
		Link: []atomLink{{"self", here + "/status.atom"}, {"alternate", here + "/status"}}}
	for n, t := range turns {
		if n == 0 {
			feed.Updated = t.At.Format(time.RFC3339)
		}
		feed.Entries = append(feed.Entries, atomEntry{
			Title: t.Title + " is " + string(t.To), ID: fmt.Sprintf("%s/status#%s-%d", here, url.QueryEscape(t.Title), t.At.UnixMicro()),
			Updated: t.At.Format(time.RFC3339),
			Link:    atomLink{"alternate", here + "/status"},
			Summary: fmt.Sprintf("%s changed from %s to %s at %s.", t.Title, t.From, t.To, t.At.Format("2006-01-02 15:04 UTC")),
		})
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	text, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		c.failed(w, r, err)
		return
	}
	_, _ = w.Write(append([]byte(xml.Header), text...)) // If this fails, the reader has disconnected.
}

// badge is a small image of a surface's status in the style of shields.io.
var badge = template.Must(template.New("badge").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" ` +
	`role="img" aria-label="{{.Title}}: {{.Status}}">` +
	`<title>{{.Title}}: {{.Status}}</title><rect width="{{.Width}}" height="20" rx="3" fill="#404750"/><rect x="{{.Left}}" ` +
	`width="{{.Right}}" height="20" rx="3" fill="{{.Colour}}"/>` +
	`<rect x="{{.Left}}" width="4" height="20" fill="{{.Colour}}"/><g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu ` +
	`Sans,sans-serif" font-size="11">` +
	`<text x="{{.LeftMiddle}}" y="14">{{.Title}}</text><text x="{{.RightMiddle}}" y="14">{{.Status}}</text></g></svg>`))

var badgeColours = map[surface.Status]string{surface.Operational: "#1a7f37", surface.Degraded: "#9a6700", surface.Down: "#cf222e",
	surface.Unknown: "#59636e"}

func (c *Console) getBadge(w http.ResponseWriter, r *http.Request) {
	name, isSVG := strings.CutSuffix(r.PathValue("file"), ".svg")
	on, ok := c.byName[name]
	if !isSVG || !ok {
		http.NotFound(w, r)
		return
	}
	tile, err := c.Store.Tile(r.Context(), name)
	if err != nil {
		tile = store.Tile{}
	}
	status := tile.State.Shown(on, now()).Status
	title := clip(on.Title, 60)
	left, right := 7*len([]rune(title))+10, 7*len(status)+10
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "max-age=30")
	_ = badge.Execute(w, map[string]any{ // If this fails, the reader has disconnected.
		"Title": title, "Status": string(status), "Left": left, "Right": right, "Width": left + right, "LeftMiddle": left / 2,
		"RightMiddle": left + right/2, "Colour": badgeColours[status],
	})
}
