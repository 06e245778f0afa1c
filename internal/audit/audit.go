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

// Actor is who or what did a thing.
type Actor struct {
	// Kind is one of the Kind constants; Name says which one of them.
	Kind, Name string
}

// The kinds of actor.
const (
	KindSystem = "system" // Docket itself
	KindPerson = "person" // an operator, by console, API or command line
	KindSource = "source" // a source of alerts
	KindDesk   = "desk"   // somebody in the help desk
)

// System is Docket itself, as the actor of what it does by itself.
func System() Actor { return Actor{KindSystem, "docket"} }

// Person is somebody by the name that they are known by here.
func Person(name string) Actor { return Actor{KindPerson, name} }

// The actions. Their words are a contract with the operators' queries.
const (
	ActionTicketFiled        = "console.alerts.ticket_filed" // an alert's ticket is in the desk, read back
	ActionStatusFiled        = "console.status.ticket_filed" // a ticket asked for by Investigate is in the desk
	ActionInvestigated       = "console.status.investigate"  // somebody clicked Investigate
	ActionTicketAsked        = "console.tickets.asked"       // something was asked of the desk; written before it is sent
	ActionTicketAdopted      = "console.tickets.adopted"     // a ticket with our mark was found and taken
	ActionTicketRefiled      = "console.tickets.refiled"     // a vanished ticket was filed again
	ActionTicketNoted        = "console.tickets.noted"       // a note is on the ticket
	ActionTicketClosed       = "console.tickets.closed"      // the ticket was closed
	ActionTicketReopened     = "console.tickets.reopened"    // the ticket was opened again
	ActionAccepted           = "console.alerts.accepted"     // the decisions of one transaction, by reason
	ActionFlagChanged        = "console.flags.changed"       // a flag was flipped
	ActionSilenceCreated     = "console.silences.created"    // a silence was made
	ActionSilenceChanged     = "console.silences.changed"    // a silence that is not over was changed
	ActionSilenceExpired     = "console.silences.expired"    // a silence was ended
	ActionMaintenanceCreated = "console.maintenance.created" // a maintenance window was made
	ActionMaintenanceEnded   = "console.maintenance.ended"   // a maintenance window was ended for good
	ActionLogin              = "console.auth.login"          // somebody logged in
	ActionDenied             = "console.auth.denied"         // somebody was refused
	ActionDoctorRun          = "console.doctor.run"          // the doctor ran
	ActionUnstable           = "console.alerts.unstable_id"  // an alert comes under ever new ids while it fires; its first key is kept
	ActionRepaired           = "console.reconcile.repaired"  // reconcile mended a mismatch
	ActionDeskAway           = "console.desk.away"           // the desk does not answer any more
	ActionDeskBack           = "console.desk.back"           // it does again
	ActionConfigChanged      = "console.config.changed"      // another configuration is in force, without a restart
	ActionMigrated           = "console.store.migrated"      // the schema changed
	ActionLogout             = "console.auth.logout"         // somebody logged out
	ActionAccountSet         = "console.auth.account_set"    // an account was made, or its role or password changed
	ActionAccountGone        = "console.auth.account_gone"   // an account was removed
	ActionTokenMade          = "console.auth.token_made"     //nolint:gosec // An API token was made.
	ActionTokenGone          = "console.auth.token_gone"     //nolint:gosec // An API token was removed.
	ActionNoticeSent         = "console.notices.sent"        // a person was told; updates of the message are not entered
	ActionNoticeRefused      = "console.notices.refused"     // a person cannot be told
	ActionNoticeDoubted      = "console.notices.doubted"     // the answer to a message was lost: it may stand there twice
	ActionAcknowledged       = "console.alerts.acknowledged" // somebody took an incident up
)

// Entry is one row of the audit log.
type Entry struct {
	// ID is the place in the chain, from 1; Append sets it.
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

// Head is the end of the chain: the last id and hash. The zero Head is the empty chain.
type Head struct {
	ID   int64
	Hash string
}

// Append chains entries behind head and returns them with ID, Prev and Hash set, and the
// new head. An error names the entry whose payload cannot be kept.
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

// hashRecipe begins every hash, so that a later recipe cannot be mistaken for this one.
const hashRecipe = "docket audit 1"

// sum hashes the entry: every field with its length before it, so that no two entries
// share an encoding.
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

// CanonicalJSON writes a payload the one way it is hashed and kept: keys sorted, no HTML
// escapes, integers only, and neither NUL nor broken UTF-8 in strings (JSONB keeps neither;
// both become U+FFFD).
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

// Clean replaces what PostgreSQL cannot keep in a text: NUL and broken UTF-8.
func Clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
