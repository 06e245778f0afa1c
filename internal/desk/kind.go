package desk

import (
	"context"
	"net/http"
	"time"

	"docket/internal/fault"
)

// Kind is one kind of desk: a row of the table in internal/desk/kinds, and all that the rest of
// Docket knows of it.
type Kind struct {
	// Name is the word for desk:, the key of the desk's section and of Ticket.Desk in the store.
	Name string
	// Settings returns a fresh section with its defaults: a pointer to a struct whose fields have
	// the tags yaml (the key, "-" for what only the environment sets), env (the variable that sets
	// it, too) and required (nothing works without it).
	Settings func() Settings
	// Route returns what a route may say to this desk, in the same form; nil where that is nothing.
	Route func() RouteSettings
	// Prefixes begin the names of environment variables that only this desk would read: one that is not known is
	// probably a typing mistake.
	Prefixes []string
	// MaxText is how many characters of plain text the desk takes in one text (a ticket's body or a note) without
	// cutting it; what is longer continues in further notes. 0 means that Docket's own limits are enough.
	MaxText int
}

// Settings are a desk's section of docket.yaml together with its part of the environment.
type Settings interface {
	// Chosen reports whether so much is set that this desk is meant although nobody named it.
	Chosen() bool
	// Check reports every mistake beyond the values' types, also where the desk is not used.
	Check(report Report)
	// Complete fills in what follows from what is set; it is called after Check.
	Complete()
	// Variables are the environment variables that the desk looks at, for the doctor.
	Variables() []Variable
	// Place is where in the desk tickets go unless a route says otherwise, "" where there is but
	// one place.
	Place() string
	// Credentials are the secrets that may be replaced while Docket runs.
	Credentials() []Credential
	// Open makes the desk. It calls nobody.
	Open(n Needs) (Desk, error)
}

// RouteSettings are what a route says to its desk.
type RouteSettings interface {
	// Place is where the route's tickets go, "" for the desk's own place.
	Place() string
	// Tags are put on the route's tickets, beside the route's own.
	Tags() []string
	// Check reports every mistake beyond the values' types.
	Check(report Report)
}

// Report takes a mistake about a key of the section, or about a variable of the environment
// that has no key. What is known to be wrong already is not reported again.
type Report func(key, format string, args ...any)

// Variable is one of the settings that the way to the desk needs; its value is not in it.
type Variable struct {
	Name string
	Set  bool
	// Needed says that nothing works without it.
	Needed bool
	// Doubt says what looks wrong about its value, "" for nothing; it never holds the value.
	Doubt string
}

// Credential is a secret by its variable. Required says that nothing works without it.
type Credential struct {
	Variable string
	Value    fault.Secret
	Required bool
}

// Needs are what a desk may be made of beside its settings.
type Needs struct {
	// Shelf is the database, for a desk that keeps its tickets there; LinkBase leads people to
	// one of those, its number appended.
	Shelf    Shelf
	LinkBase string
	// UserAgent is sent with every call; Transport carries them, nil for the network.
	UserAgent string
	Transport http.RoundTripper
	// Places are where routes send their tickets, beside the desk's own place: a desk that keeps
	// its places apart looks for tickets in all of them.
	Places []string
	// Later reports whether a credential comes later, from a vault: it may be missing at first.
	// nil means that none does.
	Later func(variable string) bool
}

// Rekeyed is a desk whose credentials may be replaced while Docket runs.
type Rekeyed interface {
	// SetSecrets changes what the calls that begin from now on show. What cannot be right is an
	// error, and changes nothing. changed is false where nothing is new.
	SetSecrets(byVariable map[string]fault.Secret) (changed bool, err error)
}

// Shelf keeps the tickets of a desk that lives in our own database. *store.Store is one.
type Shelf interface {
	// DeskTickets returns the tickets with the mark, notes left out.
	DeskTickets(ctx context.Context, mark string) ([]Ticket, error)
	// AddDeskTicket keeps a new open ticket and returns its number; where one with the mark
	// is there already, it returns that one's.
	AddDeskTicket(ctx context.Context, d Draft, now time.Time) (number int64, err error)
	// DeskTicket returns a ticket with body and notes, and whether there is one.
	DeskTicket(ctx context.Context, number int64) (Ticket, bool, error)
	DeskNotes(ctx context.Context, number int64) ([]string, error)
	// DeskTicketsSince lists open tickets, or those that changed since then; at most so many.
	DeskTicketsSince(ctx context.Context, q Query) ([]Ticket, error)
	// AddDeskNote keeps a note.
	AddDeskNote(ctx context.Context, number int64, author, text string, now time.Time) error
	// TagDeskTicket adds tags to those it has; SetDeskStatus leaves all but the status alone.
	TagDeskTicket(ctx context.Context, number int64, tags []string, now time.Time) error
	SetDeskStatus(ctx context.Context, number int64, status Status, now time.Time) error
}
