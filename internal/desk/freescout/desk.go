package freescout

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
	"docket/internal/fault"

	"golang.org/x/time/rate"
)

// Desk files into one FreeScout. It is safe for many goroutines.
type Desk struct {
	config    Config
	api, site string
	client    rest.Client
	limiter   *rate.Limiter

	// held are the credentials of the calls that begin now, and those before.
	held atomic.Pointer[held]

	agentMutex sync.Mutex // guards agent
	// agent is the acting user's id once known, 0 until then.
	agent int64

	// tagging keeps two calls of ours from reading the same tags and writing over each other; a ticket uses
	// the place that its id selects. A channel, not a mutex: waiting for it ends with the context.
	tagging [16]chan struct{}
}

var _ desk.Desk = (*Desk)(nil)

// New checks the configuration and returns the desk. It calls nobody.
func New(config Config) (*Desk, error) {
	config, api, site, err := config.checked()
	if err != nil {
		return nil, fmt.Errorf("configure the freescout desk: %w", err)
	}
	d := &Desk{
		config: config, api: api, site: site, agent: config.UserID,
		client:  rest.NewClient(config.Transport),
		limiter: rate.NewLimiter(rate.Limit(config.Rate), int(math.Ceil(config.Rate))),
	}
	for i := range d.tagging {
		d.tagging[i] = make(chan struct{}, 1)
	}
	d.held.Store(&held{now: Credentials{config.APIKey, config.AccessClientID, config.AccessClientSecret}})
	return d, nil
}

// Name returns "freescout".
func (d *Desk) Name() string { return Name }

// WaitOut returns the configured wait-out time.
func (d *Desk) WaitOut() time.Duration { return d.config.WaitOut }

// operation bounds one method of the desk with all its calls.
func (d *Desk) operation(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.config.CreateTimeout+rest.EnoughForCall)
}

type person struct {
	Email string `json:"email"`
}

type newThread struct {
	Type     string  `json:"type"`
	Text     string  `json:"text"`
	Customer *person `json:"customer,omitempty"`
	User     int64   `json:"user,omitempty"`
}

type newConversation struct {
	Type      string      `json:"type"`
	MailboxID int64       `json:"mailboxId"`
	Subject   string      `json:"subject"`
	Customer  person      `json:"customer"`
	Threads   []newThread `json:"threads"`
	Status    string      `json:"status"`
}

// Create opens a conversation in the customer's name. Agents are notified as of any new
// conversation; see docs/decisions/freescout.md for why it is not marked as imported.
func (d *Desk) Create(ctx context.Context, draft desk.Draft) (string, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	subject, ok := subjectLine(draft.Subject, draft.Mark)
	if !ok {
		return "", refused("draft_without_mark", "The ticket's subject does not end in its mark; it could not be found again.",
			"Report this as a fault of Docket.")
	}
	mailboxID := d.config.MailboxID
	if draft.Place != "" {
		id, err := strconv.ParseInt(draft.Place, 10, 64)
		if err != nil || id <= 0 {
			return "", refused("mailbox_missing", "The ticket's place is no mailbox of FreeScout: "+rest.Clip(draft.Place)+".",
				"Set mailbox_id to a mailbox's id.")
		}
		mailboxID = id
	}
	customer := person{Email: d.config.CustomerEmail}
	got, err := d.do(ctx, call{action: rest.Creating, method: http.MethodPost, path: "/conversations", list: true, payload: newConversation{
		Type: "email", MailboxID: mailboxID, Subject: subject, Customer: customer, Status: "active",
		Threads: []newThread{{Type: "customer", Text: toHTML(draft.Body), Customer: &customer}},
	}})
	if err != nil {
		return "", err
	}
	return newID(got.header, got.body), nil
}

// Get reads a conversation with its tags. One that a person merged into another comes back
// as that other one, with its id.
func (d *Desk) Get(ctx context.Context, id string) (desk.Ticket, error) {
	return d.ticket(ctx, id, "tags")
}

// Read is Get with the conversation's threads.
func (d *Desk) Read(ctx context.Context, id string) (desk.Ticket, error) {
	return d.ticket(ctx, id, withThreads)
}

// withThreads embeds what Read wants. What is not named is not embedded.
const withThreads = "threads,tags"

func (d *Desk) ticket(ctx context.Context, id, embed string) (desk.Ticket, error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	c, err := d.conversation(ctx, id, embed)
	if err != nil {
		return desk.Ticket{}, err
	}
	return c.ticket(d.site), nil
}

// conversation reads a conversation, or the one that it was merged into.
func (d *Desk) conversation(ctx context.Context, id, embed string) (c conversation, err error) {
	err = followed(id, func(id string) error {
		c, err = d.oneConversation(ctx, id, embed)
		return err
	})
	return c, err
}

func (d *Desk) oneConversation(ctx context.Context, id, embed string) (conversation, error) {
	number, err := conversationID(id)
	if err != nil {
		return conversation{}, err
	}
	got, err := d.do(ctx,
		call{action: rest.Reading, method: http.MethodGet, path: conversationPath(number), query: url.Values{"embed": {embed}},
			long: embed == withThreads})
	if err != nil {
		return conversation{}, d.sure(ctx, err)
	}
	c, err := decodeConversation(got.body, number, embed == withThreads)
	if err != nil {
		return conversation{}, badAnswer(err)
	}
	return c, nil
}

// Note adds an internal note in the acting user's name.
func (d *Desk) Note(ctx context.Context, id, text string) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	return followed(id, func(id string) error { return d.noteOne(ctx, id, text) })
}

func (d *Desk) noteOne(ctx context.Context, id, text string) error {
	number, err := conversationID(id)
	if err != nil {
		return err
	}
	agent, err := d.ActingUser(ctx)
	if err != nil {
		return err
	}
	_, err = d.do(ctx, call{action: rest.Noting, method: http.MethodPost, path: conversationPath(number) + "/threads",
		payload: newThread{Type: "note", Text: toHTML(text), User: agent}})
	return d.sure(ctx, d.doubtAgent(err))
}

// Tag reads the tags and writes their union, because FreeScout replaces the whole set. A
// tag that a person sets between the two calls is lost; FreeScout has no other way.
func (d *Desk) Tag(ctx context.Context, id string, tags []string) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	turn := d.tagging[crc32.ChecksumIEEE([]byte(id))%uint32(len(d.tagging))]
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return product.Unanswered(rest.Exchange{Err: ctx.Err()})
	}
	c, err := d.conversation(ctx, id, "tags")
	if err != nil {
		return err
	}
	union, missing := c.ticket(d.site).Tags, false
	for _, tag := range tags {
		tag = rest.Clip(tag)
		// FreeScout writes tags in lower case.
		if tag != "" && !slices.ContainsFunc(union, func(have string) bool { return strings.EqualFold(have, tag) }) {
			union, missing = append(union, tag), true
		}
	}
	if !missing {
		return nil
	}
	_, err = d.do(ctx, call{action: rest.Setting, method: http.MethodPut, path: conversationPath(int64(c.ID)) + "/tags",
		payload: map[string][]string{"tags": union}})
	if name := fault.NameOf(err); err != nil && (name == "missing" || name == "module_missing") {
		// The conversation was there a moment ago, so it is the call that is not.
		return refused("tags_module_missing", "FreeScout cannot tag.", "Activate FreeScout's Tags module, or configure no tags.")
	}
	return err
}

// SetStatus sets the status in the acting user's name.
func (d *Desk) SetStatus(ctx context.Context, id string, status desk.Status) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	return followed(id, func(id string) error { return d.setOne(ctx, id, status) })
}

func (d *Desk) setOne(ctx context.Context, id string, status desk.Status) error {
	number, err := conversationID(id)
	if err != nil {
		return err
	}
	theirs, ok := freeScoutStatus(status)
	if !ok {
		return refused("status_unsupported", fmt.Sprintf("FreeScout's API cannot set the status %q.", status), "Do it in FreeScout.")
	}
	agent, err := d.ActingUser(ctx)
	if err != nil {
		return err
	}
	_, err = d.do(ctx, call{action: rest.Setting, method: http.MethodPut, path: conversationPath(number),
		payload: map[string]any{"byUser": agent, "status": theirs}})
	if fault.NameOf(err) == "rejected" {
		// Whether an unchanged status is refused is not documented; setting it twice is once.
		if c, again := d.conversation(ctx, id, "tags"); again == nil && c.ticket(d.site).Status == status {
			return nil
		}
	}
	return d.sure(ctx, d.doubtAgent(err))
}

// sure makes certain that "no such ticket" is FreeScout's word on this ticket: without
// its module, or behind a wrong address, everything is "not found", and tickets that are
// there would be taken for lost and filed again.
func (d *Desk) sure(ctx context.Context, err error) error {
	if err == nil || fault.ClassOf(err) != fault.Missing {
		return err
	}
	if _, alive := d.Mailboxes(ctx); alive != nil {
		return alive
	}
	return err
}

func conversationPath(id int64) string { return fmt.Sprintf("/conversations/%d", id) }

// conversationID reads an id; what cannot be one of FreeScout's is missing.
func conversationID(id string) (int64, error) {
	text, ok := positive(id)
	if !ok || text != id {
		return 0, &fault.Fault{Class: fault.Missing, Name: "missing", Sentence: "FreeScout has no such ticket.", Fix: "Check the ticket's id."}
	}
	return parsed(text), nil
}

func badAnswer(err error) error {
	return &fault.Fault{Class: fault.Unavailable, Name: "bad_answer", Sentence: "FreeScout's answer could not be read.",
		Fix: "Check what answers at FREESCOUT_API_URL; update the API & Webhooks module.", Err: err}
}
