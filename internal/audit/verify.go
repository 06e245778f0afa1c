package audit

import "fmt"

// FaultKind says how a row was tampered with.
type FaultKind string

// The faults.
const (
	Flipped FaultKind = "flipped" // a field was changed
	Deleted FaultKind = "deleted" // a row before this one is missing
	Swapped FaultKind = "swapped" // the row has another row's content
	CutOff  FaultKind = "cut_off" // the last rows are missing
	Added   FaultKind = "added"   // there are rows after the head
)

// Fault names the first row that is not as it was written.
type Fault struct {
	ID       int64
	Kind     FaultKind
	Sentence string
}

// Error returns the sentence.
func (f *Fault) Error() string { return f.Sentence }

// Verifier checks a chain entry by entry, in id order.
type Verifier struct{ head Head }

// NewVerifier starts after anchor, a head known to be good; the zero Head starts at the beginning.
func NewVerifier(anchor Head) *Verifier { return &Verifier{anchor} }

// Next checks the next entry. A *Fault names the first row that was tampered with.
func (v *Verifier) Next(e Entry) error {
	want := v.head.ID + 1
	if e.ID > want {
		return &Fault{want, Deleted, fmt.Sprintf("audit row %d is missing (row %d follows row %d)", want, e.ID, v.head.ID)}
	}
	if e.ID < want {
		return &Fault{e.ID, Added, fmt.Sprintf("audit row %d is a duplicate or out of order", e.ID)}
	}
	sum, err := e.sum()
	if err != nil {
		return &Fault{e.ID, Flipped, fmt.Sprintf("audit row %d was changed: its payload is not one that Docket wrote (%v)", e.ID, err)}
	}
	switch {
	case sum == e.Hash && e.Prev != v.head.Hash:
		return &Fault{e.ID, Swapped, fmt.Sprintf("audit row %d does not continue row %d: it, or the row before, was replaced", e.ID, v.head.ID)}
	case sum != e.Hash && e.Prev != v.head.Hash:
		return &Fault{e.ID, Swapped, fmt.Sprintf("audit row %d carries another row's content", e.ID)}
	case sum != e.Hash:
		return &Fault{e.ID, Flipped, fmt.Sprintf("audit row %d was changed after it was written", e.ID)}
	}
	v.head = Head{e.ID, e.Hash}
	return nil
}

// Close compares the end with the stored head.
func (v *Verifier) Close(stored Head) error {
	switch {
	case stored.ID > v.head.ID:
		return &Fault{v.head.ID + 1, CutOff, fmt.Sprintf("audit rows %d to %d are missing at the end", v.head.ID+1, stored.ID)}
	case stored.ID < v.head.ID:
		return &Fault{stored.ID + 1, Added, fmt.Sprintf("audit row %d comes after the end of the chain", stored.ID+1)}
	case stored.Hash != v.head.Hash:
		return &Fault{stored.ID, Flipped, "the stored end of the audit chain is not its last row's hash"}
	}
	return nil
}

// Head returns the head after the last checked entry.
func (v *Verifier) Head() Head { return v.head }
