package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store"
)

type authTokenCmd struct {
	Create authTokenCreateCmd `cmd:"" help:"Create a token; it is shown only once."`
	List   authTokenListCmd   `cmd:"" help:"List the tokens, without their secrets."`
	Remove authTokenRemoveCmd `cmd:"" help:"Remove a token."`
}

type authTokenCreateCmd struct {
	Name  string   `arg:"" help:"The name of the token."`
	Scope []string `required:"" enum:"ingest,read,operate,admin" help:"ingest, read, operate or admin; can be repeated."`
}

// Run creates a token and shows it. It cannot be shown again.
func (c *authTokenCreateCmd) Run(s *session) error {
	if err := goodName(c.Name); err != nil {
		return err
	}
	return beside(s, func(st *store.Store, who audit.Actor) error {
		token, hash := auth.NewToken()
		n := store.APIToken{Name: c.Name, Hash: hash, Scopes: c.Scope, CreatedAt: time.Now().UTC().Truncate(time.Microsecond)}
		err := st.AddAPIToken(s.ctx, n, entryOf(who, audit.ActionTokenMade, map[string]any{"name": c.Name, "scopes": strings.Join(c.Scope, " ")}))
		if errors.Is(err, store.ErrTaken) {
			return &exitError{exitErrors, fmt.Sprintf("the token %.63q already exists: remove it first, or choose another name", c.Name)}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, token.Reveal())
		return err
	})
}

type authTokenListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// tokenRow is one token in a listing.
type tokenRow struct {
	Name      string    `json:"name"`
	Scopes    []string  `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
}

// Run lists the tokens stored in the database.
func (c *authTokenListCmd) Run(s *session) error {
	return beside(s, func(st *store.Store, _ audit.Actor) error {
		all, err := st.APITokens(s.ctx)
		if err != nil {
			return err
		}
		rows := make([]tokenRow, len(all))
		for n, t := range all {
			rows[n] = tokenRow{t.Name, t.Scopes, t.CreatedAt}
		}
		return look[tokenRow]{
			[]string{"NAME", "SCOPES", "MADE"},
			func(r tokenRow) []string { return []string{r.Name, strings.Join(r.Scopes, " "), local(r.CreatedAt)} },
			"No tokens in the database. Those in the configuration are not listed here.",
		}.show(s, c.JSON, rows)
	})
}

type authTokenRemoveCmd struct {
	Name string `arg:"" help:"The name of the token."`
}

// Run removes a token.
func (c *authTokenRemoveCmd) Run(s *session) error {
	return beside(s, func(st *store.Store, who audit.Actor) error {
		err := st.RemoveAPIToken(s.ctx, c.Name, entryOf(who, audit.ActionTokenGone, map[string]any{"name": c.Name}))
		if errors.Is(err, store.ErrNotFound) {
			return &exitError{exitErrors, fmt.Sprintf("there is no token %.63q: list them with docket auth token list", c.Name)}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "the token account %s removed\n", c.Name)
		return err
	})
}
