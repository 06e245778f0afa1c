package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"docket/internal/fault"
)

func TestAFaultIsItsClassThroughEveryWrapping(t *testing.T) {
	t.Parallel()
	classErrors := map[fault.Class]error{
		fault.Unknown: fault.ErrUnknown, fault.Unavailable: fault.ErrUnavailable, fault.Refused: fault.ErrRefused,
		fault.Missing: fault.ErrMissing,
	}
	for class := range classErrors {
		cause := errors.New("cause")
		err := fmt.Errorf("open a ticket: %w", &fault.Fault{Class: class, Name: "name", Sentence: "A sentence.", Err: cause})
		for other, target := range classErrors {
			if errors.Is(err, target) != (other == class) {
				t.Errorf("a fault of class %s: errors.Is(%v) is %v", class, target, other != class)
			}
		}
		if fault.ClassOf(err) != class || fault.NameOf(err) != "name" || fault.As(err).Name != "name" || !errors.Is(err, cause) {
			t.Errorf("class %s: %s %s, cause found: %v", class, fault.ClassOf(err), fault.NameOf(err), errors.Is(err, cause))
		}
	}
}

func TestOfAnErrorWithoutAClassNothingIsKnown(t *testing.T) {
	t.Parallel()
	err := errors.New("boom")
	if f := fault.As(err); f.Class != fault.Unknown || f.Name != "other" || f.Sentence == "" || !errors.Is(f, err) {
		t.Errorf("it became %+v", f)
	}
	if fault.ClassOf(err) != fault.Unknown || fault.NameOf(err) != "other" || fault.As(nil) != nil {
		t.Error("ClassOf, NameOf or As(nil) is wrong")
	}
}
