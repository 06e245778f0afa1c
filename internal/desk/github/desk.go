package github

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
	"docket/internal/fault"

	"golang.org/x/time/rate"
)

// Desk files into GitHub. It is safe for many goroutines.
type Desk struct {
	config Config
	client rest.Client
	// site is the host of GitHub's web site, web its address.
	site, web string
	// reads and changes pace the calls, hourly those that make content.
	reads, changes, hourly *rate.Limiter

	// held are the keys of the calls that begin now, and those before.
	held atomic.Pointer[held]
	// installation is the app's own token, renewed in time.
	installation installation

	mutex sync.Mutex // guards what follows
	// pauses are until when GitHub asked us not to call, by the kind of limit.
	pauses map[string]time.Time
	// allowance is what the last response says about our limit.
	allowance Allowance
	// made are the issues made a short while ago, which GitHub may not show everywhere yet.
	made map[string]time.Time
	// places are the repositories in which tickets may lie, the desk's own first.
	places []string
}

var _ desk.Desk = (*Desk)(nil)

// The hourly limit on content: GitHub allows 500 content-generating calls in an hour, and 80 in a
// minute (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits,
// read 2026-11-27). A hundred at first and 400 in each hour never pass that.
const (
	contentAtOnce  = 100
	contentPerHour = 400
	// readsPerChange: a change counts 5 points, a read 1, and 900 points a minute are allowed (same page).
	readsPerChange = 10
)

// New checks the configuration and returns the desk. It calls nobody.
func New(config Config) (*Desk, error) {
	config, err := config.checked()
	if err != nil {
		return nil, fmt.Errorf("configure the github desk: %w", err)
	}
	per := func(limit, burst float64) *rate.Limiter {
		return rate.NewLimiter(rate.Limit(limit*config.Rate), int(math.Ceil(burst*config.Rate)))
	}
	d := &Desk{
		config: config, client: rest.NewClient(config.Transport), pauses: map[string]time.Time{}, made: map[string]time.Time{},
		reads: per(readsPerChange, readsPerChange), changes: per(1, 1), hourly: per(contentPerHour/3600.0, contentAtOnce),
		installation: installation{turn: make(chan struct{}, 1)},
	}
	d.site, d.web = website(config.APIURL)
	for _, place := range append([]string{config.Repository}, config.Places...) {
		d.remember(place)
	}
	d.held.Store(&held{now: config.Keys})
	return d, nil
}

// website is where people see GitHub: api.github.com is github.com's, api.acme.ghe.com acme.ghe.com's, and
// an Enterprise Server has its API in a folder.
func website(api string) (host, address string) {
	u, err := url.Parse(api)
	if err != nil {
		return "", "" // It was checked.
	}
	if u.Path == "" {
		u.Host = strings.TrimPrefix(u.Host, "api.")
	}
	return u.Hostname(), u.Scheme + "://" + u.Host
}

// Name returns "github".
func (d *Desk) Name() string { return Name }

// WaitOut returns the configured wait-out time.
func (d *Desk) WaitOut() time.Duration { return d.config.WaitOut }

// operation bounds one method of the desk with all its calls.
func (d *Desk) operation(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.config.CreateTimeout+rest.EnoughForCall)
}

// remember adds a repository to those that are looked through.
func (d *Desk) remember(place string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if !slices.ContainsFunc(d.places, func(have string) bool { return strings.EqualFold(have, place) }) {
		d.places = append(d.places, place)
	}
}

func (d *Desk) allPlaces() []string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return slices.Clone(d.places)
}

// Create opens an issue with the desk's labels. Where GitHub drops them, because the token may not
// set labels, the tags' own step finds out.
func (d *Desk) Create(ctx context.Context, draft desk.Draft) (string, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	title, ok := rest.SubjectLine(draft.Subject, draft.Mark, maxTitle, size)
	if !ok {
		return "", named("draft_without_mark")
	}
	place := orDefault(draft.Place, d.config.Repository)
	if !isRepository(place) {
		f := named("repository_missing")
		f.Sentence = "The repository " + rest.Clip(place) + " is not of the form owner/name."
		return "", f
	}
	d.remember(place)
	fields := map[string]any{"title": title, "body": toMarkdown(draft.Body, d.site)}
	if len(d.config.Labels) > 0 {
		fields["labels"] = d.config.Labels
	}
	if len(d.config.Assignees) > 0 {
		fields["assignees"] = d.config.Assignees
	}
	got, err := d.do(ctx, call{
		action: rest.Creating, about: aRepository, method: http.MethodPost, path: "/repos/" + place + "/issues", payload: fields,
	})
	if err != nil {
		return "", err
	}
	id := newIssue(got)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.made[id] = time.Now()
	return id, nil
}

// Get reads an issue. One that was moved to another repository comes back as it is there, with its
// new id; one that a person deleted comes back as deleted, with nothing but its id.
func (d *Desk) Get(ctx context.Context, id string) (desk.Ticket, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	i, err := d.issue(ctx, id)
	if fault.NameOf(err) == "deleted" {
		return d.deleted(id), nil
	}
	if err != nil {
		return desk.Ticket{}, err
	}
	return i.ticket(d.config.Repository), nil
}

// deleted is all that is known of an issue that GitHub says was deleted.
func (d *Desk) deleted(id string) desk.Ticket {
	repository, _, _ := splitID(id)
	t := issue{Number: numberOf(id), RepositoryURL: "/repos/" + repository, URL: d.web + "/" + id}.ticket(d.config.Repository)
	t.Status, t.Tags = desk.StatusDeleted, nil
	return t
}

// Read is Get with the issue's body and comments.
func (d *Desk) Read(ctx context.Context, id string) (desk.Ticket, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	i, err := d.issue(ctx, id)
	if fault.NameOf(err) == "deleted" {
		return d.deleted(id), nil
	}
	if err != nil {
		return desk.Ticket{}, err
	}
	t := i.ticket(d.config.Repository)
	t.Body = fromMarkdown(i.Body, d.site)
	if i.Comments == 0 {
		return t, nil
	}
	pages := d.list(anIssue, "/repos/"+t.ID+"/comments", nil)
	for err == nil && !pages.done {
		var comments []comment
		if comments, err = next[comment](ctx, pages); err == nil {
			for _, c := range comments {
				t.Notes = append(t.Notes, fromMarkdown(c.Body, d.site))
			}
		}
	}
	if err != nil {
		return desk.Ticket{}, d.sure(ctx, t.ID, err)
	}
	return t, nil
}

// issue reads one issue, wherever it is now.
func (d *Desk) issue(ctx context.Context, id string) (issue, error) {
	path, err := issuePath(id)
	if err != nil {
		return issue{}, err
	}
	got, err := d.do(ctx, call{about: anIssue, method: http.MethodGet, path: path})
	if err != nil {
		return issue{}, d.sure(ctx, id, err)
	}
	i, err := decodeIssue(got.Body)
	if err != nil {
		return issue{}, badAnswer(err)
	}
	if i.isPull() {
		return issue{}, named("missing") // A pull request is no ticket of ours.
	}
	return i, nil
}

// visibleWithin is how long a fresh issue may be missing on GitHub's read replicas: "webhooks get
// delivered faster than data is written to database replicas"
// (https://github.com/probot/stale/issues/83, read 2026-11-27, names no time).
const visibleWithin = 2 * time.Minute

// sure makes certain that "not found" is about the issue: without access to its repository everything
// is "not found", and tickets that are there would be taken for lost and filed again.
func (d *Desk) sure(ctx context.Context, id string, err error) error {
	if err == nil || fault.ClassOf(err) != fault.Missing {
		return err
	}
	d.mutex.Lock()
	for known, at := range d.made {
		if time.Since(at) > visibleWithin {
			delete(d.made, known)
		}
	}
	_, fresh := d.made[id]
	d.mutex.Unlock()
	if fresh && fault.NameOf(err) == "missing" {
		return named("not_visible_yet")
	}
	repository, _, _ := splitID(id)
	if _, alive := d.repository(ctx, repository); alive != nil {
		return alive
	}
	return err
}
