package doctor

import (
	"context"
	"strings"
	"sync"
	"time"

	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/notify"
)

// Notifier is a kind of notifier in use: Slack, or all webhooks.
type Notifier struct {
	// Name is the step's name in the report.
	Name string
	Hop  notify.Hop
	// Services are what it is made of: each is asked.
	Services []notify.Notifier
	// Last returns the state of a service's deliveries, by its name; nil if no server runs.
	Last func(service string) health.State
}

// lookNotifiers asks all services at once: one that hangs must not hide another. Each notifier is a step of its own.
func lookNotifiers(ctx context.Context, e *exam) []HopResult {
	found := make([][]HopResult, len(e.Notifiers))
	var all sync.WaitGroup
	for i, n := range e.Notifiers {
		all.Go(func() { found[i] = n.look(ctx) })
	}
	all.Wait()
	var results []HopResult
	for _, of := range found {
		results = append(results, of...)
	}
	return results
}

// look returns a result for each service that fails, or one that says that all work.
func (n Notifier) look(ctx context.Context) []HopResult {
	begin := time.Now()
	faults := make([]*fault.Fault, len(n.Services))
	var all sync.WaitGroup
	for i, service := range n.Services {
		all.Go(func() { faults[i] = n.ask(ctx, service) })
	}
	all.Wait()
	report := failed
	if n.Hop.Minor {
		report = warning
	}
	var results []HopResult
	var names []string
	for i, f := range faults {
		if f != nil {
			results = append(results, report(f.Name, sentence(f.Sentence), "", sentence(f.Fix))...)
		}
		if _, name, several := strings.Cut(n.Services[i].Name(), ":"); several {
			names = append(names, name)
		}
	}
	if len(results) == 0 {
		results = passed(n.Hop.OK, strings.Join(names, ", "))
	}
	for i := range results {
		results[i].Hop, results[i].Took = n.Name, time.Since(begin)
	}
	return results
}

// ask returns what is wrong with a service, or with its last delivery where asking cannot show that.
func (n Notifier) ask(ctx context.Context, service notify.Notifier) *fault.Fault {
	if err := service.Check(ctx); err != nil {
		return fault.As(err)
	}
	if !n.Hop.Delivery || n.Last == nil {
		return nil
	}
	last := n.Last(service.Name())
	if last.Fault == "" {
		return nil
	}
	return &fault.Fault{Name: last.Fault, Sentence: last.Sentence, Fix: last.Fix}
}
