package ledger

import (
	"sync"

	"docket/internal/alert"
)

// Unstable is an alert whose source calls it by ever new ids while it fires: the same labels
// under another alert_id. Its first key is kept and nothing new is filed.
type Unstable struct {
	Source, Title string
	// Kept is the key that goes on, Said the newest that the source's id would make.
	Kept, Newest alert.Key
	// Times counts how often an id was new.
	Times int
}

// maxUnstable bounds what is remembered: a source that does this does it with all its alerts.
const maxUnstable = 1000

// ids remembers, of firing alerts that are named by their upstream id, the key that came
// first. It is filled by what is received, so that each replica tells of what it received itself.
type ids struct {
	mu sync.Mutex
	// first is the key by the labels' fingerprint. Guarded by mu.
	first map[alert.Key]alert.Key
	// unstable are those whose id has changed. Guarded by mu.
	unstable map[alert.Key]*Unstable
	// fresh are those not reported yet. Guarded by mu.
	fresh []alert.Key
}

func newIDs() *ids {
	return &ids{first: map[alert.Key]alert.Key{}, unstable: map[alert.Key]*Unstable{}}
}

// hear compares a word with the first one of the same firing. An alert that is named by its
// labels always has the same key, and costs nothing.
func (i *ids) watch(a alert.Alert, firing bool) {
	if a.Key == a.Fingerprint {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if a.Status != alert.Firing {
		delete(i.first, a.Fingerprint)
		delete(i.unstable, a.Fingerprint)
		return
	}
	kept, known := i.first[a.Fingerprint]
	if !known || !firing {
		i.first[a.Fingerprint] = a.Key
		delete(i.unstable, a.Fingerprint)
		return
	}
	if u := i.unstable[a.Fingerprint]; u != nil {
		if u.Newest != a.Key && kept != a.Key {
			u.Newest = a.Key
			u.Times++
		}
		return
	}
	if kept == a.Key || len(i.unstable) >= maxUnstable {
		return
	}
	i.unstable[a.Fingerprint] = &Unstable{Source: a.Source, Title: a.Title, Kept: kept, Newest: a.Key, Times: 1}
	i.fresh = append(i.fresh, a.Fingerprint)
}

// Unstable returns the alerts whose id changes while they fire.
func (l *Ledger) Unstable() []Unstable {
	l.ids.mu.Lock()
	defer l.ids.mu.Unlock()
	var all []Unstable
	for _, u := range l.ids.unstable {
		all = append(all, *u)
	}
	return all
}

// FreshlyUnstable returns those that were not returned before, each once, to be reported.
func (l *Ledger) FreshlyUnstable() []Unstable {
	l.ids.mu.Lock()
	defer l.ids.mu.Unlock()
	var all []Unstable
	for _, fp := range l.ids.fresh {
		if u := l.ids.unstable[fp]; u != nil {
			all = append(all, *u)
		}
	}
	l.ids.fresh = nil
	return all
}
