package courier

import (
	"docket/internal/incident"
	"time"
)

// Lead makes a courier the one that the queue calls: effects of incidents whose desk is not known
// are its own, and those of other desks are handed on. Of the queue's workers, each desk gets so
// many that the others always have some.
func (c *Courier) Lead(workers int, others ...*Courier) {
	c.names = append(c.names, "")
	if len(others) == 0 {
		return
	}
	c.beside = map[string]*Courier{}
	share := max(1, workers-workers/4*len(others))
	c.room = make(chan struct{}, share)
	for _, o := range others {
		o.room = make(chan struct{}, share)
		c.beside[o.desk.Name()] = o
	}
}

// at is the courier of an incident's desk: this one where no ticket was asked for yet. It is
// false for a desk that is not configured.
func (c *Courier) at(inc incident.Incident) (*Courier, bool) {
	if inc.Ticket.Desk == "" || inc.Ticket.Desk == c.desk.Name() {
		return c, true
	}
	other, known := c.beside[inc.Ticket.Desk]
	return other, known
}

// enter takes one of the desk's places, and reports false where all are taken.
func (c *Courier) enter() bool {
	if c.room == nil {
		return true
	}
	select {
	case c.room <- struct{}{}:
		return true
	default:
		return false
	}
}

func (c *Courier) leave() {
	if c.room != nil {
		<-c.room
	}
}

// crowdedWait is how long a job waits for one of its desk's places.
const crowdedWait = 200 * time.Millisecond

// strandedWait is how long a job waits whose desk is not configured any more.
const strandedWait = 5 * time.Minute
