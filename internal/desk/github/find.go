package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
)

// searchTrust is how old an issue must be before the search is believed about it. The search's index is
// behind by seconds (https://github.com/Tracer-Cloud/opensre/pull/5269), by ten minutes and more
// (https://github.com/guettli/agentloop/issues/204), and was by hours while it was degraded
// (https://github.com/max-sixty/tend/pull/345, 16:31 to 22:46 UTC on one day; all read 2026-11-27).
const searchTrust = 24 * time.Hour

// maxWalk bounds how many pages of a repository's issues one look reads.
const maxWalk = 50

// markForm is what a mark may hold; nothing else can be in a subject of ours.
var markForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)

// Find looks for the mark in every repository that tickets go to. The newest issues are listed, because
// the search lags behind; the list is never filtered by label, because that goes by the search's index,
// too (https://github.com/max-sixty/tend/pull/345, read 2026-11-27). Only what is older is searched for.
// A repository that the token cannot see holds nothing that could be doubled there.
func (d *Desk) Find(ctx context.Context, mark string) ([]desk.Ticket, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	tickets := []desk.Ticket{}
	if !markForm.MatchString(mark) {
		return tickets, nil
	}
	var unseen error
	seen := 0
	for _, place := range d.allPlaces() {
		found, err := d.findIn(ctx, place, mark)
		switch {
		case fault.NameOf(err) == "repository_missing":
			unseen = err
			continue
		case err != nil:
			return nil, err
		}
		seen++
		for _, t := range found {
			if !slices.ContainsFunc(tickets, func(have desk.Ticket) bool { return have.ID == t.ID }) {
				tickets = append(tickets, t)
			}
		}
	}
	if seen == 0 {
		return nil, unseen
	}
	sortByCreation(tickets)
	return tickets, nil
}

// findIn looks through one repository.
func (d *Desk) findIn(ctx context.Context, place, mark string) ([]desk.Ticket, error) {
	var found []desk.Ticket
	trusted := time.Now().Add(-searchTrust)
	list := d.list(aRepository, "/repos/"+place+"/issues", url.Values{"state": {"all"}, "sort": {"created"}, "direction": {"desc"}})
	var searched error
	for !list.done {
		if list.read == maxWalk {
			return nil, cmp.Or(searched, error(named("list_too_long")))
		}
		issues, err := next[issue](ctx, list)
		if err != nil {
			return nil, err
		}
		for _, i := range issues {
			if !i.isPull() && i.marked(mark) {
				if err := i.check(); err != nil {
					return nil, badAnswer(err)
				}
				found = append(found, i.ticket(d.config.Repository))
			}
		}
		if list.done || searched != nil || len(issues) == 0 || issues[len(issues)-1].CreatedAt.After(trusted) {
			continue
		}
		var older []desk.Ticket
		if older, searched = d.search(ctx, place, mark); searched == nil {
			return append(found, older...), nil
		}
		// The search does not work: the list is read to its end instead.
	}
	return found, nil
}

func (i issue) marked(mark string) bool { return strings.Contains(i.Title, "["+mark+"]") }

// search asks the search, and reads each hit: the index may still show what was deleted since.
func (d *Desk) search(ctx context.Context, place, mark string) ([]desk.Ticket, error) {
	got, err := d.do(ctx, call{about: aSearch, method: http.MethodGet, path: "/search/issues", query: url.Values{
		"q": {fmt.Sprintf(`repo:%s is:issue in:title "%s"`, place, mark)}, "per_page": {pageSize},
	}})
	if err != nil {
		return nil, err
	}
	var hits struct {
		Incomplete bool     `json:"incomplete_results"`
		Items      *[]issue `json:"items"`
	}
	if err := json.Unmarshal(got.Body, &hits); err != nil || hits.Items == nil {
		return nil, badAnswer(fmt.Errorf("read the search for %s: %w", mark, errShape))
	}
	if hits.Incomplete {
		return nil, named("search_incomplete")
	}
	var found []desk.Ticket
	for _, hit := range *hits.Items {
		if hit.isPull() || !hit.marked(mark) || hit.check() != nil {
			continue
		}
		t, err := d.Get(ctx, ticketID(hit.repository(), hit.Number))
		switch {
		case fault.ClassOf(err) == fault.Missing, t.Status == desk.StatusDeleted:
		case err != nil:
			return nil, err
		case strings.Contains(t.Subject, "["+mark+"]"):
			found = append(found, t)
		}
	}
	return found, nil
}

func sortByCreation(tickets []desk.Ticket) {
	slices.SortStableFunc(tickets, func(a, b desk.Ticket) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.Place, b.Place), cmp.Compare(numberOf(a.ID), numberOf(b.ID)))
	})
}
