package github

import (
	"context"
	"docket/internal/desk"
	"docket/internal/desk/rest"
	"fmt"
	"net/http"
	"strings"
)

// Note adds a comment.
func (d *Desk) Note(ctx context.Context, id, text string) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	path, err := issuePath(id)
	if err != nil {
		return err
	}
	_, err = d.do(ctx, call{
		action: rest.Noting, about: anIssue, method: http.MethodPost, path: path + "/comments",
		payload: map[string]string{"body": toMarkdown(text, d.site)},
	})
	return d.sure(ctx, id, err)
}

// Tag adds labels; GitHub creates those that the repository lacks
// (https://github.com/github/docs/issues/35718, read 2026-11-27).
func (d *Desk) Tag(ctx context.Context, id string, tags []string) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	path, err := issuePath(id)
	if err != nil {
		return err
	}
	var labels []string
	for _, tag := range tags {
		if runes := []rune(strings.TrimSpace(rest.Clip(tag))); len(runes) > 0 {
			labels = append(labels, string(runes[:min(len(runes), maxLabel)]))
		}
	}
	if len(labels) == 0 {
		_, err = d.issue(ctx, id) // A ticket that is not there is still missing.
		return err
	}
	_, err = d.do(ctx, call{
		action: rest.Setting, about: anIssue, method: http.MethodPost, path: path + "/labels",
		payload: map[string][]string{"labels": labels},
	})
	return d.sure(ctx, id, err)
}

// SetStatus closes or reopens the issue. The status that GitHub lacks, pending, is an open issue
// with a label.
func (d *Desk) SetStatus(ctx context.Context, id string, status desk.Status) error {
	ctx, cancel := d.operation(ctx)
	defer cancel()
	i, err := d.issue(ctx, id)
	if err != nil {
		return err
	}
	fields := map[string]any{}
	switch status {
	case desk.StatusClosed:
		fields["state"], fields["state_reason"] = "closed", "completed"
	case desk.StatusOpen, desk.StatusPending:
		fields["state"] = "open"
		if want := status == desk.StatusPending; want != i.has(pendingLabel) {
			fields["labels"] = i.labels(want)
		}
	default:
		f := named("status_unsupported")
		f.Sentence = fmt.Sprintf("GitHub's API cannot set the status %q.", status)
		return f
	}
	if i.State == fields["state"] && fields["labels"] == nil {
		return nil
	}
	_, err = d.do(ctx, call{
		action: rest.Setting, about: anIssue, method: http.MethodPatch,
		path: "/repos/" + ticketID(i.repository(), i.Number), payload: fields,
	})
	return d.sure(ctx, id, err)
}

// labels are the issue's labels with or without the pending one; GitHub replaces the whole set.
func (i issue) labels(pending bool) []string {
	all := []string{}
	for _, l := range i.Labels {
		if !strings.EqualFold(l.Name, pendingLabel) {
			all = append(all, l.Name)
		}
	}
	if pending {
		all = append(all, pendingLabel)
	}
	return all
}
