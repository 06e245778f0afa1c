package auth

import (
	"context"
	"slices"

	"docket/internal/audit"
)

// Right is what a route requires. A token's scopes are rights, too.
type Right string

// The rights. Admin grants all, Operate grants Read.
const (
	// Ingest allows sending alerts.
	Ingest Right = "ingest"
	// Read allows reading.
	Read Right = "read"
	// Operate allows an operator's changes: tickets, flags, silences.
	Operate Right = "operate"
	// Admin allows everything.
	Admin Right = "admin"
)

// Role is the role of a person.
type Role string

// The roles: a viewer may read, an operator may also operate, an admin may do everything.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
)

// Roles returns all roles, most powerful first.
func Roles() []Role { return []Role{RoleAdmin, RoleOperator, RoleViewer} }

// Kind is how a caller was identified.
type Kind string

// The kinds of caller.
const (
	KindNobody  Kind = ""        // not identified
	KindLocal   Kind = "local"   // on this machine, where no login is required
	KindSession Kind = "session" // a person who logged in
	KindAccess  Kind = "access"  // a person, or a service token, behind Cloudflare Access
	KindToken   Kind = "token"   // an API token
)

// Caller is whoever sent a request. The zero Caller is nobody and may do nothing.
type Caller struct {
	Name string
	Kind Kind
	// Role is a person's role, "" for a token that only allows ingest.
	Role Role
	// Ingest means that a token may send alerts.
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

// LoggedIn reports whether the caller has a session that a logout can end.
func (c Caller) LoggedIn() bool { return c.Kind == KindSession }

// Actor is the caller as named in the audit log.
func (c Caller) Actor() audit.Actor { return audit.Person(c.Name) }

// callerOf returns the caller for a token with scopes.
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

// callerKey is the context key for the caller.
type callerKey struct{}

// With puts a caller into a context.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c) //nolint:forbidigo // Who asks belongs to a request as its id does.
}

// From returns a request's caller, or nobody if none was identified.
func From(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
