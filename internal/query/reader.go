package query

import (
	"docket/internal/controls"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/template"
	"errors"
	"fmt"
	"time"
)

// Reader reads what the API and the command line list from the database. If no server is running, the command line uses
// it directly.
type Reader struct {
	Store *store.Store
	// Desk is the name of the default desk; Several means that routes choose other desks, too.
	Desk    string
	Several bool
	// LinkBase is the prefix of links to local tickets; the ticket's number follows it.
	LinkBase string
	// StaleAfter is how long after its recovery an incident's open ticket counts as stale.
	StaleAfter time.Duration
	// Policy is the policy of a route at a point in time, for explanations.
	Policy incident.Policies
	// Words returns a route's own ticket templates; nil if no route has any.
	Words func(route string) *template.Words
	// Board holds flags, silences and maintenance windows.
	Board *controls.Board
}

// ErrNoSuch is what the error of a detail request matches if the item does not exist. The error's text is a sentence
// that says what is missing.
var ErrNoSuch = errors.New("not found")

// noSuch returns an ErrNoSuch that says what is missing.
func noSuch(format string, args ...any) error { return &noSuchError{fmt.Sprintf(format, args...)} }

type noSuchError struct{ sentence string }

// Error returns the sentence.
func (e *noSuchError) Error() string { return e.sentence }

// Is matches ErrNoSuch.
func (e *noSuchError) Is(target error) bool { return target == ErrNoSuch }

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
