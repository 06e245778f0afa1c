package email

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
)

// Email is the notifier.
type Email struct {
	server server
	from   *mail.Address
	domain string
}

// callTimeout bounds one mail, from connecting to the server's last answer: servers that look for spam take seconds.
// It is shorter than the time after which internal/notifier takes an attempt for lost.
const callTimeout = 12 * time.Second

// New makes the notifier. It makes no network calls. Check has found nothing wrong with the settings.
func New(s Settings) (*Email, error) {
	from, err := addressOf(s.From)
	if err != nil {
		return nil, err
	}
	config, err := s.tlsConfig()
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@") // An address has one.
	return &Email{server{settings: s, tls: config, hello: domain}, from, domain}, nil
}

// Name returns "email".
func (*Email) Name() string { return Name }

// Post sends the mail that begins a thread; its reference holds the mail's Message-ID.
func (e *Email) Post(ctx context.Context, recipient string, m notify.Message) (notify.Ref, error) {
	id := e.threadID(recipient, m)
	if err := e.send(ctx, recipient, letter{id: id, message: m}); err != nil {
		return notify.Ref{}, err
	}
	return notify.Ref{Channel: recipient, ID: id}, nil
}

// Update sends a reply in the thread: a mail cannot be changed.
func (e *Email) Update(ctx context.Context, recipient string, ref notify.Ref, m notify.Message) error {
	return e.send(ctx, recipient, letter{id: e.replyID(recipient, m), thread: ref.ID, message: m})
}

func (e *Email) send(ctx context.Context, recipient string, l letter) error {
	to, err := addressOf(recipient)
	if err != nil {
		return &fault.Fault{
			Class: fault.Refused, Name: "bad_address", Sentence: "The recipient is not a mail address.",
			Fix: "Correct the address in email.to.", Err: err,
		}
	}
	text, err := l.text(e.from, to, time.Now())
	if err != nil {
		return &fault.Fault{Class: fault.Refused, Name: "not_a_mail", Sentence: "The mail could not be written.",
			Fix: "Report this as a bug of Docket.", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return e.server.deliver(ctx, e.from.Address, to.Address, text)
}

// Check connects, encrypts and logs in, and hangs up.
func (e *Email) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	client, done, err := e.server.login(ctx)
	if err != nil {
		return err
	}
	defer done()
	_ = client.Quit() // The login has worked, whatever the server answers now.
	return nil
}
