package console

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"docket/internal/auth"
)

// page is the data passed to every template.
type page struct {
	Title string
	// Body is the data of the individual page.
	Body any
	// Public pages have no navigation.
	Public bool

	// The rest is filled in by render.
	Caller  auth.Caller
	Now     time.Time
	Result  *result
	Demo    bool
	Version string
	Path    string
	Menu    []entry
	// Nav is the address of the menu entry that the page belongs to.
	Nav    string
	Alarms []alarm
}

// entry is one line of the navigation.
type entry struct{ Title, URL string }

// menu lists the pages that a caller may see, and finds the entry that an address belongs to.
func (c *Console) menu(caller auth.Caller, path string) (entries []entry, nav string) {
	for _, v := range c.views() {
		if v.menu == "" || !caller.Can(v.right) {
			continue
		}
		entries = append(entries, entry{v.menu, v.path})
		if path == v.path || strings.HasPrefix(path, v.path+"/") {
			nav = v.path // The last match is the longest, because /console comes first.
		}
	}
	return entries, nav
}

// shown is what a page shows: its title ("" for the menu's), the status code (0 for 200) and the data for the template.
type shown struct {
	title  string
	status int
	body   any
}

// refusal tells a person that something does not exist or cannot be done.
type refusal struct {
	status          int
	title, sentence string
}

// Error returns the sentence.
func (r *refusal) Error() string { return r.sentence }

// page serves a view.
func (c *Console) page(v view) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := v.show(r)
		if refused, ok := errors.AsType[*refusal](err); ok {
			c.sorry(w, r, refused.status, refused.title, refused.sentence)
			return
		}
		if err != nil {
			c.failed(w, r, err)
			return
		}
		c.render(w, r, cmp.Or(s.status, http.StatusOK), v.template, page{Title: cmp.Or(s.title, v.menu), Body: s.body})
	}
}

// alarm is a line at the top of every page that an operator must not miss.
type alarm struct{ Kind, Text, URL string }

// result is the result of the last form. It is shown once, on the page that follows.
type result struct {
	// Kind is good, warn or bad.
	Kind string `json:"k"`
	Text string `json:"t"`
	URL  string `json:"u,omitempty"`
}

const saidCookie = "docket_said"

// say stores a sentence for the next page.
func (c *Console) say(w http.ResponseWriter, r *http.Request, s result) {
	text, err := json.Marshal(s)
	if err != nil {
		return
	}
	c.setSaid(w, r, base64.RawURLEncoding.EncodeToString(text), 60)
}

func (c *Console) setSaid(w http.ResponseWriter, r *http.Request, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the request came by https.
		Name: saidCookie, Value: value, Path: "/console", MaxAge: seconds, HttpOnly: true, Secure: c.Guard.Secure(r),
		SameSite: http.SameSiteLaxMode,
	})
}

// takeResult returns the sentence stored for this page and clears it.
func (c *Console) takeResult(w http.ResponseWriter, r *http.Request) *result {
	cookie, err := r.Cookie(saidCookie)
	if err != nil || r.Header.Get(liveHeader) != "" {
		return nil
	}
	c.setSaid(w, r, "", -1)
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	var s result
	if json.Unmarshal(text, &s) != nil || s.Text == "" ||
		(s.URL != "" && !strings.HasPrefix(s.URL, "/") && !strings.HasPrefix(s.URL, "http")) {
		return nil
	}
	return &s
}

// liveHeader marks a request from our own script for what has changed.
const liveHeader = "X-Docket-Live"

// pages holds each page's parsed templates.
type pages struct{ sets map[string]*template.Template }

// parsePages parses each page together with the frame and the shared parts.
func parsePages(url func(string) string) (*pages, error) {
	p := &pages{map[string]*template.Template{}}
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		name := strings.TrimSuffix(file, ".html")
		if name == "frame" || name == "parts" {
			continue
		}
		set, err := template.New(name).Funcs(functions(url)).ParseFS(files, "frame.html", "parts.html", file)
		if err != nil {
			return nil, err
		}
		p.sets[name] = set
	}
	return p, nil
}

// render shows a page. It renders the whole page before sending the first byte, so that an error half way does not
// leave half a page.
func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	set, ok := c.pages.sets[name]
	if !ok {
		c.Log.ErrorContext(r.Context(), "page has no template", "page", name)
		http.Error(w, "this page is missing", http.StatusInternalServerError)
		return
	}
	p.Caller, p.Now, p.Demo, p.Version, p.Path = auth.From(r.Context()), now(), c.Demo, c.Version, r.URL.RequestURI()
	if !p.Public {
		p.Result = c.takeResult(w, r)
		p.Menu, p.Nav = c.menu(p.Caller, r.URL.Path)
		p.Alarms = c.alarms()
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "frame", p); err != nil {
		c.Log.ErrorContext(r.Context(), "page could not be rendered", "page", name, "err", err)
		http.Error(w, "this page could not be shown; the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // If this fails, the reader has disconnected.
}

// back redirects to a page after a form was submitted, with a sentence to show there.
func (c *Console) back(w http.ResponseWriter, r *http.Request, to string, s result) {
	c.say(w, r, s)
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // Every caller names a page of ours.
}

// wantsJSON reports whether the caller is a program rather than a person.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// functions are the functions available in templates.
func functions(url func(string) string) template.FuncMap {
	return template.FuncMap{
		"static": url, "time": timeTag, "day": dayTag, "ago": ago, "percent": percent, "millis": millis, "plural": plural, "dict": dict,
		"lower": strings.ToLower, "level": levelOf,
	}
}

// dict builds a map, for template parts with several arguments.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d arguments are no pairs", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// timeTag shows a time in UTC. The script turns it into the reader's local time and keeps the exact time as the title.
func timeTag(t any) template.HTML {
	at, ok := moment(t)
	if !ok {
		return "–"
	}
	exact := at.Format("2006-01-02 15:04:05 UTC")
	//nolint:gosec // Digits and our own words.
	return template.HTML(`<time datetime="` + at.Format(time.RFC3339) + `" title="` + exact + `">` +
		at.Format("2006-01-02 15:04") + ` UTC</time>`)
}

// dayTag shows a day.
func dayTag(t time.Time) string { return t.UTC().Format("2 January 2006") }

func moment(t any) (time.Time, bool) {
	switch t := t.(type) {
	case time.Time:
		return t.UTC(), !t.IsZero()
	case *time.Time:
		if t != nil && !t.IsZero() {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// ago says how long ago a time was, for example "5 minutes". It is meant for people; the exact time is shown next to
// it.
func ago(now time.Time, t any) string {
	at, ok := moment(t)
	if !ok {
		return "never"
	}
	return span(now.Sub(at))
}

func span(d time.Duration) string {
	switch {
	case d < 0:
		return "in " + span(-d)
	case d < time.Minute:
		return plural(int(d.Seconds()), "second")
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if h < 6 && m > 0 {
			return plural(h, "hour") + " " + plural(m, "minute")
		}
		return plural(h, "hour")
	}
	return plural(int(d.Hours()/24), "day")
}

func plural(n any, word string) string {
	if fmt.Sprint(n) == "1" {
		return "1 " + word
	}
	return fmt.Sprint(n) + " " + word + "s"
}

func percent(share float64) string {
	switch {
	case share >= 1:
		return "100 %"
	case share > 0.9999:
		return "99.99 %" // Never round up to a 100 % that was not reached.
	}
	return fmt.Sprintf("%.2f %%", float64(int(share*10000))/100)
}

func millis(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
