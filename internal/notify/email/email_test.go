package email

import (
	"context"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/notify"
	"docket/internal/notify/fakesmtp"
)

// start starts a mail server that ends with the test.
func start(t *testing.T, mode string) *fakesmtp.Server {
	t.Helper()
	s, err := fakesmtp.New(mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// mails are the mails that a server was sent.
func mails(t *testing.T, s *fakesmtp.Server) []*mail.Message {
	t.Helper()
	all, err := s.Mails()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func settings(t *testing.T, s *fakesmtp.Server, mode string) Settings {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, s.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	return Settings{
		Server: s.Address, TLS: mode, Username: fakesmtp.Username, Password: fakesmtp.Password, From: "Docket <docket@example.org>",
		To: []string{"oncall@example.org"}, CAFile: file,
	}
}

func open(t *testing.T, s Settings) *Email {
	t.Helper()
	s.Check(func(key, format string, args ...any) { t.Errorf("%s "+format, append([]any{key}, args...)...) })
	e, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var fire = notify.Message{
	ID: "n1", Words: "firing", Mark: "0123456789abcdef.1", Key: "0123456789abcdef", Severity: alert.P2, Firing: true, Title: "Disk füll",
	Source: "alertmanager", Since: time.Date(2026, 11, 27, 1, 2, 3, 0, time.UTC), Ticket: "#16", TicketURL: "https://desk.example.org/16",
	Labels: alert.Labels{{Name: "host", Value: "db=1"}},
}

func TestAnIncidentIsOneThreadOverEachKindOfConnection(t *testing.T) {
	for _, mode := range []string{tlsStart, tlsImplicit, tlsNone} {
		t.Run(mode, func(t *testing.T) {
			m := start(t, mode)
			e := open(t, settings(t, m, mode))
			ref, err := e.Post(t.Context(), "oncall@example.org", fire)
			if err != nil {
				t.Fatal(err)
			}
			over := fire
			over.Words, over.Firing = "recovered", false
			for range 2 { // Said twice, it is the same mail.
				if err := e.Update(t.Context(), "oncall@example.org", ref, over); err != nil {
					t.Fatal(err)
				}
			}
			all := mails(t, m)
			if len(all) != 3 {
				t.Fatalf("%d mails, want 3", len(all))
			}
			first, reply, again := all[0].Header, all[1].Header, all[2].Header
			if first.Get("Message-Id") != "<"+ref.ID+">" || first.Get("References") != "" ||
				first.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("the first mail's headers are %v", first)
			}
			if reply.Get("References") != "<"+ref.ID+">" || reply.Get("In-Reply-To") != "<"+ref.ID+">" {
				t.Errorf("the reply's headers are %v", reply)
			}
			if reply.Get("Message-Id") == first.Get("Message-Id") || reply.Get("Message-Id") != again.Get("Message-Id") {
				t.Errorf("the ids are %s, %s and %s", first.Get("Message-Id"), reply.Get("Message-Id"), again.Get("Message-Id"))
			}
			if _, err := first.Date(); err != nil {
				t.Error(err)
			}
			if m.Logins() != 3 {
				t.Errorf("%d logins", m.Logins())
			}
		})
	}
}

func TestLoginWorksWhereOnlyLOGINIsOffered(t *testing.T) {
	m := start(t, tlsStart)
	m.Offer(sasl.Login)
	if err := open(t, settings(t, m, tlsStart)).Check(t.Context()); err != nil || m.Logins() != 1 {
		t.Errorf("%v, %d logins", err, m.Logins())
	}
	if len(mails(t, m)) > 0 {
		t.Error("a check sends a mail")
	}
}

func TestEachFailureOfAMailServerIsNamed(t *testing.T) {
	refuse := func(part string, code int) func(*fakesmtp.Server, *Settings) {
		return func(m *fakesmtp.Server, _ *Settings) { m.Order(part, fakesmtp.Fault{Code: code}) }
	}
	for _, c := range []struct {
		name, mode string
		order      func(*fakesmtp.Server, *Settings)
		class      fault.Class
		fault      string
	}{
		{"nobody there", tlsNone, func(_ *fakesmtp.Server, s *Settings) { s.Server = closedPort(t) }, fault.Unavailable, "unreachable"},
		{"no STARTTLS", tlsNone, func(_ *fakesmtp.Server, s *Settings) { s.TLS = tlsStart }, fault.Unavailable, "no_starttls"},
		{"an unknown authority", tlsStart, func(_ *fakesmtp.Server, s *Settings) { s.CAFile = "" }, fault.Unavailable, "tls_error"},
		{"another name", tlsImplicit, func(_ *fakesmtp.Server, s *Settings) { s.ServerName = "other.test" }, fault.Unavailable, "tls_error"},
		{"a wrong password", tlsStart, func(_ *fakesmtp.Server, s *Settings) { s.Password = "s3cret-wrong" }, fault.Unavailable, "auth_refused"},
		{"a login that waits", tlsStart, refuse("login", 454), fault.Unavailable, "try_later"},
		{"no login offered", tlsStart, func(m *fakesmtp.Server, _ *Settings) { m.Offer("CRAM-MD5") }, fault.Unavailable, "no_login"},
		{"the sender refused", tlsStart, refuse("sender", 553), fault.Unavailable, "sender_refused"},
		{"the recipient refused", tlsStart, refuse("recipient", 550), fault.Refused, "recipient_refused"},
		{"greylisted", tlsStart, refuse("recipient", 451), fault.Unavailable, "try_later"},
		{"taken for spam", tlsStart, refuse("message", 554), fault.Refused, "message_refused"},
		{"a full disk", tlsStart, refuse("message", 452), fault.Unavailable, "try_later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := start(t, c.mode)
			s := settings(t, m, c.mode)
			c.order(m, &s)
			_, err := open(t, s).Post(t.Context(), "oncall@example.org", fire)
			f := fault.As(err)
			if f == nil || f.Class != c.class || f.Name != c.fault || f.Sentence == "" || f.Fix == "" {
				t.Fatalf("%#v", f)
			}
			if strings.Contains(f.Error()+f.Fix, "s3cret") {
				t.Errorf("%v shows the password", f)
			}
		})
	}
}

func TestAMailWithoutAnAnswerMayHaveArrivedAndIsNotSentAgainSoon(t *testing.T) {
	for _, c := range []struct {
		name, part string
		order      fakesmtp.Fault
		class      fault.Class
		fault      string
		kept       int
	}{
		{"cut behind the mail", fakesmtp.Message, fakesmtp.Fault{Cut: true}, fault.Unknown, "connection_cut", 1},
		{"slow behind the mail", fakesmtp.Message, fakesmtp.Fault{Wait: time.Second}, fault.Unknown, "timeout", 1},
		{"cut before the mail", fakesmtp.Recipient, fakesmtp.Fault{Cut: true}, fault.Unavailable, "connection_cut", 0},
		{"slow before the mail", fakesmtp.Login, fakesmtp.Fault{Wait: time.Second}, fault.Unavailable, "timeout", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := start(t, tlsStart)
			e := open(t, settings(t, m, tlsStart))
			m.Order(c.part, c.order)
			ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
			defer cancel()
			_, err := e.Post(ctx, "oncall@example.org", fire)
			f := fault.As(err)
			if f == nil || f.Class != c.class || f.Name != c.fault || f.Sentence == "" || f.Fix == "" {
				t.Fatalf("%#v", f)
			}
			if (f.Class == fault.Unknown) != (f.RetryAfter == again) {
				t.Errorf("it is sent again after %s", f.RetryAfter)
			}
			m.Heal()
			ref, err := e.Post(t.Context(), "oncall@example.org", fire)
			if err != nil {
				t.Fatal(err)
			}
			all := mails(t, m)
			if len(all) < 1 || len(all) > 1+c.kept {
				t.Fatalf("%d mails", len(all))
			}
			for _, one := range all {
				if one.Header.Get("Message-Id") != "<"+ref.ID+">" {
					t.Errorf("a mail that is sent twice has two ids: %v", one.Header)
				}
			}
		})
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
