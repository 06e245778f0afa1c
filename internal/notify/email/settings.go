package email

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"docket/internal/fault"
	"docket/internal/notice"
	"docket/internal/notify"
)

// Name is the kind of notifier.
const Name = "email"

// Settings are the section email of docket.yaml, with its variables.
//
// Mail, for every incident of P2 and worse. It needs server, from and to: docs/email.md.
type Settings struct {
	// The mail server, as host:port.
	Server string `yaml:"server" env:"SMTP_SERVER" example:"smtp.example.org:587"`
	// How the connection is encrypted: starttls (usual on port 587), implicit (usual on port 465), or none, for a relay
	// on this machine or in your own network.
	TLS string `yaml:"tls" oneof:"starttls implicit none"`
	// The name to log in with. Unless set, nobody logs in.
	Username string `yaml:"username" env:"SMTP_USERNAME" example:"docket@example.org"`
	// The password to log in with. Better set it in the environment.
	Password fault.Secret `yaml:"password" env:"SMTP_PASSWORD" example:"the-password"`
	// The sender's address, with or without a name.
	From string `yaml:"from" example:"Docket <docket@example.org>"`
	// The addresses of the people who are notified; each gets mails of their own.
	To []string `yaml:"to" example:"[oncall@example.org]"`
	// The name in the server's certificate. Unless set, it is the host in server.
	ServerName string `yaml:"server_name" example:"mail.example.org"`
	// A file with certificates (PEM) of authorities that are trusted besides the system's.
	CAFile string `yaml:"ca_file"`
}

// The ways to encrypt the connection.
const (
	tlsStart    = "starttls"
	tlsImplicit = "implicit"
	tlsNone     = "none"
)

// NewSettings returns the defaults.
func NewSettings() *Settings { return &Settings{TLS: tlsStart} }

// chosen reports whether mails are to be sent. The variables alone do not say so: other programs use them, too.
func (s *Settings) chosen() bool { return s.From != "" || len(s.To) > 0 }

// Check finds what the fields' tags cannot describe.
func (s *Settings) Check(report notify.Report) {
	if !s.chosen() {
		return
	}
	host, port, err := net.SplitHostPort(s.Server)
	if n, portErr := strconv.Atoi(port); err != nil || portErr != nil || host == "" || n < 1 || n > 65535 {
		report("server", "must be host:port, such as smtp.example.org:587")
	}
	switch {
	case s.Username == "" && s.Password.Set():
		report("username", "is missing: the name that the password belongs to")
	case s.Username != "" && !s.Password.Set():
		report("password", "is missing")
	case s.Password.Set() && s.TLS == tlsNone && !isLoopback(host):
		report("tls", "must be starttls or implicit: the password would cross the network unencrypted")
	}
	if _, err := addressOf(s.From); err != nil {
		report("from", "%v", err)
	}
	if len(s.To) == 0 {
		report("to", "is missing: the addresses of the people to notify")
	}
	for i, to := range s.To {
		if _, err := addressOf(to); err != nil {
			report(fmt.Sprintf("to[%d]", i), "%v", err)
		}
	}
	if _, err := s.tlsConfig(); err != nil {
		report("ca_file", "%v", err)
	}
}

// Idle returns the keys that have no effect because from and to are not set.
func (s *Settings) Idle(string) []string {
	if s.chosen() {
		return nil
	}
	var keys []string
	for _, k := range []struct {
		key string
		set bool
	}{
		{"server", s.Server != ""}, {"username", s.Username != ""}, {"password", s.Password.Set()},
		{"server_name", s.ServerName != ""}, {"ca_file", s.CAFile != ""},
	} {
		if k.set {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// Recipients are the addresses.
func (s *Settings) Recipients() []notice.Recipient {
	var all []notice.Recipient
	for _, to := range s.To {
		all = append(all, notice.Recipient{Notifier: Name, ID: to})
	}
	return all
}

// Open makes the notifier.
func (s *Settings) Open(notify.Needs) ([]notify.Notifier, error) {
	if !s.chosen() {
		return nil, nil
	}
	e, err := New(*s)
	if err != nil {
		return nil, fmt.Errorf("set up mail: %w", err)
	}
	return []notify.Notifier{e}, nil
}

// Hop returns the mail server's step.
func (s *Settings) Hop() notify.Hop {
	return notify.Hop{OK: "The mail server answers and accepts the login."}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// errNoAddress says what an address looks like. Addresses beyond ASCII need servers that few have.
var errNoAddress = errors.New("must be an address such as oncall@example.org, in ASCII")

// addressOf reads an address; its name may be in any script.
func addressOf(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) {
		return nil, errNoAddress
	}
	return a, nil
}

// tlsConfig trusts the machine's authorities and those of the file.
func (s *Settings) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.ServerName}
	if s.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(s.Server) // Check has split it.
	}
	if s.CAFile == "" {
		return config, nil
	}
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("contains no certificate in PEM")
	}
	config.RootCAs = pool
	return config, nil
}
