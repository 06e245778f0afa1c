package freescout

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
)

const (
	// listPage is what one call lists. The most that FreeScout gives is not documented.
	listPage = 100
	// maxListed bounds one listing.
	maxListed = 50_000
)

// List lists the conversations that were opened in our customer's name: the one thing that
// all of them have from the first call on. What has no mark is left out.
func (d *Desk) List(ctx context.Context, q desk.Query) (desk.Listing, error) {
	query := url.Values{"customerEmail": {d.config.CustomerEmail}, "embed": {"tags"}, "sortField": {"createdAt"}, "sortOrder": {"asc"}}
	if q.Open {
		query.Set("status", "active,pending")
	}
	states := []string{"published"}
	if !q.UpdatedSince.IsZero() {
		query.Set("updatedSince", q.UpdatedSince.UTC().Format(time.RFC3339))
		query.Set("sortField", "updatedAt")
		states = append(states, "deleted")
	}
	out := desk.Listing{Whole: true}
	for _, state := range states {
		query.Set("state", state)
		if err := d.listInto(ctx, &out, query, q); err != nil {
			return desk.Listing{}, err
		}
	}
	slices.SortStableFunc(out.Tickets, func(a, b desk.Ticket) int {
		if q.UpdatedSince.IsZero() {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(parsed(a.ID), parsed(b.ID)))
		}
		return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(parsed(a.ID), parsed(b.ID)))
	})
	return out, nil
}

// listInto reads all pages of one listing.
func (d *Desk) listInto(ctx context.Context, out *desk.Listing, query url.Values, q desk.Query) error {
	most, seen, strangers := cmp.Or(q.Most, maxListed), map[number]bool{}, 0
	query.Set("pageSize", strconv.Itoa(listPage))
	for at := int64(1); ; at++ {
		query.Set("page", strconv.FormatInt(at, 10))
		out.Calls++
		got, err := d.do(ctx, call{action: rest.Reading, method: http.MethodGet, path: "/conversations", list: true, query: query})
		if err != nil {
			return err
		}
		p, err := decodePage[conversation](got.body, "conversations")
		if err != nil {
			return badAnswer(err)
		}
		if p.number != at && len(p.items) > 0 && (at > 1 || p.number != 0) {
			return badAnswer(fmt.Errorf("asked for page %d of the conversations, got page %d: %w", at, p.number, errShape))
		}
		for _, c := range p.items {
			if c.ID == 0 {
				return badAnswer(fmt.Errorf("list the conversations: one without an id: %w", errShape))
			}
			t := c.ticket(d.site)
			switch {
			case seen[c.ID]: // On two pages, because others came or went meanwhile.
			case desk.MarkOf(t.Subject) == "" || !wanted(t, q):
				strangers++
			default:
				out.Tickets = append(out.Tickets, t)
			}
			seen[c.ID] = true
		}
		switch {
		case at >= p.totalPages || len(p.items) == 0:
			return nil
		case len(seen) >= most:
			if last := instant(p.items[len(p.items)-1].UpdatedAt); out.Whole || last.Before(out.Upto) {
				out.Upto = last
			}
			out.Whole = false
			return nil
		case strangers > maxStrangers && strangers > 9*len(out.Tickets):
			return refused("filter_ignored", "FreeScout lists conversations that were not asked for; its filters seem to do nothing.",
				"Update FreeScout's API & Webhooks module (1.0.89 or later).")
		}
	}
}

// maxStrangers is how many conversations that were not asked for may be listed: people may
// have given some of their own to our customer.
const maxStrangers = 1000

// wanted checks a listed ticket against the query: an unknown filter is ignored, which
// silently widens the list.
func wanted(t desk.Ticket, q desk.Query) bool {
	open := t.Status == desk.StatusOpen || t.Status == desk.StatusPending
	return (!q.Open || open) && (q.UpdatedSince.IsZero() || t.UpdatedAt.IsZero() || !t.UpdatedAt.Before(q.UpdatedSince.Truncate(time.Second)))
}
