package github

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
)

// maxListed bounds one listing, maxStrangers how many issues without a mark are passed over for each
// repository.
const (
	maxListed    = 50_000
	maxStrangers = 50_000
)

// List lists the issues with a mark, in every repository that tickets go to. GitHub lists no deleted
// issues; whoever misses one reads it by its id.
func (d *Desk) List(ctx context.Context, q desk.Query) (desk.Listing, error) {
	query := url.Values{"state": {"all"}, "sort": {"created"}, "direction": {"asc"}}
	if q.Open {
		query.Set("state", "open")
	}
	if !q.UpdatedSince.IsZero() {
		query.Set("since", q.UpdatedSince.UTC().Format(time.RFC3339))
		query.Set("sort", "updated")
	}
	out := desk.Listing{Whole: true}
	for _, place := range d.allPlaces() {
		err := d.listInto(ctx, &out, d.list(aRepository, "/repos/"+place+"/issues", copied(query)), q)
		if err != nil && (fault.NameOf(err) != "repository_missing" || strings.EqualFold(place, d.config.Repository)) {
			return desk.Listing{}, err
		}
	}
	if q.UpdatedSince.IsZero() {
		sortByCreation(out.Tickets)
		return out, nil
	}
	slices.SortStableFunc(out.Tickets, func(a, b desk.Ticket) int {
		return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(numberOf(a.ID), numberOf(b.ID)))
	})
	return out, nil
}

func copied(query url.Values) url.Values {
	all := url.Values{}
	for name, values := range query {
		all[name] = slices.Clone(values)
	}
	return all
}

// listInto reads all pages of one repository's list.
func (d *Desk) listInto(ctx context.Context, out *desk.Listing, list *pages, q desk.Query) error {
	most, ours, seen := cmp.Or(q.Most, maxListed), 0, map[int64]bool{}
	for !list.done {
		out.Calls++
		issues, err := next[issue](ctx, list)
		if err != nil {
			return err
		}
		for _, i := range issues {
			if err := i.check(); err != nil {
				return badAnswer(err)
			}
			t := i.ticket(d.config.Repository)
			if !seen[i.Number] && !i.isPull() && desk.MarkOf(t.Subject) != "" && wanted(t, q) {
				out.Tickets = append(out.Tickets, t)
				ours++
			}
			seen[i.Number] = true // Once on two pages, if others came or went meanwhile.
		}
		if !list.done && (ours >= most || len(seen)-ours >= maxStrangers) && len(issues) > 0 {
			if last := issues[len(issues)-1].UpdatedAt.UTC(); out.Whole || last.Before(out.Upto) {
				out.Upto = last
			}
			out.Whole = false
			return nil
		}
	}
	return nil
}

// wanted checks a listed ticket against the query, whose instants GitHub knows to the second.
func wanted(t desk.Ticket, q desk.Query) bool {
	return (!q.Open || t.Status != desk.StatusClosed) && (q.UpdatedSince.IsZero() || !t.UpdatedAt.Before(q.UpdatedSince.Truncate(time.Second)))
}

// numberOf is the number in an id, 0 for none.
func numberOf(id string) int64 {
	_, digits, _ := splitID(id)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
