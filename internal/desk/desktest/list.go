package desktest

import (
	"context"
	"testing"
	"time"

	"docket/internal/desk"

	"github.com/google/go-cmp/cmp"
)

// listShowsMarked: every ticket with a mark is listed, whatever its status; the open ones
// alone where that is asked; and those that changed since a moment.
func listShowsMarked(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	if got := list(t, ctx, d, desk.Query{}); len(got) != 0 {
		t.Fatalf("an empty desk lists %v", got)
	}
	before := time.Now().Add(-2 * time.Second) // a desk may tell whole seconds only
	first := create(t, ctx, d, draft(mark, "P1 first", "body"))
	second := create(t, ctx, d, draft(otherMark, "P1 second", "body"))
	third := create(t, ctx, d, draft("fedcba9876543210.3", "P2 third", "body"))
	if err := d.SetStatus(ctx, second, desk.StatusClosed); err != nil {
		t.Fatal(err)
	}
	if err := d.Tag(ctx, third, []string{"auto:alert"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		q    desk.Query
		want []string
	}{
		{"all", desk.Query{}, []string{first, second, third}},
		{"open", desk.Query{Open: true}, []string{first, third}},
		{"changed", desk.Query{UpdatedSince: before}, []string{first, second, third}},
		{"changed and open", desk.Query{UpdatedSince: before, Open: true}, []string{first, third}},
		{"changed in the future", desk.Query{UpdatedSince: time.Now().Add(time.Hour)}, nil},
	} {
		var ids []string
		for _, l := range list(t, ctx, d, tt.q) {
			ids = append(ids, l.ID)
		}
		if tt.q.UpdatedSince.IsZero() {
			if diff := cmp.Diff(tt.want, ids); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		} else if diff := cmp.Diff(asSet(tt.want), asSet(ids)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	all := list(t, ctx, d, desk.Query{})
	if all[1].Status != desk.StatusClosed || all[1].ClosedAt.Before(before) || all[0].UpdatedAt.Before(before) ||
		desk.MarkOf(all[0].Subject) != mark {
		t.Errorf("the list shows %+v", all)
	}
	if diff := cmp.Diff([]string{"auto:alert"}, all[2].Tags); diff != "" {
		t.Errorf("tags in the list: %s", diff)
	}
	read := get(t, ctx, d, first)
	if all[0].URL != read.URL || all[0].Number != read.Number || all[0].Place != read.Place {
		t.Errorf("the list shows %+v, a read %+v", all[0], read)
	}
}

func asSet(ids []string) map[string]bool {
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}

func list(t *testing.T, ctx context.Context, d desk.Desk, q desk.Query) []desk.Ticket {
	t.Helper()
	l, err := d.List(ctx, q)
	if err != nil {
		t.Fatalf("List(%+v): %v", q, err)
	}
	if !l.Whole || l.Calls < 1 {
		t.Errorf("List(%+v) took %d calls and is whole: %v", q, l.Calls, l.Whole)
	}
	return l.Tickets
}
