package notify

import (
	"net/http"
	"time"

	"docket/internal/notice"
)

// Kind is one kind of notifier: a row of the table in internal/notify/kinds, and all that the rest of Docket knows
// of it.
type Kind struct {
	// Name is the key of its section in docket.yaml and its step in the doctor's report.
	Name string
	// Prefix begins its environment variables, if no other program has variables like these: an unknown one is
	// then reported as a typing error. "" otherwise.
	Prefix string
	// Settings returns a fresh section with its defaults: a pointer to a struct, or to a list of structs, whose
	// fields have the tags that internal/config describes.
	Settings func() Settings
}

// Settings are a notifier's section of docket.yaml, including its part of the environment.
type Settings interface {
	// Check reports every mistake that the fields' tags cannot describe. It is called whether the notifier is used
	// or not.
	Check(report Report)
	// Idle returns the keys that are set but have no effect without another key. publicURL is the address where
	// people reach Docket, "" if there is none.
	Idle(publicURL string) []string
	// Recipients are who is notified; each gets messages of their own. None means that the notifier is not used.
	Recipients() []notice.Recipient
	// Open makes the notifiers: one for each service that may fail on its own, none if the notifier is not used. It
	// makes no network calls.
	Open(n Needs) ([]Notifier, error)
	// Hop describes the step in the doctor's report.
	Hop() Hop
}

// Report takes a mistake about a key of the section, such as users[0], or about an environment variable that has no
// key.
type Report func(key, format string, args ...any)

// Needs are what a notifier may need besides its settings.
type Needs struct {
	// PublicURL is the address where people reach Docket, "" if there is none.
	PublicURL string
	// UserAgent is sent with every HTTP call.
	UserAgent string
}

// Hop is a notifier's step in the doctor's report: it calls Check of each of its services.
type Hop struct {
	// OK is the sentence for a notifier that works.
	OK string
	// Minor means that a failure is a warning, not an error: other programs miss messages, people do not.
	Minor bool
	// Delivery means that the last delivery is reported, too: Check cannot tell whether messages are accepted.
	Delivery bool
}

// Click is a person's click on a button of a message.
type Click struct {
	// UserID is the service's id of the person, UserName the name that it sends with it; Via is the service's name.
	UserID, UserName, Via string
	// Action is one of the Action constants, or an unknown word.
	Action string
	// Mark identifies the incident, as received.
	Mark string
	// ID is the same whenever this click is delivered.
	ID string
}

// The actions of buttons.
const (
	ActionAcknowledge = "acknowledge" // the person acknowledges the incident
	ActionInvestigate = "investigate" // a link to its page: the click itself does nothing
	ActionSilence     = "silence_1h"  // the incident's firing alerts are silenced for SilenceFor
)

// SilenceFor is how long a click on the button silences. MostSilenced is the highest number of alerts an
// incident with this button may have: each is silenced by all its labels.
const (
	SilenceFor   = time.Hour
	MostSilenced = 20
)

// Clickable are the settings of a notifier whose messages have buttons. Clicks arrive at POST /hooks/ followed by
// the kind's name.
type Clickable interface {
	// Unclickable says what must be set before clicks are accepted, "" if they are.
	Unclickable(publicURL string) string
	// ParseClick verifies the signature of a request and parses it. What is refused is not nil if it is not accepted.
	ParseClick(header http.Header, body []byte, now time.Time) (Click, *RefusedClick)
}

// RefusedClick says why a click is not accepted.
type RefusedClick struct {
	// Name is the result's name in the metric, Status the HTTP status of the response, Sentence its text.
	Name     string
	Status   int
	Sentence string
}
