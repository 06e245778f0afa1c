package main

import (
	"path/filepath"
	"strings"
	"testing"

	"docket/internal/audit"
)

func TestAccountsAreMadeBesideTheServerAndNoPasswordIsShown(t *testing.T) {
	s := newShell(t)
	writeFile(t, s.env["DOCKET_CONFIG"], "auth: {mode: password}\n")
	const secret = "correct horse battery"
	if a := s.feed("short\n", "auth", "set", "ada", "--role", "admin"); a.code != exitErrors ||
		!strings.Contains(a.err, "12 to 1000 characters") {
		t.Errorf("a short password: %+v", a)
	}
	if a := s.feed("", "auth", "set", "ada", "--role", "admin"); a.code != exitErrors ||
		!strings.Contains(a.err, "there is no password on standard input") {
		t.Errorf("no password: %+v", a)
	}
	defer s.serve()()
	for _, args := range [][]string{{"auth", "set", "ada", "--role", "admin"}, {"auth", "passwd", "ada"}} {
		if a := s.feed(secret+"\n", args...); a.code != 0 || strings.Contains(a.out+a.err, secret) {
			t.Errorf("%v: %+v", args, a)
		}
	}
	if out := s.must("auth", "list"); !strings.Contains(out, "ada") || !strings.Contains(out, "admin") || strings.Contains(out, "argon2") {
		t.Errorf("the accounts: %q", out)
	}
	if a := s.feed(secret+"\n", "auth", "passwd", "bob"); a.code != exitErrors {
		t.Errorf("a password for nobody: %+v", a)
	}
	s.must("auth", "remove", "ada")
	if out := s.must("auth", "list"); strings.Contains(out, "ada") {
		t.Errorf("after she was removed: %q", out)
	}
}

func TestTokenIsShownOnceAndOpensTheServer(t *testing.T) {
	s := newShell(t)
	writeFile(t, s.env["DOCKET_CONFIG"], "auth: {mode: password}\n")
	defer s.serve()()
	token := strings.TrimSpace(s.must("auth", "token", "create", "grafana", "--scope", "read"))
	if !strings.HasPrefix(token, "docket_") || strings.Contains(s.must("auth", "token", "list"), token) {
		t.Errorf("the token %q: it must be shown once", token)
	}
	if a := s.run("auth", "token", "create", "grafana", "--scope", "admin"); a.code != exitErrors || !strings.Contains(a.err, "already") {
		t.Errorf("a second one of that name: %+v", a)
	}
	if a := s.run("alerts"); a.code != exitErrors {
		t.Errorf("without it: %+v", a)
	}
	s.env["DOCKET_TOKEN_FILE"] = writeFile(t, filepath.Join(t.TempDir(), "token"), token+"\n")
	s.must("alerts")
	if a := s.run("send"); a.code != exitErrors || !strings.Contains(a.err, "lacks the right ingest") {
		t.Errorf("it is only for reading: %+v", a)
	}
	if out := s.must("audit"); !strings.Contains(out, audit.ActionTokenMade) || !strings.Contains(out, audit.ActionDenied) ||
		strings.Contains(out, token) {
		t.Errorf("the audit log:\n%s", out)
	}
}
