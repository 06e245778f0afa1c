package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/fault"
	"docket/internal/store"
)

type authCmd struct {
	Set    authSetCmd    `cmd:"" help:"Create an account, or change its role."`
	Passwd authPasswdCmd `cmd:"" help:"Change an account's password; this ends its sessions."`
	List   authListCmd   `cmd:"" help:"List the accounts."`
	Remove authRemoveCmd `cmd:"" help:"Remove an account; this ends its sessions."`
	Token  authTokenCmd  `cmd:"" help:"Manage the API tokens in the database."`
}

// beside opens the database for writing, even while a server is running on it, and tells do which actor to record in
// the audit log.
func beside(s *session, do func(st *store.Store, who audit.Actor) error) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	st, err := s.open(cfg, store.Options{Beside: true, Create: true})
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // What was changed is kept by now.
	err = do(st, s.person())
	if st.Away(err) {
		err = fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	return err
}

func entryOf(who audit.Actor, action string, payload map[string]any) audit.Entry {
	return audit.Entry{CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: who, Action: action, Payload: payload}
}

type authSetCmd struct {
	Name string `arg:"" help:"The name to log in with."`
	Role string `required:"" enum:"viewer,operator,admin" help:"viewer, operator or admin."`
}

// Run creates an account, prompting for its password, or changes the role of an existing account.
func (c *authSetCmd) Run(s *session) error {
	if err := goodName(c.Name); err != nil {
		return err
	}
	return beside(s, func(st *store.Store, who audit.Actor) error {
		_, err := st.Account(s.ctx, c.Name)
		known := err == nil
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		a := store.Account{Name: c.Name, Role: c.Role}
		if !known {
			if a.Password, err = newPassword(s); err != nil {
				return err
			}
		}
		if err := st.PutAccount(s.ctx, a,
			entryOf(who, audit.ActionAccountSet, map[string]any{"name": c.Name, "role": c.Role, "new": !known})); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s is now %s\n", c.Name, c.Role)
		return err
	})
}

// goodName accepts a name that is safe to show in a log line and in a form.
func goodName(name string) error {
	if name != "" && len(name) <= 63 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@") == "" {
		return nil
	}
	return &exitError{exitErrors, fmt.Sprintf("%.63q is not a valid name: use at most 63 letters, digits and . _ - @", name)}
}

type authPasswdCmd struct {
	Name string `arg:"" help:"The account's name."`
}

// Run changes an account's password.
func (c *authPasswdCmd) Run(s *session) error {
	return beside(s, func(st *store.Store, who audit.Actor) error {
		a, err := st.Account(s.ctx, c.Name)
		if errors.Is(err, store.ErrNotFound) {
			return noAccount(c.Name)
		}
		if err != nil {
			return err
		}
		if a.Password, err = newPassword(s); err != nil {
			return err
		}
		if err := st.PutAccount(s.ctx, a,
			entryOf(who, audit.ActionAccountSet, map[string]any{"name": c.Name, "role": a.Role, "password": "changed"})); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "the password of %s was changed; its sessions have ended\n", c.Name)
		return err
	})
}

func noAccount(name string) error {
	return &exitError{exitErrors, fmt.Sprintf("there is no account %.63q: list them with docket auth list", name)}
}

type authListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// accountRow is one account in a listing.
type accountRow struct {
	Name      string    `json:"name"`
	Role      string    `json:"role"`
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
}

// Run lists accounts.
func (c *authListCmd) Run(s *session) error {
	return beside(s, func(st *store.Store, _ audit.Actor) error {
		all, err := st.Accounts(s.ctx)
		if err != nil {
			return err
		}
		rows := make([]accountRow, len(all))
		for n, a := range all {
			rows[n] = accountRow{a.Name, a.Role, a.CreatedAt, a.ChangedAt}
		}
		return look[accountRow]{
			[]string{"NAME", "ROLE", "MADE", "CHANGED"},
			func(r accountRow) []string { return []string{r.Name, r.Role, local(r.CreatedAt), local(r.ChangedAt)} },
			"No accounts yet. Create the first: docket auth set NAME --role admin",
		}.show(s, c.JSON, rows)
	})
}

type authRemoveCmd struct {
	Name string `arg:"" help:"The account's name."`
}

// Run removes an account.
func (c *authRemoveCmd) Run(s *session) error {
	return beside(s, func(st *store.Store, who audit.Actor) error {
		err := st.RemoveAccount(s.ctx, c.Name, entryOf(who, audit.ActionAccountGone, map[string]any{"name": c.Name}))
		if errors.Is(err, store.ErrNotFound) {
			return noAccount(c.Name)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "account %s removed\n", c.Name)
		return err
	})
}

// newPassword asks for a password and returns its hash. At a terminal it asks twice without echo; otherwise it reads
// one line.
func newPassword(s *session) (string, error) {
	text, err := askPassword(s)
	if err != nil {
		return "", err
	}
	hash, err := auth.HashPassword(fault.Secret(text))
	if errors.Is(err, auth.ErrPassword) {
		return "", &exitError{exitErrors, err.Error()}
	}
	return hash, err
}

func askPassword(s *session) (string, error) {
	in, isFile := s.in.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		line, err := bufio.NewReader(s.in).ReadString('\n')
		if err != nil && line == "" {
			return "", &exitError{exitErrors, "there is no password on standard input"}
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var texts [2]string
	for n, ask := range []string{"Password: ", "Again: "} {
		if _, err := fmt.Fprint(s.out, ask); err != nil {
			return "", err
		}
		text, err := term.ReadPassword(int(in.Fd()))
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		texts[n] = string(text)
		_, _ = fmt.Fprintln(s.out) // The line break that the terminal did not echo.
	}
	if texts[0] != texts[1] {
		return "", &exitError{exitErrors, "the passwords do not match: nothing was changed"}
	}
	return texts[0], nil
}
