package store

import (
	"context"
	"fmt"

	"docket/internal/audit"
	"docket/internal/flag"
)

// Switches is everything that operators have switched.
type Switches struct {
	// Switched is how often anything had been changed when this was read. Resettled is the change up to which
	// the incidents without a ticket were re-evaluated.
	Switched, Resettled int64
	Flags               []flag.Setting
	Silences            []Silence
	Windows             []Window
}

// Switched returns how often a flag, a silence or a window was changed.
func (s *Store) Switched(ctx context.Context) (int64, error) {
	return one[int64](ctx, s.engine.reader(), `SELECT switched FROM audit_head WHERE one = 1`)
}

// Flags loads the operators' settings.
func (s *Store) Flags(ctx context.Context) ([]flag.Setting, error) {
	return flags(ctx, s.engine.reader())
}

func flags(ctx context.Context, q querier) ([]flag.Setting, error) {
	rs, err := q.query(ctx, `SELECT name, is_on, changed_at_us, changed_by, why FROM flag ORDER BY name`)
	all, err := collect(rs, err, func(rs rows) (flag.Setting, error) {
		var f flag.Setting
		var on, changed int64
		err := rs.Scan(&f.Name, &on, &changed, &f.ChangedBy, &f.Why)
		f.On, f.ChangedAt = on == 1, fromMicros(changed)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the flags: %w", err)
	}
	return all, nil
}

// SetFlag stores what an operator has set. entry makes the audit entry from the previous setting, nil for
// none; it is not called if the flag is already set this way.
func (s *Store) SetFlag(ctx context.Context, set flag.Setting, entry func(before *flag.Setting) audit.Entry) (changed bool, err error) {
	const q = `INSERT INTO flag (name, is_on, changed_at_us, changed_by, why) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, changed_at_us = excluded.changed_at_us, changed_by = excluded.changed_by,
			why = excluded.why`
	err = s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		var before *flag.Setting
		all, err := flags(ctx, t)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if all[i].Name == set.Name {
				before = &all[i]
			}
		}
		if changed = before == nil || before.On != set.On; !changed {
			return nil, nil
		}
		e := entry(before)
		return []audit.Entry{e}, t.later(ctx, q, set.Name, bit(set.On), micros(set.ChangedAt), set.ChangedBy, set.Why)
	})
	if err != nil {
		return false, fmt.Errorf("set flag %s: %w", set.Name, err)
	}
	return changed, nil
}

// switchOver makes one change of a switch: with its audit entry, counted, and announced to the other
// processes, all in one transaction. No entry means that nothing changes.
func (s *Store) switchOver(ctx context.Context, do func(*Tx) ([]audit.Entry, error)) error {
	return s.Write(ctx, func(t *Tx) error {
		// First, as in the ledger: any decision made in the meantime is either before or after this one.
		head, err := t.AuditHead(ctx)
		if err != nil {
			return err
		}
		entries, err := do(t)
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := t.AppendAudit(ctx, head, entries); err != nil {
			return err
		}
		if err := t.laterOne(ctx, `UPDATE audit_head SET switched = switched + 1 WHERE one = 1`); err != nil {
			return err
		}
		if t.words.notify == "" {
			return nil
		}
		return t.later(ctx, t.words.notify)
	})
}

// LoadSwitches loads all switches; of silences and windows, only those that are not over.
func (s *Store) LoadSwitches(ctx context.Context) (Switches, error) {
	var all Switches
	var err error
	// The count first: what is read after it may be newer, but never older.
	if all.Switched, err = s.Switched(ctx); err != nil {
		return all, fmt.Errorf("load the number of switches: %w", err)
	}
	if all.Resettled, err = one[int64](ctx, s.engine.reader(), `SELECT switched FROM resettled WHERE one = 1`); err != nil {
		return all, fmt.Errorf("load which incidents were decided again: %w", err)
	}
	if all.Flags, err = s.Flags(ctx); err != nil {
		return all, err
	}
	if all.Silences, err = s.Silences(ctx, SilenceFilter{NotOver: true}); err != nil {
		return all, err
	}
	all.Windows, err = s.Windows(ctx, true)
	return all, err
}

// Listen calls heard once it is listening, and whenever another process has switched something, until that
// fails or ctx ends.
func (s *Store) Listen(ctx context.Context, heard func()) error { return s.engine.listen(ctx, heard) }

// Resettle records that all incidents without a ticket were re-evaluated after this change.
func (s *Store) Resettle(ctx context.Context, switched int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `UPDATE resettled SET switched = ? WHERE one = 1 AND switched < ?`, switched, switched)
		return err
	})
	if err != nil {
		return fmt.Errorf("record which incidents were decided again: %w", err)
	}
	return nil
}
