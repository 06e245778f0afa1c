package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"docket/internal/fault"
	"docket/internal/line"
	"docket/internal/outbound"
)

// server is the SMTP server as it is reached: one connection a mail, as is usual at this pace.
type server struct {
	settings Settings
	tls      *tls.Config
	// hello is the name with which we greet.
	hello string
}

// bounded is a connection whose deadlines are never later than until: go-smtp's are minutes. ended is the error of the
// call's context.
type bounded struct {
	net.Conn

	until time.Time
	ended func() error
}

// Read reads; an end of the call is the cause of what fails then.
func (b bounded) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	return n, b.cause(err)
}

// Write writes; an end of the call is the cause of what fails then.
func (b bounded) Write(p []byte) (int, error) {
	n, err := b.Conn.Write(p)
	return n, b.cause(err)
}

func (b bounded) cause(err error) error {
	if ended := b.ended(); err != nil && ended != nil {
		return ended
	}
	return err
}

// SetDeadline sets a deadline, none for the zero time, within the bound.
func (b bounded) SetDeadline(at time.Time) error {
	if at.IsZero() || at.After(b.until) {
		at = b.until
	}
	return b.Conn.SetDeadline(at)
}

// login connects, encrypts and logs in; ctx has a deadline. done ends what was begun.
func (s server) login(ctx context.Context) (client *smtp.Client, done func(), err error) {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	raw, err := dialer.DialContext(ctx, "tcp", s.settings.Server)
	if err != nil {
		return nil, nil, s.unreachable(err)
	}
	until, _ := ctx.Deadline() // Its callers give it one.
	conn := net.Conn(bounded{raw, until, ctx.Err})
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() }) // Closed twice is closed.
	done = func() {
		stop()
		_ = raw.Close() // Nothing is left to be lost.
	}
	if client, err = s.greet(ctx, conn); err == nil {
		err = s.authenticate(client)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return client, done, nil
}

// greet says hello over a connection that is encrypted as it is configured.
func (s server) greet(ctx context.Context, conn net.Conn) (client *smtp.Client, err error) {
	switch s.settings.TLS {
	case tlsImplicit:
		secured := tls.Client(conn, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, s.noTLS(err)
		}
		client = smtp.NewClient(secured)
	case tlsStart:
		if client, err = smtp.NewClientStartTLS(conn, s.tls); err != nil {
			return nil, s.notStarted(err)
		}
	default:
		client = smtp.NewClient(conn)
	}
	err = client.Hello(s.hello)
	state, encrypted := client.TLSConnectionState()
	switch {
	case err == nil:
		return client, nil
	case encrypted && !state.HandshakeComplete: // With STARTTLS it comes with the first word.
		return nil, s.noTLS(err)
	}
	return nil, s.failed(err, "greeting", fault.Unavailable)
}

// authenticate logs in, where somebody is to.
func (s server) authenticate(client *smtp.Client) error {
	name, password := s.settings.Username, s.settings.Password.Reveal()
	var way sasl.Client
	switch {
	case name == "":
		return nil
	case client.SupportsAuth(sasl.Plain):
		way = sasl.NewPlainClient("", name, password)
	case client.SupportsAuth(sasl.Login):
		way = sasl.NewLoginClient(name, password)
	default:
		return &fault.Fault{
			Class: fault.Unavailable, Name: "no_login", Sentence: "The mail server offers neither PLAIN nor LOGIN to log in with.",
			Fix: "Check email.server and email.tls: many servers offer a login on port 587 or 465 only.",
		}
	}
	err := client.Auth(way)
	answer, answered := errors.AsType[*smtp.SMTPError](err)
	if answered && answer.Code >= 500 { // The answer's text is not shown: it may repeat what was sent.
		return &fault.Fault{
			Class: fault.Unavailable, Name: "auth_refused", Sentence: fmt.Sprintf("The mail server refused the login (%d).", answer.Code),
			Fix: "Check email.username and email.password (SMTP_PASSWORD).",
		}
	}
	if err != nil {
		return s.failed(err, "login", fault.Unavailable)
	}
	return nil
}

// deliver hands a mail over. Until its last line has left, nothing has happened; from then on only
// the server's answer says whether it has.
func (s server) deliver(ctx context.Context, from, to string, text []byte) error {
	client, done, err := s.login(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := client.Mail(from, &smtp.MailOptions{Size: int64(len(text))}); err != nil {
		return s.failed(err, "sender", fault.Unavailable)
	}
	if err := client.Rcpt(to, nil); err != nil {
		return s.failed(err, "recipient", fault.Refused)
	}
	data, err := client.Data()
	if err != nil {
		return s.failed(err, "message", fault.Refused)
	}
	if _, err := data.Write(text); err != nil {
		return s.unreachable(err)
	}
	if err := data.Close(); err != nil {
		if _, answered := errors.AsType[*smtp.SMTPError](err); !answered {
			return s.doubtful(err)
		}
		return s.failed(err, "message", fault.Refused)
	}
	_ = client.Quit() // The mail is with the server, whatever it says now.
	return nil
}

// failed classes what the server answered about a part of the conversation. permanent is the class of
// a 5xx: of what lies with one mail it is Refused; of what lies with the server or the settings, and so
// would meet every mail, Unavailable, so that mails wait until a person has mended it.
func (s server) failed(err error, part string, permanent fault.Class) error {
	answer, answered := errors.AsType[*smtp.SMTPError](err)
	if !answered {
		return s.unreachable(err)
	}
	f := &fault.Fault{Class: permanent, Name: part + "_refused", Err: errors.New(clip(line.Of(answer.Message), maxSubject))}
	f.Sentence = fmt.Sprintf("The mail server refused the %s (%d).", part, answer.Code)
	switch {
	case answer.Temporary():
		f.Class, f.Name, f.Fix = fault.Unavailable, "try_later", "Wait: Docket tries again."
		f.Sentence = fmt.Sprintf("The mail server asks to try the %s again later (%d).", part, answer.Code)
	case part == "recipient":
		f.Fix = "Check the address in email.to."
	case part == "sender":
		f.Fix = "Check email.from: the login must be allowed to send as this address. Some servers want a login first."
	case part == "message":
		f.Fix = "Look at the server's answer in Docket's log: it may take the mail for spam, or for too large."
	default:
		f.Fix = "Check email.server: is it a mail server that takes mails from this machine?"
	}
	return f
}

// notStarted classes why there was no STARTTLS.
func (s server) notStarted(err error) error {
	if !strings.Contains(err.Error(), "doesn't support STARTTLS") {
		return s.failed(err, "greeting", fault.Unavailable)
	}
	return &fault.Fault{
		Class: fault.Unavailable, Name: "no_starttls", Kind: fault.KindTLS, Sentence: "The mail server does not offer STARTTLS.",
		Fix: "Set email.tls to implicit (usual on port 465), or to none for a relay on this machine.",
	}
}

func (s server) noTLS(err error) error {
	return &fault.Fault{
		Class: fault.Unavailable, Name: "tls_error", Kind: fault.KindTLS, Sentence: "No secure connection to the mail server could be made.",
		Fix: "Check email.tls, email.server_name and email.ca_file, and the server's certificate.", Err: err,
	}
}

// party is the server in the words of its faults.
var party = outbound.Party{Name: "the mail server", Setting: "email.server"}

// unreachable is for a conversation that ended before anything was sent.
func (s server) unreachable(err error) error {
	f := party.Fault(err, false)
	f.Fix += " Many networks block outgoing mail."
	return f
}

// again is how long to wait before a mail that may have arrived is sent again: a server may take this long to answer
// the final dot (RFC 5321, section 4.5.3.2.6), so that a slow one gets a duplicate every ten minutes, and no flood.
const again = 10 * time.Minute

// doubtful is for a mail whose last line was sent, and not answered.
func (s server) doubtful(err error) error {
	f := party.Fault(err, true)
	f.Fix, f.RetryAfter = "Nothing: Docket sends the mail again in ten minutes, with the same Message-ID.", again
	return f
}
