package email

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/notify"
)

func read(t *testing.T, l letter) (header mail.Header, subject, text string) {
	t.Helper()
	raw, err := l.text(&mail.Address{Name: "Döcket", Address: "docket@example.org"}, &mail.Address{Address: "a@example.org"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if len(line) > 998 || !strings.HasSuffix(line, "\r\n") {
			t.Errorf("a line of %d bytes: %.80q", len(line), line)
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, subject, strings.ReplaceAll(string(body), "\r\n", "\n")
}

func TestALetterSaysAllThatIsKnown(t *testing.T) {
	_, subject, text := read(t, letter{id: "x@y", message: fire})
	if subject != "P2: Disk füll" {
		t.Errorf("the subject is %q", subject)
	}
	want := `P2 firing: Disk füll

Since 2026-11-27 01:02:03 UTC
Ticket: #16 https://desk.example.org/16

alert_key: 0123456789abcdef
source: alertmanager
host: db=1
`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
}

// ours are the headers that a mail may have.
var ours = []string{
	"Date", "From", "To", "Subject", "Message-Id", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
	"Mime-Version", "Content-Type", "Content-Transfer-Encoding",
}

func TestNoAlertCanWriteAHeader(t *testing.T) {
	for _, title := range []string{
		"x\r\nBcc: all@example.org", "x\nBcc: all@example.org\n\nhi", "\r\n\r\nhi", strings.Repeat("ü\r\n", 500), strings.Repeat("漢", 5000),
		"\x00\x7f\u2028x", "=?utf-8?q?x=0D=0ABcc:_a?=", "\xff\xfe",
	} {
		m := fire
		m.Title, m.Summary, m.Labels = title, title, alert.Labels{{Name: "a", Value: title}}
		for _, thread := range []string{"", "x@y"} {
			header, _, _ := read(t, letter{id: "x@y", thread: thread, message: m})
			for name := range header {
				if !slices.Contains(ours, name) {
					t.Errorf("%q writes the header %s", title, name)
				}
			}
		}
		m.Text = title
		if header, _, _ := read(t, letter{id: "x@y", message: m}); header.Get("Bcc") != "" {
			t.Errorf("%q writes a header", title)
		}
	}
}

func TestEveryMistakeOfTheSettingsIsNamed(t *testing.T) {
	var got []string
	bad := Settings{
		Server: "mail", TLS: tlsStart, Password: "s3cret", From: "docket", CAFile: "/nowhere",
		To: []string{"a@example.org", "a@b\r\nRCPT TO:<c@d>", "ü@example.org"},
	}
	bad.Check(func(key, _ string, _ ...any) { got = append(got, key) })
	bare := Settings{Server: "mail.example.org:25", TLS: tlsNone, Username: "a", Password: "b", From: "a@example.org"}
	bare.Check(func(key, _ string, _ ...any) { got = append(got, key) })
	if diff := cmp.Diff([]string{"server", "username", "from", "to[1]", "to[2]", "ca_file", "tls", "to"}, got); diff != "" {
		t.Error(diff)
	}
}

// Other programs use the same variables: they alone neither send mails nor keep Docket from starting.
func TestTheVariablesAloneSendNoMail(t *testing.T) {
	s := NewSettings()
	s.Server, s.Username = "mail", "other"
	s.Check(func(key, _ string, _ ...any) { t.Errorf("%s is a mistake", key) })
	opened, err := s.Open(notify.Needs{})
	if len(opened) != 0 || err != nil || len(s.Recipients()) != 0 {
		t.Errorf("opened %v, %v", opened, err)
	}
	if diff := cmp.Diff([]string{"server", "username"}, s.Idle("")); diff != "" {
		t.Error(diff)
	}
}
