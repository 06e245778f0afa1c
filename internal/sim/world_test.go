package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"docket/internal/courier"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/storm"
)

// Shape says what kind of world it is.
type Shape struct {
	// Replicas share the book; Keys are the problems that may occur.
	Replicas, Keys int
	// Steps is how many things happen before the faults stop.
	Steps int
	// Policy is what is configured.
	Policy incident.Policy
	// Silences has operators mute by labels, and end that early; else they only mute all.
	Silences bool
}

// world is one world being played.
type world struct {
	shape    Shape
	random   *rand.Rand
	book     *book
	room     *room
	model    *model
	replicas []*replica
	workers  []*worker
	current  *worker
	sources  []*source
	// clocks decides when clocks jump, nil where they do not; skewed says that they have been apart.
	clocks *rand.Rand
	skewed bool
	// configs decides when the configuration changes, nil where it does not; written is how it
	// was written last.
	configs *rand.Rand
	written incident.Policy
	// faults says that things may still go wrong.
	faults bool
	// filingOn is the flag as set; each replica learns of it in its own time. offSince is
	// since when no replica files any more, zero while one may.
	filingOn bool
	offSince time.Time
	// mutedUntil is the end of the silence that holds.
	mutedUntil time.Time
	silences   silences
	// reached counts the interesting things that happened.
	reached map[string]int
	// story is what happened, for people; it is only told where keep is set.
	story []string
	keep  bool
	began time.Time
	err   error
}

// replica is one process.
type replica struct {
	n        int
	w        *world
	courier  *courier.Courier
	health   *health.Health
	resumer  *courier.Resumer
	filingOn bool
	// configured is the configuration that it goes by.
	configured incident.Policy
	// ahead is how far its clock is from the others'.
	ahead time.Duration
}

// worker is a job being performed: a coroutine that goes on one step at a time.
type worker struct {
	replica *replica
	effect  string
	lease   time.Time
	next    func() (point, bool)
	stop    func()
	yield   func(point) bool
	at      point
}

// point is where a worker pauses, and until when at least.
type point struct {
	label string
	until time.Time
}

// killed unwinds a worker whose process is gone.
type killed struct{}

func newWorld(seed uint64, s Shape, keep bool) *world {
	w := &world{
		shape: s, random: rand.New(rand.NewPCG(seed, 1)), book: newBook(), faults: true, filingOn: true,
		reached: map[string]int{}, keep: keep, began: time.Now(), written: s.Policy,
	}
	w.room, w.model = &room{w: w}, newModel(w)
	for n := range s.Replicas {
		r := &replica{n: n, w: w, filingOn: true}
		r.boot()
		w.replicas = append(w.replicas, r)
	}
	if seed%5 == 0 { // In the others all clocks agree.
		w.clocks = rand.New(rand.NewPCG(seed, 2))
	}
	if seed%7 == 3 {
		w.configs = rand.New(rand.NewPCG(seed, 3))
	}
	for n := range s.Keys {
		w.sources = append(w.sources, newSource(w, n))
	}
	return w
}

// boot starts the process anew: what it had in memory is gone, and the configuration is read.
func (r *replica) boot() {
	r.configured = r.w.written
	log := slog.New(slog.DiscardHandler)
	r.health = courier.NewHealth(r.w.room, log)
	r.courier = courier.New(r.w.book, r, r.w.room, courier.Rules{Policy: r.policy}, r.health, log)
	r.resumer = r.courier.Resumer(r.w.hasten)
}

// policy is what this replica goes by now.
func (r *replica) policy(_ incident.Incident, now time.Time) incident.Policy {
	p := r.configured
	p.FilingOn, p.WaitOut, p.CallTimeout, p.Outage = r.filingOn, waitOut, callWithin, storm.Outage(r.health.Outage())
	if now.Before(r.w.mutedUntil) {
		p.MutedBy, p.MutedUntil = "silence", r.w.mutedUntil
	}
	return p
}

// Apply is one transaction of this replica: it may fail, or its answer may be lost.
func (r *replica) Apply(ctx context.Context, inputs ...ledger.Input) ([]ledger.Result, error) {
	w := r.w
	w.pause("a commit", 0)
	if w.faults && w.chance(2) {
		return nil, errors.New("the database is away")
	}
	t := w.book.begin()
	now := time.Now().Add(r.ahead).UTC().Truncate(time.Microsecond)
	results, err := ledger.Decide(ctx, t, ledger.Rules{Route: noRoute, Policy: r.policy, Mutes: w.silences.book}, t.enqueue, now, inputs...)
	if err != nil {
		t.rollback()
		w.fail("a decision failed: %v", err)
		return nil, err
	}
	for n, res := range results {
		w.seen(inputs[n], res)
	}
	if w.faults && w.chance(2) {
		w.reached["a commit's answer was lost"]++
		return nil, errors.New("the commit's answer was lost")
	}
	w.pause("a commit was done", 0)
	return results, nil
}

// seen takes note of what a decision says was reached.
func (w *world) seen(in ledger.Input, res ledger.Result) {
	answered, _ := in.(ledger.EffectAnswered)
	w.note("%s: %s %s", res.Mark, res.Reason, answered.Answer.Outcome)
	switch res.Reason {
	case incident.ReasonTicketAdopted:
		w.reached["an unknown outcome was found done"]++
	case incident.ReasonNotFound:
		w.reached["an unknown outcome was found not done"]++
	case incident.ReasonStorm, incident.ReasonDigest, incident.ReasonClosedByPerson, incident.ReasonFreshEpisode, incident.ReasonVanished,
		incident.ReasonMaybeStale, incident.ReasonFilingOff, incident.ReasonMuted, incident.ReasonListing, incident.ReasonFlapped,
		incident.ReasonInvestigateAsked, incident.ReasonInvestigateJoined, incident.ReasonStale:
		w.reached[string(res.Reason)]++
	default: // The others happen in every world.
	}
}

// Play plays a world to its end and returns what it reached. An error says which promise was broken.
func Play(seed uint64, s Shape, keep bool) (reached map[string]int, story []string, err error) {
	w := newWorld(seed, s, keep)
	for range s.Steps {
		w.step()
		if w.err != nil {
			break
		}
	}
	if w.err == nil {
		w.comeToRest()
	}
	for _, k := range slices.Clone(w.workers) {
		w.kill(k)
	}
	return w.reached, w.story, w.err
}

// fail notes the first promise that was broken.
func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
		w.note("BROKEN: %v", w.err)
	}
}

func (w *world) note(format string, args ...any) {
	if w.keep {
		w.story = append(w.story, fmt.Sprintf("%8.3fs ", time.Since(w.began).Seconds())+fmt.Sprintf(format, args...))
	}
}

// chance is true in percent of a hundred cases.
func (w *world) chance(percent int) bool { return w.random.IntN(100) < percent }

// span is a time up to most.
func (w *world) span(most time.Duration) time.Duration {
	return time.Duration(w.random.Int64N(int64(most)))
}

func (w *world) anyReplica() *replica { return w.replicas[w.random.IntN(len(w.replicas))] }

// pause lets the worker that runs rest at a point; whoever is no worker goes on at once.
func (w *world) pause(label string, wait time.Duration) {
	k := w.current
	if k == nil {
		return
	}
	if !k.yield(point{label, time.Now().Add(wait)}) {
		panic(killed{})
	}
	w.current = k
}

// step lets one thing happen.
func (w *world) step() {
	pass(time.Millisecond) // No two things happen at once.
	if w.clocks != nil && w.faults && w.clocks.IntN(200) == 0 {
		w.clockJumps()
	}
	if w.configs != nil && w.faults && w.configs.IntN(40) == 0 {
		w.reload()
	}
	w.room.settle(time.Now())
	switch n := w.random.IntN(100); {
	case n < 8:
		w.sources[w.random.IntN(len(w.sources))].turn()
	case n < 22:
		w.sources[w.random.IntN(len(w.sources))].deliver()
	case n < 36:
		w.startJob()
	case n < 72:
		w.stepWorker()
	case n < 76:
		w.timeComes(w.anyReplica())
	case n < 79:
		w.watchDesk(w.anyReplica())
	case n < 88:
		w.timePasses()
	case n < 91:
		w.people()
	case n < 93:
		w.poll(w.anyReplica())
	case n < 95:
		w.processes()
	default:
		w.operators()
	}
	w.model.check()
}

// startJob gives a waiting job, or one whose lease is over, to a worker.
func (w *world) startJob() {
	now := time.Now()
	var ready []*job
	for _, j := range w.book.jobs {
		if (j.lease.IsZero() && !j.at.After(now)) || (!j.lease.IsZero() && now.After(j.lease)) {
			ready = append(ready, j)
		}
	}
	if len(ready) == 0 || len(w.workers) > 6 {
		return
	}
	slices.SortFunc(ready, func(a, b *job) int { return cmp.Compare(a.number, b.number) })
	j := ready[w.random.IntN(len(ready))]
	if !j.lease.IsZero() {
		w.reached["a lease was stolen"]++
	}
	j.lease = now.Add(callWithin + 5*time.Second)
	r := w.anyReplica()
	k := &worker{replica: r, effect: j.effect, lease: j.lease}
	w.note("replica %d takes %s", r.n, j.effect)
	k.next, k.stop = iter.Pull(func(yield func(point) bool) {
		k.yield = yield
		defer func() {
			if gone := recover(); gone != nil {
				if _, ok := gone.(killed); !ok {
					panic(gone)
				}
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), callWithin)
		defer cancel()
		again, err := r.courier.Perform(ctx, k.effect)
		w.finish(k, again, err)
	})
	w.workers = append(w.workers, k)
	w.goOn(k)
}

// finish gives a job back, as River does: whoever runs it may end it.
func (w *world) finish(k *worker, again time.Time, err error) {
	j := w.book.jobs[k.effect]
	switch {
	case j == nil || j.lease.IsZero():
		return // Another worker was faster.
	case err != nil:
		j.lease, j.at = time.Time{}, time.Now().Add(time.Second)
	case !again.IsZero():
		j.lease, j.at = time.Time{}, again
		if w.room.hides(w.book.effects[k.effect].Mark.String()) {
			w.reached["a look waited until the search had caught up"]++
		}
	default:
		delete(w.book.jobs, k.effect)
	}
}

// stepWorker lets one worker go on to its next pause.
func (w *world) stepWorker() {
	if len(w.workers) == 0 {
		return
	}
	k := w.workers[w.random.IntN(len(w.workers))]
	if time.Now().Before(k.at.until) {
		return
	}
	w.goOn(k)
}

func (w *world) goOn(k *worker) {
	w.current = k
	at, more := k.next()
	w.current = nil
	if k.at = at; !more {
		w.drop(k)
	}
}

func (w *world) kill(k *worker) {
	w.current = nil
	k.stop()
	w.drop(k)
}

func (w *world) drop(k *worker) {
	w.workers = slices.DeleteFunc(w.workers, func(o *worker) bool { return o == k })
}

// processes kills a replica and starts it again: its workers are gone, their jobs are
// leased until the lease is over.
func (w *world) processes() {
	if !w.faults || !w.chance(40) {
		return
	}
	w.restart(w.anyReplica())
}

func (w *world) restart(r *replica) {
	for _, k := range slices.Clone(w.workers) {
		if k.replica == r {
			w.reached["killed: "+k.at.label]++
			w.kill(k)
		}
	}
	w.note("replica %d is killed and starts again", r.n)
	r.boot()
	w.learnFlag(r)
}
