package main

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// freescout is a fake FreeScout on loopback.
type freescout struct {
	*fakedesk.Server
	helpDesk
	url string
}

func newFreeScout(t testing.TB, o fakedesk.Options) *freescout {
	t.Helper()
	o.APIKey = "test-key"
	f := fakedesk.New(o)
	server := httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return freescoutAt(f, server.URL)
}

// freescoutAt is the fake as the program reaches it at an address.
func freescoutAt(f *fakedesk.Server, url string) *freescout {
	return &freescout{f, helpDesk{freescoutFake{f, url}}, url}
}

// freescoutFake is a fake FreeScout as the checks see it.
type freescoutFake struct {
	server *fakedesk.Server
	url    string
}

func (f freescoutFake) name() string { return "freescout" }

func (f freescoutFake) section(waitOut time.Duration) string {
	return fmt.Sprintf("freescout: {api_url: %q, api_key: test-key, mailbox_id: 1, rate: 100000, wait_out: %s}\n", f.url, waitOut)
}

func (f freescoutFake) filed() []filedTicket {
	var all []filedTicket
	for _, ticket := range f.server.Tickets() {
		one := filedTicket{mark: ticket.Mark, subject: ticket.Subject}
		for _, thread := range ticket.Threads {
			one.texts = append(one.texts, thread.HTML)
		}
		all = append(all, one)
	}
	return all
}

func (f freescoutFake) made() map[string]int { return f.server.Stats().Creates }

func (f freescoutFake) asked() (all, creates int) {
	by := f.server.Stats().Requests
	for _, n := range by {
		all += n
	}
	return all, by[fakedesk.OpCreate]
}

func (f freescoutFake) goAway() { f.server.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503}) }

func (f freescoutFake) keepCreatesSecret() {
	f.server.Order(fakedesk.Fault{Kind: fakedesk.DoneNeverAnswer, On: fakedesk.OpCreate})
}

func (f freescoutFake) comeBack() { f.server.Clear() }
