package github

import (
	"context"
	"fmt"
	"strings"
	"time"

	"docket/internal/desk"
)

// Hops are the steps of the way to GitHub.
func (d *Desk) Hops() []desk.Hop {
	return []desk.Hop{
		{Name: "desk name", OK: "GitHub's host name can be resolved.", Faults: []string{"dns_error"}},
		{Name: "desk connection", OK: "GitHub can be reached.", Faults: []string{"unreachable", "connection_failed", "connection_cut"}},
		{Name: "desk certificate", OK: "GitHub's certificate is valid.", Faults: []string{"tls_error"}},
		{
			Name: "desk answers", OK: "GitHub answers in time.", Rest: true,
			Faults: []string{"timeout", "service_unavailable", "proxy_error", "server_error", desk.OwnLimit, "proxy_refused"},
		},
		{
			Name: "desk address", OK: "The address leads to GitHub's API.",
			Faults: []string{"wrong_base_url", "not_json", "bad_answer", "no_id", "moved_too_often"},
		},
		{
			Name: "desk key", OK: "GitHub accepts the token.",
			Faults: []string{"key_missing", "key_refused", "installation_missing", "installation_suspended", "sso_required", "address_refused"},
		},
		{Name: "rate limit", OK: "The rate limit is not used up.", Faults: []string{"rate_limited"}, Look: d.lookAtAllowance},
		{
			Name: "repository", OK: "The repository exists and accepts issues.", Look: d.lookAtName,
			Faults: []string{"repository_missing", "archived", "issues_disabled"},
		},
		{
			Name: "permission", OK: "Docket may file issues, as far as can be seen without filing one.",
			Faults: []string{"permission_missing", "forbidden", "rejected"},
		},
		{Name: "route repositories", OK: "No route names another repository.", Look: d.lookAtPlaces},
	}
}

// lookAtAllowance says how many calls are left; an Enterprise Server may have no limit.
func (d *Desk) lookAtAllowance(context.Context) (sentence, evidence string, err error) {
	left := d.Allowance()
	if left.Limit == 0 {
		return "", "GitHub names no limit", nil
	}
	return "", fmt.Sprintf("%d of %d calls left until %s", left.Remaining, left.Limit, left.Resets.Format(time.RFC3339)), nil
}

// lookAtName says what the repository is called now, where it was renamed: GitHub redirects from the old
// name only until somebody else takes it.
func (d *Desk) lookAtName(ctx context.Context) (sentence, evidence string, err error) {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	r, err := d.repository(ctx, d.config.Repository)
	if err != nil {
		return "", "", err
	}
	if !strings.EqualFold(r.FullName, d.config.Repository) {
		return "The repository was renamed to " + r.FullName + ": set github.repository to that.", d.config.Repository, nil
	}
	return "", r.FullName, nil
}

func (d *Desk) lookAtPlaces(ctx context.Context) (sentence, evidence string, err error) {
	if len(d.config.Places) == 0 {
		return "", "", nil
	}
	return "The repositories that routes name take issues.", strings.Join(d.config.Places, ", "), d.CheckPlaces(ctx)
}

// Unhooked says what is missing before GitHub's webhooks are taken.
func (d *Desk) Unhooked() string {
	if d.config.WebhookSecret.Set() {
		return ""
	}
	return "set " + hookVariable + " to the secret of the webhook in the repository's settings"
}
