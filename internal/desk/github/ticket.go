package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
)

// errShape says that an answer is not in the documented form.
var errShape = errors.New("not the documented form")

// pendingLabel stands for the status that GitHub lacks: acknowledged, waiting.
const pendingLabel = "pending"

// issue is an issue as GitHub shows it
// (https://docs.github.com/en/rest/issues/issues#get-an-issue, read 2026-11-27).
type issue struct {
	Number        int64           `json:"number"`
	RepositoryURL string          `json:"repository_url"`
	URL           string          `json:"html_url"`
	Title         string          `json:"title"`
	Body          string          `json:"body"`
	State         string          `json:"state"`
	Labels        []label         `json:"labels"`
	PullRequest   json.RawMessage `json:"pull_request"`
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	ClosedAt      *time.Time      `json:"closed_at"`
	Comments      int             `json:"comments"`
}

// isPull reports whether it is a pull request, which the issues' endpoints list, too.
func (i issue) isPull() bool { return len(i.PullRequest) > 0 && string(i.PullRequest) != "null" }

// label is an object, or the bare name in old answers.
type label struct{ Name string }

// UnmarshalJSON reads both forms.
func (l *label) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &l.Name) == nil {
		return nil
	}
	var named struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(data, &named); err != nil {
		return fmt.Errorf("read a label: %w", err)
	}
	l.Name = named.Name
	return nil
}

// comment is a comment as GitHub shows it.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
}

// decodeIssue reads one issue. It is an error where it is not one.
func decodeIssue(body []byte) (issue, error) {
	var i issue
	if err := json.Unmarshal(body, &i); err != nil {
		return i, fmt.Errorf("read an issue: %w", err)
	}
	return i, i.check()
}

func (i issue) check() error {
	if i.Number <= 0 || (i.State != "open" && i.State != "closed") || i.repository() == "" {
		return fmt.Errorf("read an issue: %w", errShape)
	}
	return nil
}

// repository is where the issue lies, as owner/name; "" where the answer does not show it.
func (i issue) repository() string {
	_, name, _ := strings.Cut(i.RepositoryURL, "/repos/")
	if !isRepository(name) {
		return ""
	}
	return name
}

// ticket maps an issue to Docket's words. home is the desk's own repository.
func (i issue) ticket(home string) desk.Ticket {
	repository, number := i.repository(), strconv.FormatInt(i.Number, 10)
	t := desk.Ticket{
		ID: ticketID(repository, i.Number), Number: number, Subject: i.Title, Status: desk.StatusOpen, URL: i.URL,
		Tags: []string{}, Place: repository, CreatedAt: i.CreatedAt.UTC(), UpdatedAt: i.UpdatedAt.UTC(),
	}
	if !strings.EqualFold(repository, home) {
		t.Number = repository + "#" + number
	}
	if i.has(pendingLabel) {
		t.Status = desk.StatusPending
	}
	for _, l := range i.Labels {
		if !strings.EqualFold(l.Name, pendingLabel) {
			t.Tags = append(t.Tags, l.Name)
		}
	}
	if i.State == "closed" {
		t.Status = desk.StatusClosed
		if i.ClosedAt != nil {
			t.ClosedAt = i.ClosedAt.UTC()
		}
	}
	return t
}

// has reports whether the issue carries the label; GitHub tells them apart without case.
func (i issue) has(name string) bool {
	return slices.ContainsFunc(i.Labels, func(l label) bool { return strings.EqualFold(l.Name, name) })
}

// ticketID is an issue's id: the path under which both the API and the web site know it.
func ticketID(repository string, number int64) string {
	return repository + "/issues/" + strconv.FormatInt(number, 10)
}

// issuePath reads an id and returns the issue's path under the API; what cannot be an id is missing.
func issuePath(id string) (string, error) {
	repository, digits, found := splitID(id)
	number, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || number <= 0 || !isRepository(repository) || ticketID(repository, number) != id {
		f := named("missing")
		f.Fix = "Check the ticket's id."
		return "", f
	}
	return "/repos/" + id, nil
}

// splitID takes an id, or the path of an issue, apart.
func splitID(id string) (repository, number string, found bool) {
	const between = "/issues/"
	at := strings.LastIndex(id, between)
	if at < 0 {
		return "", "", false
	}
	return id[:at], id[at+len(between):], true
}
