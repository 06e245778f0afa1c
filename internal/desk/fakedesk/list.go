package fakedesk

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// find lists conversations. Filters that FreeScout does not know are ignored, which
// widens the list, as there.
func (s *Server) find(query url.Values, f Fault, now time.Time) reply {
	lag := s.options.SearchLag
	if f.Kind == LagSearch {
		lag = f.Delay
	}
	matches := []*Ticket{}
	for _, id := range slices.Backward(s.ids) { // newest first is the default
		t := s.tickets[id]
		if lag > 0 && now.Sub(t.CreatedAt) < lag {
			continue
		}
		if f.Kind == IgnoreFilters || s.wanted(t, query) {
			matches = append(matches, t)
		}
	}
	sortTickets(matches, query.Get("sortField"), query.Get("sortOrder"))
	embed := strings.Split(query.Get("embed"), ",")
	number, size := pageOf(query)
	shown := []map[string]any{}
	for _, t := range slicePage(matches, number, size) {
		shown = append(shown, s.shown(t, embed))
	}
	return envelope("conversations", shown, len(matches), number, size)
}

func (s *Server) wanted(t *Ticket, query url.Values) bool {
	oneOf := func(name, value string) bool {
		return !query.Has(name) || slices.Contains(strings.Split(query.Get(name), ","), value)
	}
	since := func(name string, at time.Time) bool {
		from, err := time.Parse(time.RFC3339, query.Get(name))
		return err != nil || !at.Before(from)
	}
	switch {
	case !strings.Contains(t.folded, strings.ToLower(query.Get("subject"))):
	case !oneOf("status", t.Status), !oneOf("state", t.State), !oneOf("type", t.Type):
	case !oneOf("mailboxId", strconv.FormatInt(t.MailboxID, 10)), !oneOf("number", strconv.FormatInt(t.Number, 10)):
	case !oneOf("customerEmail", t.Customer):
	case query.Has("tag") && !slices.Contains(t.Tags, strings.ToLower(query.Get("tag"))):
	case !since("createdSince", t.CreatedAt), !since("updatedSince", t.UpdatedAt):
	default:
		return true
	}
	return false
}

func sortTickets(list []*Ticket, field, order string) {
	compare := func(a, b *Ticket) int { return cmp.Compare(a.ID, b.ID) }
	switch field {
	case "updatedAt":
		compare = func(a, b *Ticket) int { return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID)) }
	case "subject":
		compare = func(a, b *Ticket) int { return cmp.Or(strings.Compare(a.Subject, b.Subject), cmp.Compare(a.ID, b.ID)) }
	case "mailboxId":
		compare = func(a, b *Ticket) int { return cmp.Or(cmp.Compare(a.MailboxID, b.MailboxID), cmp.Compare(a.ID, b.ID)) }
	}
	slices.SortStableFunc(list, func(a, b *Ticket) int {
		if order == "asc" {
			return compare(a, b)
		}
		return compare(b, a)
	})
}

// shown is the conversation's documented shape.
func (s *Server) shown(t *Ticket, embed []string) map[string]any {
	customer := map[string]any{"id": 77, "type": "customer", "firstName": nil, "lastName": nil, "email": t.Customer, "photoUrl": ""}
	var closedAt, closedBy any
	if !t.ClosedAt.IsZero() {
		closedAt = iso(t.ClosedAt)
		if t.ClosedBy > 0 {
			closedBy = t.ClosedBy
		}
	}
	embedded := map[string]any{}
	if slices.Contains(embed, "threads") {
		embedded["threads"] = threads(t, customer)
	}
	if slices.Contains(embed, "tags") && !s.options.NoTags {
		tags := []map[string]any{}
		for i, tag := range t.Tags {
			tags = append(tags, map[string]any{"id": i + 1, "name": tag, "counter": 1, "color": 0})
		}
		embedded["tags"] = tags
	}
	c := map[string]any{
		"id": t.ID, "number": t.Number, "threadsCount": len(t.Threads), "type": t.Type, "folderId": 10, "status": t.Status, "state": t.State,
		"subject": t.Subject, "preview": "", "mailboxId": t.MailboxID, "assignee": assignee(t), "createdBy": customer,
		"createdAt": iso(t.CreatedAt), "updatedAt": iso(t.UpdatedAt), "closedBy": closedBy, "closedAt": closedAt, "userUpdatedAt": nil,
		"customerWaitingSince": map[string]any{"time": iso(t.CreatedAt), "friendly": "now", "latestReplyFrom": "customer"},
		"source":               map[string]any{"type": "api", "via": "customer"}, "cc": []string{}, "bcc": []string{}, "customer": customer,
	}
	c["_embedded"] = embedded
	if len(embedded) == 0 {
		c["_embedded"] = []any{} // PHP writes an empty map so
	}
	return c
}

func assignee(t *Ticket) any {
	if t.Assignee == 0 {
		return nil
	}
	return map[string]any{"id": t.Assignee, "type": "user"}
}

// threads lists a ticket's threads, newest first.
func threads(t *Ticket, customer map[string]any) []map[string]any {
	list := []map[string]any{}
	for _, entry := range slices.Backward(t.Threads) {
		by := customer
		if entry.User > 0 {
			by = map[string]any{"id": entry.User, "type": "user"}
		}
		list = append(list, map[string]any{
			"id": entry.ID, "type": entry.Type, "status": t.Status, "state": "published",
			"action": map[string]any{"type": "", "text": "", "associatedEntities": []any{}},
			"body":   entry.HTML, "source": map[string]any{"type": "api", "via": "customer"}, "customer": customer,
			"createdBy": by, "assignedTo": nil,
			"to": []string{}, "cc": []string{}, "bcc": []string{}, "createdAt": iso(entry.CreatedAt), "openedAt": nil,
			"_embedded": map[string]any{"attachments": []any{}},
		})
	}
	return list
}

// paged is a plain list of anything.
func paged[T any](name string, items []T, query url.Values) reply {
	number, size := pageOf(query)
	return envelope(name, slicePage(items, number, size), len(items), number, size)
}

func envelope(name string, items any, total, number, size int) reply {
	return asJSON(http.StatusOK, map[string]any{
		"_embedded": map[string]any{name: items},
		"page":      map[string]any{"size": size, "totalElements": total, "totalPages": max((total+size-1)/size, 1), "number": number},
	})
}

func pageOf(query url.Values) (number, size int) {
	number, size = 1, 50
	if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 0 {
		number = n
	}
	if n, err := strconv.Atoi(query.Get("pageSize")); err == nil && n > 0 {
		size = min(n, 100)
	}
	return number, size
}

func slicePage[T any](items []T, number, size int) []T {
	from := min((min(number, len(items)+1)-1)*size, len(items))
	return items[from:min(from+size, len(items))]
}

func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
