package silence_test

import (
	"strings"
	"testing"

	"docket/internal/silence"
)

func TestMatchersAreTheSameTakenApartAndPutTogether(t *testing.T) {
	ms, err := silence.ParseMatchers(`{a="b",c!="d \"quoted\"",e=~"f|g",h!~"i.*"}`)
	if err != nil {
		t.Fatal(err)
	}
	again, err := silence.FromConditions(ms.Conditions())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(again.Texts(), ","), strings.Join(ms.Texts(), ","); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	left, err := silence.FromConditions([]silence.Condition{{Name: "a", Value: "b"}})
	if err != nil || left[0].String() != `a="b"` {
		t.Errorf("%v %v: an isEqual that is left out is true", left, err)
	}
	if !ms.Holds(left) || left.Holds(ms) {
		t.Error("a silence is found by one of its matchers, and by no other")
	}
}

func TestConditionsThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []silence.Condition{{Value: "b"}, {Name: "a", Value: "(", Regex: true}} {
		if ms, err := silence.FromConditions([]silence.Condition{c}); err == nil || !strings.HasPrefix(err.Error(), "matcher 1 ") {
			t.Errorf("%+v makes %v, %v", c, ms, err)
		}
	}
}
