package fakesmtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// The login that the server accepts.
const (
	Username = "docket"
	Password = "s3cret-password"
)

// The parts of a conversation at which the server can be ordered to fail.
const (
	Login     = "login"
	Sender    = "sender"
	Recipient = "recipient"
	Message   = "message"
)

// The ways to encrypt the connection, in the words of email.tls.
const (
	StartTLS = "starttls"
	Implicit = "implicit"
	None     = "none"
)

// Fault is how the server fails at a part of the conversation.
type Fault struct {
	// Code is the SMTP answer, 0 for none of its own.
	Code int
	// Wait is how long it takes; Cut means that the connection ends without an answer.
	Wait time.Duration
	Cut  bool
}

// Server is the SMTP server.
type Server struct {
	// Address is host:port; CA is the certificate to trust, as PEM.
	Address string
	CA      []byte

	server  *smtp.Server
	serving sync.WaitGroup
	closing chan struct{}

	mu         sync.Mutex // guards what follows
	mails      [][]byte
	mechanisms []string
	faults     map[string]Fault
	logins     int
}

// New starts a server on loopback.
func New(mode string) (*Server, error) {
	web := httptest.NewTLSServer(http.NotFoundHandler()) // For its certificate.
	defer web.Close()
	s := &Server{
		CA:         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}),
		mechanisms: []string{sasl.Plain, sasl.Login}, faults: map[string]Fault{}, closing: make(chan struct{}),
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return session{s, c}, nil }))
	s.server.Domain, s.server.AllowInsecureAuth, s.server.ErrorLog = "mail.example.org", true, quiet{}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Address = listener.Addr().String()
	config := &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	switch mode {
	case Implicit:
		listener = tls.NewListener(listener, config)
	case StartTLS:
		s.server.TLSConfig = config
	}
	s.serving.Go(func() { _ = s.server.Serve(listener) }) // It ends with Close.
	return s, nil
}

// Close ends the server and cuts its connections.
func (s *Server) Close() {
	close(s.closing)
	_ = s.server.Close() // Nothing is left to be lost.
	s.serving.Wait()
}

// Order makes the server fail at a part of each conversation, until Heal.
func (s *Server) Order(part string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[part] = f
}

// Heal takes back all orders.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// Offer sets the mechanisms to log in with.
func (s *Server) Offer(mechanisms ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mechanisms = mechanisms
}

// Logins is how many logins were accepted.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Mails are the mails that were kept, the first one first.
func (s *Server) Mails() ([]*mail.Message, error) {
	s.mu.Lock()
	kept := slices.Clone(s.mails)
	s.mu.Unlock()
	var all []*mail.Message
	for _, text := range kept {
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
}

// at fails as ordered.
func (s session) at(part string) error {
	s.server.mu.Lock()
	f := s.server.faults[part]
	s.server.mu.Unlock()
	select {
	case <-time.After(f.Wait):
	case <-s.server.closing:
	}
	if f.Cut {
		_ = s.conn.Conn().Close() // The client sees an end and no answer.
	}
	if f.Code != 0 {
		return &smtp.SMTPError{Code: f.Code, Message: "no"}
	}
	return nil
}

// AuthMechanisms are those that are offered.
func (s session) AuthMechanisms() []string {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return s.server.mechanisms
}

// Auth takes a login.
func (s session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Plain {
		return sasl.NewPlainServer(func(_, username, password string) error { return s.login(username, password) }), nil
	}
	return &login{check: s.login}, nil
}

func (s session) login(username, password string) error {
	if err := s.at(Login); err != nil {
		return err
	}
	if username != Username || password != Password {
		return &smtp.SMTPError{Code: 535, Message: "5.7.8 you said " + password} // Some servers do repeat it.
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.logins++
	return nil
}

// login is the server's side of LOGIN, which go-sasl does not have.
type login struct {
	check    func(username, password string) error
	username string
	asked    int
}

// Next takes the client's next word.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch {
	case response == nil && l.asked == 1:
		l.asked = 0
		return []byte("Username:"), false, nil
	case l.asked == 1:
		l.username = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.username, string(response))
}

// Mail takes the sender.
func (s session) Mail(string, *smtp.MailOptions) error { return s.at(Sender) }

// Rcpt takes the recipient.
func (s session) Rcpt(string, *smtp.RcptOptions) error { return s.at(Recipient) }

// Data takes the mail. One that is refused is not kept; one whose answer is lost is.
func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at(Message); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, text)
	return nil
}

// Reset has nothing to forget.
func (session) Reset() {}

// Logout ends the conversation.
func (session) Logout() error { return nil }

// quiet logs nothing.
type quiet struct{}

// Printf logs nothing.
func (quiet) Printf(string, ...any) {}

// Println logs nothing.
func (quiet) Println(...any) {}
