package main

import (
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"docket/internal/notify/fakesmtp"
)

// textOf is a mail's text.
func textOf(t testing.TB, m *mail.Message) string {
	t.Helper()
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnIncidentIsOneMailAndItsNewsAreReplies(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, err := fakesmtp.New(fakesmtp.StartTLS)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		ca := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, s.CA, 0o600); err != nil {
			t.Fatal(err)
		}
		mails := func() []*mail.Message {
			all, err := s.Mails()
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		p := start(t, setup{
			database: url,
			yaml: fmt.Sprintf("email: {server: %q, username: %s, from: Docket <docket@example.org>, to: [oncall@example.org], ca_file: %s}\n",
				s.Address, fakesmtp.Username, ca),
			env: []string{"SMTP_PASSWORD=" + fakesmtp.Password},
		})
		p.mustPost(hook, webhook("firing", "DiskFull"))
		has := func(words string) func() bool {
			return func() bool {
				for _, m := range mails() {
					if strings.Contains(textOf(t, m), words) {
						return true
					}
				}
				return false
			}
		}
		eventually(t, 30*time.Second, "the ticket's number is mailed", has("Ticket: #"))
		p.mustPost(hook, strings.ReplaceAll(webhook("firing", "Mild"), `"critical"`, `"warning"`))
		p.mustPost(hook, webhook("resolved", "DiskFull"))
		eventually(t, 30*time.Second, "the recovery is mailed", has("P1 recovered: DiskFull"))
		first := ""
		for n, m := range mails() {
			subject, thread := m.Header.Get("Subject"), m.Header.Get("References")
			switch {
			case n == 0:
				first = m.Header.Get("Message-Id")
				if subject != "P1: DiskFull" || thread != "" || m.Header.Get("To") != "<oncall@example.org>" {
					t.Errorf("the first mail's headers are %v", m.Header)
				}
			case subject != "Re: P1: DiskFull" || thread != first || m.Header.Get("Message-Id") == first:
				t.Errorf("mail %d is not a reply to %s: %v", n, first, m.Header)
			}
		}
		if strings.Contains(p.log.String(), fakesmtp.Password) {
			t.Error("the password is in the log")
		}
	})
}
