package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"docket/internal/alert"
	"docket/internal/store"
)

// known remembers which alerts fire, so that a mere repeat costs no write and, where this
// process alone writes the database, no read either. It is only ever a copy: it is filled
// after a commit, and emptied of what a failed commit may have changed.
type known struct {
	mu sync.Mutex
	// firing holds the alerts known to fire. Guarded by mu.
	firing map[alert.Key]standing
	// touched holds expiries later than the stored ones, to be saved together. Guarded by mu.
	touched map[alert.Key]time.Time
}

// standing is what a repeat is compared with.
type standing struct {
	expires  int64 // as stored, microseconds; 0 for never
	severity alert.Severity
	poll     string
}

func newKnown() *known {
	return &known{firing: map[alert.Key]standing{}, touched: map[alert.Key]time.Time{}}
}

// DropRepeats returns those of the alerts that are more than a repeat of what is known, in
// order. Repeats put off their alert's expiry, in memory for now: Flush saves it.
func (l *Ledger) DropRepeats(ctx context.Context, all []alert.Alert, now time.Time) ([]alert.Alert, error) {
	if l.store.Exclusive() {
		return l.known.dropRepeats(all, now, l.ids), nil
	}
	// Other replicas write too: only the database knows.
	fingerprints := make([]alert.Key, len(all))
	for i, a := range all {
		fingerprints[i] = a.Fingerprint
	}
	found, err := l.store.Standings(ctx, unique(fingerprints))
	if err != nil {
		return nil, fmt.Errorf("look up %d alerts: %w", len(all), err)
	}
	stored := newKnown()
	for _, s := range found {
		if s.Status == alert.Firing {
			stored.firing[s.Fingerprint] = standing{expiryMicros(s.ExpiresAt), s.Severity, s.Poll}
		}
	}
	news := stored.dropRepeats(all, now, l.ids)
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	for fp, at := range stored.touched {
		l.known.touched[fp] = later(l.known.touched[fp], at)
	}
	return news, nil
}

func (k *known) dropRepeats(all []alert.Alert, now time.Time, watch *ids) []alert.Alert {
	k.mu.Lock()
	defer k.mu.Unlock()
	var news []alert.Alert
	// A word that is news makes every later word about the same alert news, too.
	unsettled := map[alert.Key]bool{}
	for _, a := range all {
		s, ok := k.firing[a.Fingerprint]
		watch.watch(a, ok)
		repeat := ok && a.Status == alert.Firing && a.Severity == s.severity && (a.Poll == "" || a.Poll == s.poll)
		if !repeat || unsettled[a.Fingerprint] || (a.ExpiresAt.IsZero() && s.expires != 0) {
			news = append(news, a)
			unsettled[a.Fingerprint] = true
			continue
		}
		// Saved once half of the time is gone: a handful of writes an hour for each alert,
		// all in one transaction, and a crash never loses more than half of it.
		if s.expires != 0 && a.ExpiresAt.Sub(now) > 2*time.UnixMicro(s.expires).Sub(now) {
			k.touched[a.Fingerprint] = later(k.touched[a.Fingerprint], a.ExpiresAt)
		}
	}
	return news
}

func expiryMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// learn takes over what a transaction saved.
func (k *known) learn(w *work) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for fp, e := range w.alerts {
		if e.Status != alert.Firing {
			delete(k.firing, fp)
			delete(k.touched, fp)
			continue
		}
		k.firing[fp] = standing{expiryMicros(e.ExpiresAt), e.Severity, e.Poll}
	}
}

// forget drops what the inputs touch.
func (k *known) forget(all []*request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, fingerprint := range needsOf(all).fingerprints {
		delete(k.firing, fingerprint)
	}
}

// Flush saves the expiries that repeats have put off, in one transaction.
func (l *Ledger) Flush(ctx context.Context) error {
	l.known.mu.Lock()
	touched := l.known.touched
	l.known.touched = map[alert.Key]time.Time{}
	l.known.mu.Unlock()
	if len(touched) == 0 {
		return nil
	}
	all := make([]store.Expiry, 0, len(touched))
	for fp, at := range touched {
		all = append(all, store.Expiry{Fingerprint: fp, ExpiresAt: at})
	}
	err := l.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveExpiries(ctx, all) })
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	for fp, at := range touched {
		if err != nil {
			l.known.touched[fp] = later(l.known.touched[fp], at)
			continue
		}
		if s, ok := l.known.firing[fp]; ok {
			s.expires = at.UnixMicro()
			l.known.firing[fp] = s
		}
	}
	if err != nil {
		return fmt.Errorf("save %d expiries: %w", len(all), err)
	}
	return nil
}

// Known returns how many alerts are remembered to fire.
func (l *Ledger) Known() int {
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	return len(l.known.firing)
}
