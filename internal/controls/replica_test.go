package controls_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"docket/internal/alert"
	"docket/internal/controls"
	"docket/internal/filing"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/store/storetest"
)

func TestAFlipOnOneReplicaIsInForceOnTheOther(t *testing.T) {
	url := storetest.URL(t, "postgres")
	a, b := newReplica(t, url, nil), newReplica(t, url, nil)
	// Nothing tells b of the flip, and still what it decides afterwards is decided by it.
	a.flip(false)
	if b.hear(said("Unheard", "shop", "a", alert.Firing)); !b.board.On(t.Context(), flag.InvestigateFromStatus) {
		t.Error("the other flag went off, too")
	}
	b.expect("Unheard", filing.TicketNone, incident.ReasonFilingOff)
	defer b.loop(b.board.Listen)()
	off := func() bool { return !b.board.On(t.Context(), flag.AutoTicket) }
	for range 5 {
		a.flip(true)
		took := within(t, time.Second, "the flip is heard of", func() bool { return !off() })
		a.flip(false)
		took += within(t, time.Second, "the flip back is heard of", off)
		t.Logf("there and back in %s", took)
	}
}

func TestAReplicaWhoseConnectionIsCutHearsOfAFlipWithinTenSeconds(t *testing.T) {
	url := storetest.URL(t, "postgres")
	a, b := newReplica(t, url, nil), newReplica(t, url, nil)
	defer b.loop(b.board.Listen)()
	on := func() bool { return b.board.On(t.Context(), flag.AutoTicket) }
	within(t, 5*time.Second, "it listens", func() bool { return cutListeners(t, url) })
	a.flip(false)
	// Nobody polls here: it listens again, and reads what it has missed.
	within(t, 10*time.Second, "the flip is known", func() bool { return !on() })
	a.flip(true)
	within(t, time.Second, "the next flip is heard of at once", on)
}

func TestWhereNothingIsHeardThePollBringsTheFlip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		b := newReplica(t, url, nil)
		// As `docket flags set` writes it past the server's own board.
		other, err := controls.New(t.Context(), b.store, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close(t.Context())
		if _, err := other.SetFlag(t.Context(), flag.AutoTicket, false, "", anna); err != nil {
			t.Fatal(err)
		}
		if err := b.board.Refresh(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if b.board.On(t.Context(), flag.AutoTicket) || controls.PollEvery > 10*time.Second {
			t.Errorf("after a turn of the poll, which comes each %s, the flag is still on", controls.PollEvery)
		}
	})
}

// cutListeners ends all connections that listen, and reports whether there were any.
func cutListeners(t *testing.T, url string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tag, err := conn.Exec(t.Context(),
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN docket_switched' AND datname = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected() > 0
}
