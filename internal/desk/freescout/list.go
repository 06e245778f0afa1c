package freescout

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"docket/internal/desk"
	"docket/internal/desk/rest"
	"docket/internal/fault"
)

const (
	pageSize = 50
	// maxPages bounds one search. A search for a mark finds a handful; more pages than
	// this mean that FreeScout ignored the filter and is listing everything.
	maxPages = 20
)

// Mailbox is a mailbox as FreeScout lists it.
type Mailbox struct {
	ID    int64
	Name  string
	Email string
}

type mailbox struct {
	ID    number `json:"id"`
	Name  word   `json:"name"`
	Email word   `json:"email"`
}

type user struct {
	ID     number          `json:"id"`
	Type   json.RawMessage `json:"type"`
	Status json.RawMessage `json:"status"`
}

// active reports whether the user may act. The fields are not in the documentation and
// are believed only where they are there: status 1 and type 1 (FreeScout's app/User.php:
// 2 is a disabled user, or a robot).
func (u user) active() bool {
	says := func(raw json.RawMessage, yes ...string) bool {
		text := strings.ToLower(strings.Trim(string(raw), `"`))
		return text == "" || text == "null" || slices.Contains(yes, text)
	}
	return u.ID > 0 && says(u.Status, "1", "active") && says(u.Type, "1", "user")
}

// errTooManyPages says that a list went on past maxPages.
var errTooManyPages = errors.New("the list has too many pages")

// Find searches subjects in all mailboxes, because people move tickets. FreeScout ignores
// filters that it does not know, so every find is checked for the mark and its state.
func (d *Desk) Find(ctx context.Context, mark string) ([]desk.Ticket, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	found, err := list[conversation](ctx, d, "conversations", url.Values{
		"subject": {mark}, "state": {"published"}, "embed": {"tags"}, "sortField": {"createdAt"}, "sortOrder": {"desc"},
	})
	endless := errors.Is(err, errTooManyPages)
	if err != nil && !endless {
		return nil, err
	}
	tickets, seen := []desk.Ticket{}, map[number]bool{}
	for _, c := range found {
		if c.ID == 0 {
			return nil, badAnswer(fmt.Errorf("search for %s: a conversation without an id: %w", mark, errShape))
		}
		// A ticket may stand on two pages, if others were opened meanwhile.
		if seen[c.ID] || !strings.Contains(string(c.Subject), "["+mark+"]") || (c.State != "" && c.State != "published") {
			continue
		}
		seen[c.ID] = true
		tickets = append(tickets, c.ticket(d.site))
	}
	if endless && len(tickets) == 0 {
		return nil, refused("search_ignored",
			"FreeScout lists everything instead of searching subjects; whether the ticket is there cannot be known.",
			"Update FreeScout's API & Webhooks module (1.0.89 or later).")
	}
	slices.SortStableFunc(tickets, func(a, b desk.Ticket) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(parsed(a.ID), parsed(b.ID)))
	})
	return tickets, nil
}

// Mailboxes lists the mailboxes that FreeScout shows us.
func (d *Desk) Mailboxes(ctx context.Context) ([]Mailbox, error) {
	found, err := list[mailbox](ctx, d, "mailboxes", url.Values{})
	if err != nil && !errors.Is(err, errTooManyPages) {
		return nil, err
	}
	boxes := make([]Mailbox, 0, len(found))
	for _, m := range found {
		boxes = append(boxes, Mailbox{ID: int64(m.ID), Name: string(m.Name), Email: string(m.Email)})
	}
	return boxes, nil
}

// Check lists the mailboxes and looks for ours; FreeScout has no call for a single one.
func (d *Desk) Check(ctx context.Context) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	boxes, err := d.Mailboxes(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(boxes, func(m Mailbox) bool { return m.ID == d.config.MailboxID }) {
		return nil
	}
	ids := make([]string, 0, len(boxes))
	for _, m := range boxes[:min(len(boxes), 10)] {
		ids = append(ids, fmt.Sprintf("%d (%s)", m.ID, m.Name))
	}
	return refused("mailbox_missing",
		fmt.Sprintf("FreeScout has no mailbox %d; it shows %s.", d.config.MailboxID, rest.Clip(cmp.Or(strings.Join(ids, ", "), "none"))),
		"Set FREESCOUT_OPERATIONS_MAILBOX_ID to one of them.")
}

// ActingUser returns the agent in whose name notes are written: the configured one, or
// the first active user that FreeScout lists, which is remembered.
func (d *Desk) ActingUser(ctx context.Context) (int64, error) {
	d.agentMutex.Lock()
	known := d.agent
	d.agentMutex.Unlock()
	if known > 0 {
		return known, nil
	}
	// Two callers may both ask; they get the same answer.
	users, err := list[user](ctx, d, "users", url.Values{})
	if err != nil && !errors.Is(err, errTooManyPages) {
		return 0, err
	}
	for _, u := range users {
		if u.active() {
			d.agentMutex.Lock()
			d.agent = int64(u.ID)
			d.agentMutex.Unlock()
			return int64(u.ID), nil
		}
	}
	return 0, refused("user_missing", "FreeScout lists no active user in whose name notes could be written.",
		"Set FREESCOUT_USER_ID to an agent's id.")
}

// doubtAgent forgets a user that was not configured once FreeScout refuses something in
// its name: the user may have been deleted since.
func (d *Desk) doubtAgent(err error) error {
	if fault.NameOf(err) == "rejected" && d.config.UserID == 0 {
		d.agentMutex.Lock()
		d.agent = 0
		d.agentMutex.Unlock()
	}
	return err
}

// list reads all pages of a list. With errTooManyPages it returns what it read.
func list[T any](ctx context.Context, d *Desk, name string, query url.Values) ([]T, error) {
	var all []T
	query.Set("pageSize", strconv.Itoa(pageSize))
	for number := int64(1); number <= maxPages; number++ {
		query.Set("page", strconv.FormatInt(number, 10))
		got, err := d.do(ctx, call{action: rest.Reading, method: http.MethodGet, path: "/" + name, list: true, query: query})
		if err != nil {
			return nil, err
		}
		p, err := decodePage[T](got.body, name)
		if err != nil {
			return nil, badAnswer(err)
		}
		if p.number != number && len(p.items) > 0 && (number > 1 || p.number != 0) {
			return nil, badAnswer(fmt.Errorf("asked for page %d of the %s, got page %d: %w", number, name, p.number, errShape))
		}
		all = append(all, p.items...)
		if number >= p.totalPages {
			return all, nil
		}
	}
	return all, errTooManyPages
}

// parsed is an id that was checked before.
func parsed(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
