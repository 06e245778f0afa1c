package reconcile

import (
	"context"
	"docket/internal/alert"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store"
	"docket/internal/storm"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// incident compares one incident with what the desk shows.
func (p *plan) incident(ctx context.Context, inc incident.Incident) error {
	if inc.Ticket.State == filing.TicketFiled {
		p.filed++
	}
	own, open := p.byID[inc.Ticket.ID]
	if !open && inc.Ticket.State == filing.TicketFiled {
		var asked bool
		var err error
		if own, asked, err = p.ask(ctx, inc); err != nil || !asked {
			return err
		}
	}
	if in, news := seenAs(inc, own, p.asOf); news {
		kind := Reopened
		switch {
		case own.ID != inc.Ticket.ID:
			kind = Merged
		case isClosed(own):
			kind = Closed
		}
		p.repair(kind, own, in)
		return nil // The rest is for the next comparison.
	}
	if err := p.twins(ctx, inc, own); err != nil {
		return err
	}
	if !open || inc.Within != (alert.Mark{}) {
		return nil
	}
	return p.looks(ctx, inc, own)
}

// ask reads a ticket that is not among the open ones. asked is false where it was not, or
// where the ticket is missing, which is judged once all is known.
func (p *plan) ask(ctx context.Context, inc incident.Incident) (t desk.Ticket, asked bool, err error) {
	if p.reads == maxReads {
		p.find(CutShort, didReport, "", desk.Ticket{})
		p.reads++
	}
	if p.reads > maxReads {
		return t, false, nil
	}
	p.reads++
	t, err = p.Desk.Get(ctx, inc.Ticket.ID)
	p.Heard(ctx, err)
	switch {
	case errors.Is(err, fault.ErrMissing) && inc.Shared != storm.NotShared:
		p.find(GatheringIll, didReport, inc.Mark.String(), known(inc))
		return t, false, nil
	case errors.Is(err, fault.ErrMissing) && inc.Within != (alert.Mark{}):
		return t, false, nil // Told with the gathering.
	case errors.Is(err, fault.ErrMissing):
		p.missing = append(p.missing,
			ledger.TicketObserved{Mark: inc.Mark, Actor: p.options.Actor, Seen: incident.TicketMissing{Look: p.lookAt(inc)}})
		p.find(Missing, didRepair, inc.Mark.String(), known(inc))
		return t, false, nil
	case err != nil:
		return t, false, fmt.Errorf("ask for ticket %s of %s: %w", inc.Ticket.ID, inc.Mark, err)
	}
	return t, true, nil
}

// lookAt is the question that this comparison asked the desk about an incident's ticket.
func (p *plan) lookAt(inc incident.Incident) incident.Look {
	return incident.Look{TicketID: inc.Ticket.ID, AsOf: p.asOf}
}

// repair tells the ledger of a mismatch.
func (p *plan) repair(kind Kind, t desk.Ticket, in ledger.TicketObserved) {
	if seen, _ := in.Seen.(incident.TicketSeen); seen.Closed || kind == Reopened || kind == Merged {
		p.find(kind, didRepair, in.Mark.String(), t)
		p.inputs = append(p.inputs, in) // A person's action: nobody asked for it here.
		return
	}
	in.Actor = p.options.Actor
	p.find(kind, didRepair, in.Mark.String(), t)
	p.inputs = append(p.inputs, in)
}

// twins looks for other open tickets with the incident's mark.
func (p *plan) twins(ctx context.Context, inc incident.Incident, own desk.Ticket) error {
	if inc.Ticket.Merged || inc.Within != (alert.Mark{}) {
		return nil
	}
	mine := asShown(inc.Ticket.Desk, own)
	if own.ID == "" {
		mine = filing.Shown{Ticket: inc.Ticket, Closed: true}
	}
	for _, t := range p.byMark[inc.Mark.String()] {
		if t.ID == inc.Ticket.ID || p.young(t.CreatedAt) {
			continue
		}
		if inc.Shared != storm.NotShared {
			p.find(GatheringIll, didReport, inc.Mark.String(), t)
			continue
		}
		told, err := p.Store.HasEffect(ctx, filing.TwinEffect(inc.Mark, t.ID))
		if err != nil {
			return err
		}
		if told {
			continue // Closed once; a person opened it again.
		}
		p.repair(Twin, t, ledger.TicketObserved{Mark: inc.Mark,
			Seen: incident.TwinSeen{Look: p.lookAt(inc), Shown: asShown(inc.Ticket.Desk, t), Own: mine}})
		return nil // One at a time: which is kept may change what the next one is.
	}
	return nil
}

// looks compares where the ticket lies, and its tags.
func (p *plan) looks(ctx context.Context, inc incident.Incident, own desk.Ticket) error {
	if p.misplaced(inc, own) {
		p.find(WrongMailbox, didReport, inc.Mark.String(), own)
	}
	if own.Tags == nil || inc.Ticket.Merged || inc.Ticket.State != filing.TicketFiled || p.young(own.CreatedAt) {
		return nil
	}
	for _, tag := range inc.Tags(p.Rules.Policy(inc, p.asOf)) {
		if slices.ContainsFunc(own.Tags, func(have string) bool { return strings.EqualFold(have, tag) }) {
			continue
		}
		told, err := p.Store.HasEffect(ctx, filing.TagEffect(inc.Mark))
		if err != nil || told {
			return err
		}
		p.repair(TagsMissing, own, ledger.TicketObserved{Mark: inc.Mark, Seen: incident.TagsMissing{Look: p.lookAt(inc)}})
		return nil
	}
	return nil
}

// misplaced reports whether a ticket lies elsewhere than its route says.
func (p *plan) misplaced(inc incident.Incident, own desk.Ticket) bool {
	if p.Rules.Place == nil || own.Place == "" {
		return false
	}
	want := p.Rules.Place(inc.Route)
	return want != "" && own.Place != want
}

// strangers goes through the open tickets that no incident has.
func (p *plan) strangers(ctx context.Context) error {
	for text, tickets := range p.byMark {
		mark, err := alert.ParseMark(text)
		if err != nil {
			continue // Words in brackets, and no mark.
		}
		for _, t := range tickets {
			if p.held[t.ID] || p.young(t.CreatedAt) || p.busy[mark] {
				continue
			}
			if err := p.stranger(ctx, mark, t); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(p.report.Findings, func(a, b Finding) int { return strings.Compare(a.Mark+a.TicketID, b.Mark+b.TicketID) })
	return nil
}

func (p *plan) stranger(ctx context.Context, mark alert.Mark, t desk.Ticket) error {
	inc, err := p.Store.Incident(ctx, mark)
	switch {
	case errors.Is(err, store.ErrNotFound):
		p.find(Stranger, didReport, mark.String(), t)
		return nil
	case err != nil:
		return err
	case inc.Live() && inc.Ticket.State == filing.TicketNone && inc.Shared == storm.NotShared:
		p.repair(Orphan, t, ledger.TicketObserved{Mark: mark,
			Seen: incident.OrphanSeen{Look: incident.Look{AsOf: p.asOf}, Shown: asShown(p.Desk.Name(), t)}})
	case !inc.Live() && (inc.Ticket.ID != t.ID || inc.Ticket.Desk != p.Desk.Name()):
		told, err := p.Store.HasEffect(ctx, filing.TwinEffect(mark, t.ID))
		if err != nil || told {
			return err
		}
		p.find(LateOpen, didReport, mark.String(), t)
	}
	return nil // Its own, and a person opened it again; or its live incident's twin.
}

// judgeMissing files again what is missing, unless that is so much that it may be another desk.
func (p *plan) judgeMissing() {
	if len(p.missing) > fewMissing && 2*len(p.missing) > p.filed && !p.options.AcceptMissing {
		for i := range p.report.Findings {
			if p.report.Findings[i].Kind == Missing {
				p.report.Findings[i].Did = didReport
			}
		}
		p.find(OtherDesk, didReport, "", desk.Ticket{})
		return
	}
	p.inputs = append(p.inputs, p.missing...)
}
