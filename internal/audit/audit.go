package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Actor is who or what did something.
type Actor struct {
	// Kind is one of the Kind constants; Name identifies the actor within it.
	Kind, Name string
}

// The kinds of actor.
const (
	KindSystem = "system" // Docket itself
	KindPerson = "person" // an operator, by console, API or command line
	KindSource = "source" // a source of alerts
	KindDesk   = "desk"   // somebody in the help desk
)

// System is Docket itself, as the actor of what it does on its own.
func System() Actor { return Actor{KindSystem, "docket"} }

// Person is somebody, by the name Docket knows them by.
func Person(name string) Actor { return Actor{KindPerson, name} }

// The actions. Their words are a contract with the operators' queries.
const (
	ActionTicketFiled        = "console.alerts.ticket_filed" // an alert's ticket was created in the desk and verified
	ActionStatusFiled        = "console.status.ticket_filed" // a ticket requested by Investigate was created in the desk
	ActionInvestigated       = "console.status.investigate"  // somebody clicked Investigate
	ActionTicketAsked        = "console.tickets.asked"       // the desk was asked to do something; written before the request is sent
	ActionTicketAdopted      = "console.tickets.adopted"     // a ticket with our mark was found and adopted
	ActionTicketRefiled      = "console.tickets.refiled"     // a ticket that had disappeared was filed again
	ActionTicketNoted        = "console.tickets.noted"       // a note was added to the ticket
	ActionTicketClosed       = "console.tickets.closed"      // the ticket was closed
	ActionTicketReopened     = "console.tickets.reopened"    // the ticket was reopened
	ActionAccepted           = "console.alerts.accepted"     // the decisions of one transaction, by reason
	ActionFlagChanged        = "console.flags.changed"       // a flag was flipped
	ActionSilenceCreated     = "console.silences.created"    // a silence was created
	ActionSilenceChanged     = "console.silences.changed"    // a silence that is not over was changed
	ActionSilenceExpired     = "console.silences.expired"    // a silence was ended
	ActionMaintenanceCreated = "console.maintenance.created" // a maintenance window was created
	ActionMaintenanceEnded   = "console.maintenance.ended"   // a maintenance window was ended for good
	ActionLogin              = "console.auth.login"          // somebody logged in
	ActionDenied             = "console.auth.denied"         // somebody was denied access
	ActionDoctorRun          = "console.doctor.run"          // the doctor ran
	ActionUnstable           = "console.alerts.unstable_id"  // a firing alert keeps arriving under new ids; its first key is kept
	ActionRepaired           = "console.reconcile.repaired"  // reconcile repaired a mismatch
	ActionDeskAway           = "console.desk.away"           // the desk stopped answering
	ActionDeskBack           = "console.desk.back"           // the desk answers again
	ActionConfigChanged      = "console.config.changed"      // another configuration was put in force, without a restart
	ActionMigrated           = "console.store.migrated"      // the schema was migrated
	ActionLogout             = "console.auth.logout"         // somebody logged out
	ActionAccountSet         = "console.auth.account_set"    // an account was created, or its role or password changed
	ActionAccountGone        = "console.auth.account_gone"   // an account was removed
	ActionTokenMade          = "console.auth.token_made"     //nolint:gosec // An API token was made.
	ActionTokenGone          = "console.auth.token_gone"     //nolint:gosec // An API token was removed.
	ActionNoticeSent         = "console.notices.sent"        // a person was notified; updates of the message are not recorded
	ActionNoticeRefused      = "console.notices.refused"     // a person cannot be notified
	ActionNoticeDoubted      = "console.notices.doubted"     // the response to a message was lost: it may have been posted twice
	ActionAcknowledged       = "console.alerts.acknowledged" // somebody acknowledged an incident
)

// Entry is one row of the audit log.
type Entry struct {
	// ID is the position in the chain, starting at 1; Append sets it.
	ID int64
	// CreatedAt is UTC with microseconds.
	CreatedAt time.Time
	Actor     Actor
	Action    string
	// Payload is a JSON object of strings, integers, booleans, lists and objects.
	Payload map[string]any
	// Prev and Hash are 64 hex characters; Append sets them. The first entry's Prev is "".
	Prev, Hash string
}

// Head is the end of the chain: the last id and hash. The zero Head is an empty chain.
type Head struct {
	ID   int64
	Hash string
}

// Append chains entries after head and returns them with ID, Prev and Hash set, together with the new head.
// The error names the entry whose payload cannot be stored.
func Append(head Head, entries []Entry) ([]Entry, Head, error) {
	chained := make([]Entry, len(entries))
	for i, e := range entries {
		e.ID, e.Prev = head.ID+1, head.Hash
		e.CreatedAt = e.CreatedAt.UTC().Truncate(time.Microsecond)
		hash, err := e.sum()
		if err != nil {
			return nil, head, fmt.Errorf("audit entry %d (%s): %w", e.ID, e.Action, err)
		}
		e.Hash = hash
		head = Head{e.ID, hash}
		chained[i] = e
	}
	return chained, head, nil
}

// hashRecipe goes in front of every hash, so that a later recipe cannot be mistaken for this one.
const hashRecipe = "docket audit 1"

// sum hashes the entry, each field preceded by its length, so that no two entries have the same encoding.
func (e Entry) sum() (string, error) {
	payload, err := CanonicalJSON(e.Payload)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, field := range [...]string{
		hashRecipe, e.Prev, strconv.FormatInt(e.ID, 10), strconv.FormatInt(e.CreatedAt.UnixMicro(), 10),
		e.Actor.Kind, e.Actor.Name, e.Action, string(payload),
	} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(field)))
		h.Write(size[:])
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// CanonicalJSON encodes a payload in the one form in which it is hashed and stored: keys sorted, no HTML
// escapes, integers only, and neither NUL nor invalid UTF-8 in strings (JSONB keeps neither; both become
// U+FFFD).
func CanonicalJSON(payload map[string]any) ([]byte, error) {
	clean, err := tidy(payload)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(clean); err != nil {
		return nil, fmt.Errorf("encode payload: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode reads a payload as the database returns it.
func Decode(text string) (map[string]any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var payload map[string]any
	if err := dec.Decode(&payload); err != nil {
		return nil, fmt.Errorf("decode payload: %w", err)
	}
	return payload, nil
}

// tidy checks and cleans one value.
func tidy(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int, int64:
		return v, nil
	case string:
		return Clean(v), nil
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err != nil {
			return nil, fmt.Errorf("number %s is not an integer", v)
		}
		return v, nil
	case []string:
		all := make([]any, len(v))
		for i, s := range v {
			all[i] = Clean(s)
		}
		return all, nil
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			var err error
			if all[i], err = tidy(item); err != nil {
				return nil, err
			}
		}
		return all, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, item := range v {
			var err error
			if m[Clean(key)], err = tidy(item); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
		return m, nil
	}
	return nil, fmt.Errorf("a payload holds no %T", v)
}

// Clean replaces what PostgreSQL cannot store in a text: NUL and invalid UTF-8.
func Clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
