package alert_test

import (
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/alert"
)

func TestLabelsAreSortedWithoutTwinsAndEmptyValues(t *testing.T) {
	got := alert.Labels{{"b", "1"}, {"a", ""}, {"c", "3"}, {"b", "2"}, {"d", "x"}, {"d", ""}}.Sort()
	if diff := cmp.Diff(alert.Labels{{"b", "2"}, {"c", "3"}}, got); diff != "" {
		t.Error(diff)
	}
	if got.Get("b") != "2" || got.Get("a") != "" || got.Get("zz") != "" {
		t.Errorf("Get finds the wrong values in %s", got)
	}
}

func TestLabelsSurviveJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ls := alert.NewLabels(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "labels"))
		if !slices.IsSortedFunc(ls, func(a, b alert.Label) int { return compare(a.Name, b.Name) }) {
			t.Fatalf("%s is not sorted", ls)
		}
		text, err := json.Marshal(ls)
		if err != nil {
			t.Fatal(err)
		}
		var back alert.Labels
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(text) {
			t.Fatalf("%q is not UTF-8", text)
		}
		if diff := cmp.Diff(ls, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

// compare compares bytes, as the invariant says.
func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
