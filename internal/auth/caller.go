package auth

import (
	"context"
	"slices"

	"docket/internal/audit"
)

// Right is what a route asks for. A token's scopes are rights, too.
type Right string

// The rights. Admin grants all, Operate grants Read.
const (
	// Ingest is to send alerts.
	Ingest Right = "ingest"
	// Read is to look.
	Read Right = "read"
	// Operate is to change what an operator changes: tickets, flags, silences.
	Operate Right = "operate"
	// Admin is to do everything.
	Admin Right = "admin"
)

// Role is what a person is.
type Role string

// The roles: a viewer may read, an operator also operate, an admin everything.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
)

// Roles are all roles, the most powerful first.
func Roles() []Role { return []Role{RoleAdmin, RoleOperator, RoleViewer} }

// Kind says how a caller was told.
type Kind string

// The kinds of caller.
const (
	KindNobody  Kind = ""        // not told
	KindLocal   Kind = "local"   // on this machine, where nothing is asked
	KindSession Kind = "session" // a person who logged in
	KindAccess  Kind = "access"  // a person, or a service token, behind Cloudflare Access
	KindToken   Kind = "token"   // an API token
)

// Caller is who sent a request. The zero Caller is nobody and may do nothing.
type Caller struct {
	Name string
	Kind Kind
	// Role is a person's, "" for a token that is only good for ingest.
	Role Role
	// Ingest says that a token may send alerts.
	Ingest bool
}

// Can reports whether the caller has a right. In templates: {{if .Can "operate"}}.
func (c Caller) Can(right Right) bool {
	switch right {
	case Ingest:
		return c.Ingest || c.Role == RoleAdmin
	case Read:
		return c.Role == RoleViewer || c.Role == RoleOperator || c.Role == RoleAdmin
	case Operate:
		return c.Role == RoleOperator || c.Role == RoleAdmin
	case Admin:
		return c.Role == RoleAdmin
	}
	return false
}

// LoggedIn reports whether there is a session that can be ended by a logout.
func (c Caller) LoggedIn() bool { return c.Kind == KindSession }

// Actor is the caller as the audit log names him.
func (c Caller) Actor() audit.Actor { return audit.Person(c.Name) }

// callerOf is a token with scopes as a caller.
func callerOf(name string, scopes []string) Caller {
	c := Caller{Name: name, Kind: KindToken, Ingest: slices.Contains(scopes, string(Ingest))}
	switch {
	case slices.Contains(scopes, string(Admin)):
		c.Role = RoleAdmin
	case slices.Contains(scopes, string(Operate)):
		c.Role = RoleOperator
	case slices.Contains(scopes, string(Read)):
		c.Role = RoleViewer
	}
	return c
}

// callerKey carries the caller in a request's context.
type callerKey struct{}

// With puts a caller into a context.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c) //nolint:forbidigo // Who asks belongs to a request as its id does.
}

// From returns a request's caller, nobody where none was told.
func From(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
