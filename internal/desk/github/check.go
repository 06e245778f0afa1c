package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"docket/internal/fault"
)

// repository is what GitHub shows of a repository, and of the token that asks.
type repository struct {
	FullName    string           `json:"full_name"`
	HasIssues   *bool            `json:"has_issues"`
	Archived    bool             `json:"archived"`
	Permissions *map[string]bool `json:"permissions"`
	// scopes are a classic token's; nil for every other kind.
	scopes []string
}

// repository reads a repository, under whatever name it has now.
func (d *Desk) repository(ctx context.Context, name string) (repository, error) {
	got, err := d.do(ctx, call{about: aRepository, method: http.MethodGet, path: "/repos/" + name})
	if err != nil {
		return repository{}, err
	}
	var r repository
	if err := json.Unmarshal(got.Body, &r); err != nil || !isRepository(r.FullName) {
		return r, badAnswer(fmt.Errorf("read the repository %s: %w", name, errShape))
	}
	if values, classic := got.Header["X-Oauth-Scopes"]; classic {
		r.scopes = strings.FieldsFunc(strings.Join(values, ","), func(c rune) bool { return c == ',' || c == ' ' })
		if r.scopes == nil {
			r.scopes = []string{}
		}
	}
	return r, nil
}

// Check proves that the desk's repository can be read and that issues may be filed into it, as far as
// that can be known without filing one.
func (d *Desk) Check(ctx context.Context) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	return d.checkPlace(ctx, d.config.Repository)
}

// CheckPlaces does the same for the repositories that routes name.
func (d *Desk) CheckPlaces(ctx context.Context) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	for _, place := range d.config.Places {
		if err := d.checkPlace(ctx, place); err != nil {
			f := fault.As(err)
			f.Sentence = place + ": " + f.Sentence
			return f
		}
	}
	return nil
}

func (d *Desk) checkPlace(ctx context.Context, name string) error {
	r, err := d.repository(ctx, name)
	if err != nil {
		return err
	}
	switch {
	case r.Archived:
		return named("archived")
	case r.HasIssues != nil && !*r.HasIssues:
		return named("issues_disabled")
	}
	if f := d.mayFile(r); f != nil {
		return f
	}
	// A fine-grained token may see the repository and still not its issues.
	_, err = d.do(ctx, call{
		about: aRepository, method: http.MethodGet, path: "/repos/" + name + "/issues", query: url.Values{"per_page": {"1"}},
	})
	return err
}

// mayFile finds what a token certainly may not do. An app's rights came with its token; the rights that
// GitHub shows with a repository are a user's.
func (d *Desk) mayFile(r repository) *fault.Fault {
	if d.config.App.set() {
		if issues := d.installation.issues(); issues != "" && issues != "write" {
			f := named("permission_missing")
			f.Sentence = "The app's permission for issues is \"" + issues + "\", not \"write\"."
			f.Fix = "Set the app's repository permission Issues to read and write, and approve it for the organization."
			return f
		}
		return nil
	}
	if r.scopes != nil && !slices.Contains(r.scopes, "repo") && !slices.Contains(r.scopes, "public_repo") {
		f := named("permission_missing")
		f.Sentence = "The token lacks the scope repo."
		return f
	}
	if p := r.Permissions; p != nil && !(*p)["admin"] && !(*p)["maintain"] && !(*p)["push"] && !(*p)["triage"] {
		f := named("permission_missing")
		f.Sentence = "The token's user may only read the repository: labels could not be set, and tickets not be closed."
		f.Fix = "Give the user the role triage or write in the repository."
		return f
	}
	return nil
}
