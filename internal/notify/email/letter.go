package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"docket/internal/line"
	"docket/internal/notify"
)

// letter is one mail.
type letter struct {
	// id is its Message-ID, thread that of the mail that it replies to, "" for none; both have no brackets.
	id, thread string
	message    notify.Message
}

// The bounds of a mail's parts, in characters.
const (
	maxSubject = 200
	maxPart    = 20_000
)

// threadID names the mail that begins the thread of a notice: the same for each attempt.
func (e *Email) threadID(recipient string, m notify.Message) string { return e.id(recipient, m.ID) }

// replyID names a mail that says what has changed: the same for each attempt, another one once
// there is more to say.
func (e *Email) replyID(recipient string, m notify.Message) string {
	return e.id(recipient, m.ID, m.Words)
}

func (e *Email) id(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return "docket." + hex.EncodeToString(sum[:16]) + "@" + e.domain
}

// text is the mail as it is sent.
func (l letter) text(from, to *mail.Address, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	headers := [][2]string{
		{"Date", now.UTC().Format(time.RFC1123Z)},
		{"From", from.String()},
		{"To", to.String()},
		{"Subject", l.subject()},
		{"Message-ID", "<" + l.id + ">"},
	}
	if l.thread != "" {
		headers = append(headers, [2]string{"In-Reply-To", "<" + l.thread + ">"}, [2]string{"References", "<" + l.thread + ">"})
	}
	headers = append(headers, [][2]string{
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no out-of-office replies, please;
		{"X-Auto-Response-Suppress", "All"},  // and the same for Exchange.
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	}...)
	for _, h := range headers {
		if strings.ContainsAny(strings.ReplaceAll(h[1], "\r\n ", ""), "\r\n") {
			return nil, fmt.Errorf("the header %s has a line break", h[0])
		}
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(words(l.message))); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// subject stays the same in a thread, as mail programs expect: the state is the first line of the text.
// What is not plain ASCII is encoded (RFC 2047), folded between its words.
func (l letter) subject() string {
	m := l.message
	subject := m.Headline()
	if m.Text == "" {
		subject = m.Severity.String() + ": " + m.Title
	}
	subject = clip(line.Of(subject), maxSubject)
	if l.thread != "" {
		subject = "Re: " + subject
	}
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", subject), "?= =?", "?=\r\n =?")
}

// words are the mail's text.
func words(m notify.Message) string {
	if m.Text != "" {
		return clip(m.Text, maxPart) + "\n"
	}
	parts := []string{m.Headline()}
	if m.Summary != "" {
		parts = append(parts, clip(m.Summary, maxPart))
	}
	facts := append(m.Facts(), "Ticket: "+strings.TrimSpace(m.Ticket+" "+m.TicketURL))
	for _, link := range [][2]string{{"Incident", m.Console}, {"Source", m.Link}} {
		if link[1] != "" {
			facts = append(facts, link[0]+": "+link[1])
		}
	}
	labels := []string{"alert_key: " + m.Key, "source: " + m.Source}
	for _, l := range m.Labels {
		labels = append(labels, l.Name+": "+l.Value)
	}
	parts = append(parts, strings.Join(facts, "\n"), clip(strings.Join(labels, "\n"), maxPart))
	return strings.Join(parts, "\n\n") + "\n"
}

// clip bounds a text, and makes it UTF-8.
func clip(text string, most int) string { return line.Clip(strings.ToValidUTF8(text, "\uFFFD"), most) }
