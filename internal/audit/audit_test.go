package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

// chained is a chain of n entries.
func chained(t testing.TB, n int) ([]Entry, Head) {
	t.Helper()
	var entries []Entry
	for i := range n {
		entries = append(entries, Entry{
			CreatedAt: noon.Add(time.Duration(i) * time.Second), Actor: Actor{KindSystem, "docket"}, Action: ActionTicketFiled,
			Payload: map[string]any{"alert_key": fmt.Sprintf("%016x", i), "severity": "P1", "n": i, "list": []any{"<&>", true, nil}},
		})
	}
	all, head, err := Append(Head{}, entries)
	if err != nil {
		t.Fatal(err)
	}
	return all, head
}

// verify walks a chain and returns its first fault.
func verify(entries []Entry, head Head) error {
	v := NewVerifier(Head{})
	for _, e := range entries {
		if err := v.Next(e); err != nil {
			return err
		}
	}
	return v.Close(head)
}

func TestAWholeChainVerifies(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 50} {
		entries, head := chained(t, n)
		if err := verify(entries, head); err != nil {
			t.Errorf("%d entries: %v", n, err)
		}
	}
}

func TestAppendingInPiecesIsAppendingAtOnce(t *testing.T) {
	t.Parallel()
	whole, head := chained(t, 9)
	var pieces []Entry
	var at Head
	for i := range whole {
		bare := whole[i]
		bare.ID, bare.Prev, bare.Hash = 0, "", ""
		one, next, err := Append(at, []Entry{bare})
		if err != nil {
			t.Fatal(err)
		}
		pieces, at = append(pieces, one...), next
	}
	if diff := cmp.Diff(whole, pieces); diff != "" || at != head {
		t.Error(diff, at, head)
	}
}

func TestAuditDetectsAnyMutation(t *testing.T) {
	t.Parallel()
	const n = 50
	fields := map[string]func(e *Entry){
		"created_at": func(e *Entry) { e.CreatedAt = e.CreatedAt.Add(time.Microsecond) },
		"actor kind": func(e *Entry) { e.Actor.Kind = KindPerson },
		"actor":      func(e *Entry) { e.Actor.Name += "x" },
		"action":     func(e *Entry) { e.Action = ActionTicketClosed },
		"payload":    func(e *Entry) { e.Payload = maps.Clone(e.Payload); e.Payload["severity"] = "P2" },
		"more":       func(e *Entry) { e.Payload = maps.Clone(e.Payload); e.Payload["more"] = 1 },
		"less":       func(e *Entry) { e.Payload = maps.Clone(e.Payload); delete(e.Payload, "n") },
		"float":      func(e *Entry) { e.Payload = map[string]any{"n": json.Number("1.5")} },
		"hash":       func(e *Entry) { e.Hash = strings.Repeat("0", 64) },
		"border":     func(e *Entry) { e.Actor.Name, e.Action = "docketc", e.Action[1:] },
	}
	whole, head := chained(t, n)
	expect := func(what string, entries []Entry, head Head, id int64, kinds ...FaultKind) {
		t.Helper()
		fault, ok := errors.AsType[*Fault](verify(entries, head))
		if !ok {
			t.Fatalf("%s was not found", what)
		}
		if fault.ID != id || !slices.Contains(kinds, fault.Kind) || fault.Sentence == "" {
			t.Errorf("%s: row %d %s %q, want row %d %v", what, fault.ID, fault.Kind, fault.Sentence, id, kinds)
		}
	}
	for i := range whole {
		id := int64(i + 1)
		for name, flip := range fields {
			touched := slices.Clone(whole)
			flip(&touched[i])
			expect(fmt.Sprintf("row %d's %s flipped", id, name), touched, head, id, Flipped)
		}
		prev := slices.Clone(whole)
		prev[i].Prev = strings.Repeat("1", 64)
		expect(fmt.Sprintf("row %d's prev flipped", id), prev, head, id, Swapped)

		kind := Deleted
		if i == n-1 {
			kind = CutOff
		}
		expect(fmt.Sprintf("row %d deleted", id), slices.Delete(slices.Clone(whole), i, i+1), head, id, kind)
		expect(fmt.Sprintf("cut off at row %d", id), whole[:i], head, id, CutOff)
		if i+1 < n {
			swapped := slices.Clone(whole)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			swapped[i].ID, swapped[i+1].ID = id, id+1
			expect(fmt.Sprintf("rows %d and %d swapped", id, id+1), swapped, head, id, Swapped)
		}
	}
	expect("a row added", append(slices.Clone(whole), Entry{ID: n + 1, Prev: head.Hash}), head, n+1, Added, Flipped)
	expect("the head's hash changed", whole, Head{n, strings.Repeat("0", 64)}, n, Flipped)
	expect("the head moved back", whole, Head{n - 1, whole[n-2].Hash}, n, Added)
}

func TestAPayloadHashesTheSameAfterTheDatabaseHasReorderedIt(t *testing.T) {
	t.Parallel()
	entries, _ := chained(t, 1)
	// As JSONB prints it: other order, other spaces, characters unescaped.
	payload, err := Decode(`{"n": 0, "list": ["<&>", true, null], "severity": "P1", "alert_key": "0000000000000000"}`)
	if err != nil {
		t.Fatal(err)
	}
	entries[0].Payload = payload
	if err := NewVerifier(Head{}).Next(entries[0]); err != nil {
		t.Error(err)
	}
}

func TestAPayloadThatCannotBeKeptIsAnError(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"float": 1.5, "struct": struct{}{}, "deep float": []any{map[string]any{"x": 0.1}}, "time": noon} {
		if _, _, err := Append(Head{}, []Entry{{Action: "a", Payload: map[string]any{"k": value}}}); err == nil ||
			!strings.Contains(err.Error(), "audit entry 1 (a)") {
			t.Errorf("%s: %v, want an error that names the entry", name, err)
		}
	}
}

func FuzzCanonicalJSONSurvivesTheRoundTrip(f *testing.F) {
	for _, s := range []string{"", "a", "<>&\u2028\u2029", "\x00", "\xff\xfe", "\"\\\n\t", "日本語 👩‍🚒"} {
		f.Add(s, s, int64(-1))
	}
	f.Fuzz(func(t *testing.T, key, value string, n int64) {
		first, err := CanonicalJSON(map[string]any{key: value, "n": n, "nested": map[string]any{value: []any{key, n}}})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(first), `\u0000`) {
			t.Errorf("%s holds a NUL, which JSONB cannot keep", first)
		}
		payload, err := Decode(string(first))
		if err != nil {
			t.Fatal(err)
		}
		second, err := CanonicalJSON(payload)
		if err != nil || string(first) != string(second) {
			t.Errorf("%v: %s became %s", err, first, second)
		}
	})
}

func BenchmarkAppendThousand(b *testing.B) {
	entries, _ := chained(b, 1000)
	for b.Loop() {
		if _, _, err := Append(Head{}, entries); err != nil {
			b.Fatal(err)
		}
	}
}
