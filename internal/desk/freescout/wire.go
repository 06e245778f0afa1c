package freescout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
)

// errShape says that an answer has not the documented shape.
var errShape = errors.New("not the documented shape")

// number is an id or a count, as a JSON number or as a string of digits; null and
// anything else are 0. Only ids are needed, so a strange value elsewhere spoils nothing.
type number int64

// UnmarshalJSON reads digits.
func (n *number) UnmarshalJSON(data []byte) error {
	value, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil || value < 0 {
		value = 0
	}
	*n = number(value)
	return nil
}

// word is a text; anything that is not a JSON string is "".
type word string

// UnmarshalJSON reads a string.
func (w *word) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = ""
	}
	*w = word(text)
	return nil
}

type conversation struct {
	ID        number   `json:"id"`
	Number    number   `json:"number"`
	Status    word     `json:"status"`
	State     word     `json:"state"`
	Subject   word     `json:"subject"`
	MailboxID number   `json:"mailboxId"`
	UpdatedAt word     `json:"updatedAt"`
	CreatedAt word     `json:"createdAt"`
	ClosedAt  word     `json:"closedAt"`
	Embedded  embedded `json:"_embedded"`
}

// embedded is what was asked for beside the conversation; a nil list was not shown.
type embedded struct {
	Threads *[]thread
	Tags    *[]tag
}

// UnmarshalJSON reads an object; PHP writes an empty one as [].
func (e *embedded) UnmarshalJSON(data []byte) error {
	*e = embedded{}
	if !rest.IsObject(data) {
		return nil
	}
	var shown struct {
		Threads *[]thread `json:"threads"`
		Tags    *[]tag    `json:"tags"`
	}
	if err := json.Unmarshal(data, &shown); err != nil {
		return fmt.Errorf("read what is embedded: %w", err)
	}
	*e = embedded(shown)
	return nil
}

type tag struct {
	Name word `json:"name"`
}

type thread struct {
	ID        number `json:"id"`
	Type      word   `json:"type"`
	State     word   `json:"state"`
	Body      word   `json:"body"`
	CreatedAt word   `json:"createdAt"`
}

// page is one page of a list. items is nil unless the list itself was there.
type page[T any] struct {
	items      []T
	number     int64
	totalPages int64
}

// decodePage reads the list envelope. An answer without the list is an error: an empty
// list must be present, never guessed.
func decodePage[T any](body []byte, name string) (page[T], error) {
	var envelope struct {
		Embedded map[string]json.RawMessage `json:"_embedded"`
		Page     *struct {
			Number     number `json:"number"`
			TotalPages number `json:"totalPages"`
		} `json:"page"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return page[T]{}, fmt.Errorf("read the list of %s: %w", name, err)
	}
	raw := bytes.TrimSpace(envelope.Embedded[name])
	if envelope.Page == nil || len(raw) == 0 || raw[0] != '[' {
		return page[T]{}, fmt.Errorf("read the list of %s: %w", name, errShape)
	}
	items := []T{}
	if err := json.Unmarshal(raw, &items); err != nil {
		return page[T]{}, fmt.Errorf("read the list of %s: %w", name, err)
	}
	return page[T]{items: items, number: int64(envelope.Page.Number), totalPages: int64(envelope.Page.TotalPages)}, nil
}

// decodeConversation reads one conversation. Where threads were asked for, it is an error
// without them: notes that are not shown must not pass for notes that are not there.
func decodeConversation(body []byte, id int64, threads bool) (conversation, error) {
	var c conversation
	if err := json.Unmarshal(body, &c); err != nil {
		return c, fmt.Errorf("read conversation %d: %w", id, err)
	}
	if int64(c.ID) != id || c.Status == "" || threads && c.Embedded.Threads == nil {
		return c, fmt.Errorf("read conversation %d: %w", id, errShape)
	}
	return c, nil
}

// ticket maps a conversation to Docket's words.
func (c conversation) ticket(site string) desk.Ticket {
	id := strconv.FormatInt(int64(c.ID), 10)
	t := desk.Ticket{
		ID: id, Number: strconv.FormatInt(int64(cmp.Or(c.Number, c.ID)), 10), Subject: string(c.Subject),
		Status: status(c), URL: site + "/conversation/" + id, Place: placeOf(int64(c.MailboxID)), CreatedAt: instant(c.CreatedAt),
		UpdatedAt: instant(c.UpdatedAt),
	}
	if t.Status == desk.StatusClosed && c.Status == "closed" {
		t.ClosedAt = instant(c.ClosedAt)
	}
	if c.Embedded.Tags != nil {
		t.Tags = []string{}
		for _, tag := range *c.Embedded.Tags {
			t.Tags = append(t.Tags, string(tag.Name))
		}
	}
	if c.Embedded.Threads != nil {
		t.Body, t.Notes = texts(*c.Embedded.Threads)
	}
	return t
}

// status maps FreeScout's words. A deleted conversation keeps its status, so the state
// comes first; a word that is not known counts as open, which never makes a second ticket.
func status(c conversation) desk.Status {
	switch {
	case c.State == "deleted":
		return desk.StatusDeleted
	case c.Status == "closed", c.Status == "spam":
		return desk.StatusClosed
	case c.Status == "pending":
		return desk.StatusPending
	default:
		return desk.StatusOpen
	}
}

// freeScoutStatus is the way back.
func freeScoutStatus(s desk.Status) (string, bool) {
	switch s {
	case desk.StatusOpen:
		return "active", true
	case desk.StatusPending:
		return "pending", true
	case desk.StatusClosed:
		return "closed", true
	case desk.StatusDeleted:
	}
	return "", false
}

// texts returns the oldest customer thread and all internal notes, oldest first.
// FreeScout lists threads newest first.
func texts(threads []thread) (body string, notes []string) {
	threads = slices.Clone(threads)
	slices.SortStableFunc(threads, func(a, b thread) int {
		return cmp.Or(instant(a.CreatedAt).Compare(instant(b.CreatedAt)), cmp.Compare(a.ID, b.ID))
	})
	first := true
	for _, t := range threads {
		if t.State == "draft" || t.State == "hidden" {
			continue
		}
		switch {
		case t.Type == "customer" && first:
			body, first = toText(string(t.Body)), false
		case t.Type == "note":
			notes = append(notes, toText(string(t.Body)))
		}
	}
	return body, notes
}

// instant reads FreeScout's time; a time that cannot be read is zero.
func instant(text word) time.Time {
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// newID finds the id of what a POST made: in Resource-ID, in the body, or at the end of
// Location; "" if it is nowhere.
func newID(header http.Header, body []byte) string {
	if id, ok := positive(header.Get("Resource-ID")); ok {
		return id
	}
	var made struct {
		ID number `json:"id"`
	}
	if json.Unmarshal(body, &made) == nil && made.ID > 0 {
		return strconv.FormatInt(int64(made.ID), 10)
	}
	if u, err := url.Parse(header.Get("Location")); err == nil && u.Path != "" {
		if id, ok := positive(path.Base(u.Path)); ok {
			return id
		}
	}
	return ""
}

// positive reads an id of FreeScout's and writes it in its one form.
func positive(text string) (string, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 {
		return "", false
	}
	return strconv.FormatInt(n, 10), true
}

// validation reads FreeScout's error body: its words, and the fields they are about. Two
// shapes are known: a list under _embedded.errors (issues 1514 and 4085), and a map
// called errors.
func validation(body []byte) (words string, fields []string) {
	var fault struct {
		Message  word            `json:"message"`
		Errors   json.RawMessage `json:"errors"`
		Embedded json.RawMessage `json:"_embedded"`
	}
	if json.Unmarshal(body, &fault) != nil {
		return "", nil
	}
	var listed struct {
		Errors []struct {
			Path    word `json:"path"`
			Message word `json:"message"`
		} `json:"errors"`
	}
	said := []string{}
	if json.Unmarshal(fault.Embedded, &listed) == nil {
		for _, e := range listed.Errors {
			fields = append(fields, firstPart(string(e.Path)))
			said = append(said, string(e.Message))
		}
	}
	var mapped map[string]json.RawMessage
	if json.Unmarshal(fault.Errors, &mapped) == nil {
		for _, name := range slices.Sorted(maps.Keys(mapped)) {
			fields = append(fields, firstPart(name))
			said = append(said, name+" "+string(mapped[name]))
		}
	}
	if len(said) == 0 {
		return string(fault.Message), fields
	}
	return strings.Join(said, "; "), fields
}

// firstPart is the field that a path begins with: "threads[0].text" is about threads.
func firstPart(path string) string {
	field, _, _ := strings.Cut(strings.NewReplacer("[", ".", "/", ".").Replace(path), ".")
	return field
}
