package fakegithub

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// list lists a repository's issues, pull requests among them, as GitHub does.
func (s *Server) list(c call, r *repository) reply {
	matches, problem := s.matching(c, r)
	if problem != nil {
		return *problem
	}
	by := func(i *Issue) time.Time { return i.CreatedAt }
	if c.query.Get("sort") == "updated" {
		by = func(i *Issue) time.Time { return i.UpdatedAt }
	}
	slices.SortStableFunc(matches, func(a, b *Issue) int {
		order := cmp.Or(by(a).Compare(by(b)), cmp.Compare(a.Number, b.Number))
		if c.query.Get("direction") == "asc" {
			return order
		}
		return -order
	})
	return paged(c, s.options.BasePath, fmt.Sprintf("/repositories/%d/issues", r.id), matches, func(i *Issue) any {
		return s.shown(i, c.host+s.options.BasePath)
	})
}

func (s *Server) matching(c call, r *repository) (matches []*Issue, problem *reply) {
	state, now := cmp.Or(c.query.Get("state"), "open"), s.now()
	if !slices.Contains([]string{"open", "closed", "all"}, state) {
		bad := invalid("Issue", "state", "invalid", "")
		return nil, &bad
	}
	since, err := time.Parse(time.RFC3339, cmp.Or(c.query.Get("since"), "1970-01-01T00:00:00Z"))
	if err != nil {
		bad := invalid("Issue", "since", "invalid", "")
		return nil, &bad
	}
	for _, i := range r.all {
		switch {
		case s.options.ListLag > 0 && now.Sub(i.CreatedAt) < s.options.ListLag:
		case state != "all" && i.State != state:
		case i.UpdatedAt.Before(since):
		default:
			matches = append(matches, i)
		}
	}
	return matches, nil
}

func (s *Server) comments(c call, i *Issue) reply {
	path := fmt.Sprintf("/repositories/%d/issues/%d/comments", i.home.id, i.Number)
	return paged(c, s.options.BasePath, path, i.Comments, func(one Comment) any {
		return map[string]any{"id": one.ID, "body": one.Body, "created_at": iso(one.CreatedAt), "user": map[string]any{"login": "docket"}}
	})
}

// paged is one page of a list, with the address of the next one in Link: a cursor, as GitHub's lists of
// issues have it. Pages by number end at the hundredth.
func paged[T any](c call, base, path string, items []T, show func(T) any) reply {
	size, at := 30, 0
	if n, err := strconv.Atoi(c.query.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(c.query.Get("page")); err == nil && n > 1 {
		if n >= 100 {
			return fault(http.StatusUnprocessableEntity,
				"Pagination with the page parameter is not supported for large datasets, please use cursor based pagination (after/before)")
		}
		at = (n - 1) * size
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(c.query.Get("after"), "cursor")); err == nil {
		at = n
	}
	from, to := min(at, len(items)), min(at+size, len(items))
	shown := []any{}
	for _, item := range items[from:to] {
		shown = append(shown, show(item))
	}
	answer := asJSON(http.StatusOK, shown)
	if to == len(items) {
		return answer
	}
	query := url.Values{}
	for name, values := range c.query {
		if name != "page" {
			query[name] = values
		}
	}
	query.Set("after", "cursor"+strconv.Itoa(to))
	address := c.host + base + path
	return answer.with("Link", fmt.Sprintf(`<%s?%s>; rel="next", <%s?first>; rel="first"`, address, query.Encode(), address))
}

// phrase is what the desk may search for.
var phrase = regexp.MustCompile(`^repo:(\S+) is:issue in:title "([^"]+)"$`)

// search finds issues by words of their title. What is younger than the lag is not in its index yet.
func (s *Server) search(c call, f Fault) reply {
	found := phrase.FindStringSubmatch(c.query.Get("q"))
	if found == nil {
		return invalid("Search", "q", "invalid", "")
	}
	r, _ := s.lookup(found[1])
	if r == nil {
		return invalid("Search", "q", "invalid", "The listed users and repositories cannot be searched either because the resources "+
			"do not exist or you do not have permission to view them.")
	}
	items := []any{}
	for _, i := range r.all {
		indexed := s.now().Sub(i.CreatedAt) >= s.options.SearchLag
		if indexed && !i.Pull && strings.Contains(strings.ToLower(i.Title), strings.ToLower(found[2])) {
			items = append(items, s.shown(i, c.host+s.options.BasePath))
		}
	}
	return asJSON(http.StatusOK, map[string]any{"total_count": len(items), "incomplete_results": f.Kind == Incomplete, "items": items})
}

// shown is an issue in its documented form; api is the API's address.
func (s *Server) shown(i *Issue, api string) map[string]any {
	var closedAt, reason, pull any
	if !i.ClosedAt.IsZero() {
		closedAt = iso(i.ClosedAt)
	}
	if i.Reason != "" {
		reason = i.Reason
	}
	address := fmt.Sprintf("%s/repos/%s/issues/%d", api, i.home.name, i.Number)
	shown := map[string]any{
		"id": i.ID, "node_id": "I_kw", "number": i.Number, "url": address, "repository_url": api + "/repos/" + i.home.name,
		"html_url": fmt.Sprintf("https://github.com/%s/issues/%d", i.home.name, i.Number), "state": i.State, "state_reason": reason,
		"title": i.Title, "body": i.Body, "user": map[string]any{"login": "docket"}, "labels": shownLabels(i), "assignees": []any{},
		"locked": i.Locked, "comments": len(i.Comments), "created_at": iso(i.CreatedAt), "updated_at": iso(i.UpdatedAt), "closed_at": closedAt,
	}
	if i.Body == "" {
		shown["body"] = nil
	}
	if pull = map[string]any{"url": address}; i.Pull {
		shown["pull_request"] = pull
	}
	return shown
}

func shownLabels(i *Issue) []any {
	labels := []any{}
	for n, name := range i.Labels {
		labels = append(labels, map[string]any{"id": n + 1, "name": name, "color": "ededed", "description": nil})
	}
	return labels
}

func (s *Server) shownRepository(r *repository) map[string]any {
	role := s.options.Role
	return map[string]any{
		"id": r.id, "full_name": r.name, "private": true, "has_issues": r.issues, "archived": r.archived, "disabled": false,
		"permissions": map[string]any{"admin": false, "maintain": false, "push": role == "write", "triage": role != "read", "pull": true},
	}
}

func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
