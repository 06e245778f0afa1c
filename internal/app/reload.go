package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"docket/internal/config"
	"docket/internal/doctor"
)

// Reload says where a changed configuration comes from.
type Reload struct {
	// Path is the file that is looked at for changes, "" for none.
	Path string
	// Load reads the configuration again; nil where it never changes.
	Load func() (config.Config, error)
	// Asked tells that somebody wants it read again (SIGHUP), nil for nobody.
	Asked <-chan os.Signal
}

// followEvery is how often the file is looked at. A changed file is read when it stood still
// from one look to the next: an editor may be in the middle of writing it.
const followEvery = 2 * time.Second

// follower reads the configuration again when its file changes, and offers it to those who run
// it. What has a mistake is not taken: all of a configuration, or nothing. A nil follower
// follows nothing.
type follower struct {
	reload Reload
	log    *slog.Logger
	// wake tells that a configuration is offered.
	wake chan struct{}

	mu sync.Mutex // guards all below
	// running is what is in force, offered what is to follow, nil for nothing.
	running config.Config
	offered *config.Config
	// seen is the file as it was read last, last as it was at the last look.
	seen, last stamp
	// since is when the running configuration was taken up, at when the file was last read.
	since, at time.Time
	// fault is why the file is not in force, "" where it is; fix is what to do then.
	fault, fix string
}

// stamp tells one state of a file from another; the zero stamp is no file.
type stamp struct {
	at   time.Time
	size int64
}

func newFollower(r Reload, cfg config.Config, log *slog.Logger) *follower {
	if r.Load == nil {
		return nil
	}
	now := time.Now().UTC()
	f := &follower{reload: r, log: log, wake: make(chan struct{}, 1), running: cfg, since: now, at: now}
	f.seen = f.look()
	f.last = f.seen
	return f
}

// look returns the file's stamp. A file that cannot be looked at is like none: Load says why.
func (f *follower) look() stamp {
	if f.reload.Path == "" {
		return stamp{}
	}
	info, err := os.Stat(f.reload.Path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// turn reads the configuration again where its file has changed and has settled.
func (f *follower) turn(ctx context.Context, now time.Time) error {
	is := f.look()
	f.mu.Lock()
	stable := is == f.last
	f.last = is
	changed := stable && is != f.seen
	f.mu.Unlock()
	if changed {
		f.read(ctx, is, now)
	}
	return nil
}

// asked reads the configuration again whenever somebody asks, until ctx ends.
func (f *follower) asked(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.reload.Asked:
			f.read(ctx, f.look(), time.Now().UTC())
		}
	}
}

// read reads the configuration, and offers it where it is good and another one.
func (f *follower) read(ctx context.Context, is stamp, now time.Time) {
	cfg, err := f.reload.Load()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen, f.at = is, now
	if err != nil {
		f.fail(ctx, err, "List every mistake with: docket config check")
		return
	}
	if err := fixed(f.running, cfg); err != nil {
		f.fail(ctx, err, "Restart Docket, or undo the change.")
		return
	}
	f.fault, f.fix = "", ""
	if reflect.DeepEqual(f.running, cfg) && f.offered == nil {
		f.log.InfoContext(ctx, "configuration reloaded, nothing changed")
		return
	}
	f.offered = &cfg
	select {
	case f.wake <- struct{}{}:
	default: // It already knows.
	}
}

// fixed names what only a restart can change.
func fixed(running, cfg config.Config) error {
	for _, key := range []struct {
		name string
		same bool
	}{{"listen", running.Listen == cfg.Listen}, {"database", running.Database == cfg.Database}} {
		if !key.same {
			return errors.New(key.name + " cannot change while Docket is running")
		}
	}
	return nil
}

// fail keeps and says why the file is not in force; the caller holds mu.
func (f *follower) fail(ctx context.Context, err error, fix string) {
	mistakes := 1
	if all, ok := errors.AsType[*config.Error](err); ok {
		mistakes = len(all.Mistakes)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if first == f.fault {
		return
	}
	f.fault, f.fix = first, fix
	f.log.WarnContext(ctx, "configuration has mistakes, the previous one stays in force", "mistakes", mistakes, "first", first, "fix", fix)
}

// failed says that a configuration without a mistake did not start.
func (f *follower) failed(ctx context.Context, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail(ctx, err, "Undo the change, or fix what the message names.")
}

// offers is notified when a configuration is offered.
func (f *follower) offers() <-chan struct{} {
	if f == nil {
		return nil
	}
	return f.wake
}

// next returns what is offered, once.
func (f *follower) next() (config.Config, bool) {
	if f == nil {
		return config.Config{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.offered == nil {
		return config.Config{}, false
	}
	cfg := *f.offered
	f.offered = nil
	return cfg, true
}

// changes are the keys whose values differ between what ran and what is to run.
func (f *follower) changes(cfg config.Config) []string {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var keys []string
	before, after := reflect.ValueOf(f.running), reflect.ValueOf(cfg)
	for i := range before.NumField() {
		if reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			continue
		}
		field := before.Type().Field(i)
		switch field.Type {
		case reflect.TypeFor[config.Desks]():
			keys = append(keys, changedSections(f.running.Desks, cfg.Desks)...)
			continue
		case reflect.TypeFor[config.Notifiers]():
			keys = append(keys, changedSections(f.running.Notifiers, cfg.Notifiers)...)
			continue
		}
		key := field.Tag.Get("yaml")
		if key == "-" { // From the environment's files.
			key = strings.ToLower(field.Name)
		}
		keys = append(keys, key)
	}
	return keys
}

// changedSections are the desks or notifiers whose sections differ.
func changedSections[M ~map[string]S, S any](before, after M) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !reflect.DeepEqual(before[name], after[name]) {
			names = append(names, name)
		}
	}
	return names
}

// took keeps that a configuration runs.
func (f *follower) took(ctx context.Context, cfg config.Config) {
	keys := f.changes(cfg)
	if len(keys) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running, f.since = cfg, time.Now().UTC()
	f.log.InfoContext(ctx, "configuration changed, no restart needed", "keys", strings.Join(keys, ","))
}

// state tells the doctor and the console whether what the file says is in force.
func (f *follower) state() doctor.Configuration {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := f.reload.Path
	if f.seen == (stamp{}) {
		path = "" // There is no file.
	}
	return doctor.Configuration{Path: path, Since: f.since, Read: f.at, Fault: f.fault, Fix: f.fix}
}

// inForce is what the metrics show of state.
func (f *follower) inForce() (taken bool, since time.Time) {
	c := f.state()
	return c.Fault == "", c.Since
}
