package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/doctor"
	"docket/internal/store/storetest"
)

// configure writes the configuration as an editor does, a new file in the place of the old one.
func (p *process) configure(yaml string) {
	p.t.Helper()
	file := filepath.Join(p.cmd.Dir, "docket.yaml")
	if err := os.WriteFile(file+".new", []byte(yaml), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		p.t.Fatal(err)
	}
}

// says waits until the log holds a text n times.
func (p *process) says(text string, n int) {
	p.t.Helper()
	eventually(p.t, 60*time.Second, fmt.Sprintf("the log says %d times: %s", n, text),
		func() bool { return strings.Count(p.log.String(), text) >= n })
}

const taken = `"configuration changed, no restart needed"`

func TestAChangedConfigurationIsInForceWithoutARestart(t *testing.T) {
	t.Parallel()
	notInShort(t)
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second)})
		p.mustPost("/hooks/alertmanager", webhook("firing", "Before"))
		f.oneTicketEach(t, 30*time.Second, []string{"Before"})
		if status, _, _ := post(p.url+"/hooks/shop", webhook("firing", "Early")); status != http.StatusNotFound {
			t.Errorf("a source that is not configured answers %d", status)
		}

		p.configure(f.yaml(time.Second) + `sources: [{name: shop, format: alertmanager}]
surfaces: [{name: checkout, every: 1s, probe: {tcp: {address: "127.0.0.1:1"}}}]
routes: [{match: ['team="shop"'], tags: [reloaded]}]
log: {level: debug}
`)
		p.says(taken+" keys=sources,surfaces,routes,log", 1)
		// The alert that had its ticket has it still; the new source is there, and the new route tags.
		p.mustPost("/hooks/alertmanager", webhook("firing", "Before"))
		p.mustPost("/hooks/shop", webhook("firing", "After"))
		f.oneTicketEach(t, 30*time.Second, []string{"Before", "After"})
		eventually(t, 20*time.Second, "the new route's tag is on the new ticket", func() bool {
			for _, ticket := range f.Tickets() {
				if strings.Contains(ticket.Subject, " After:") {
					return strings.Contains(strings.Join(ticket.Tags, " "), "reloaded")
				}
			}
			return false
		})
		eventually(t, 20*time.Second, "the new surface is watched", func() bool {
			var page struct {
				Surfaces []struct{ Name, Status string }
			}
			p.get("/status.json", &page)
			return len(page.Surfaces) == 1 && page.Surfaces[0].Status == "down"
		})
		p.says("level=DEBUG", 1)
		var rows []struct {
			Actor   string
			Payload struct{ Keys []string }
		}
		p.get("/api/v1/audit?action=console.config.changed", &rows)
		if len(rows) != 1 || rows[0].Actor != "system:docket" || strings.Join(rows[0].Payload.Keys, ",") != "sources,surfaces,routes,log" {
			t.Errorf("the audit log says %+v", rows)
		}

		// Asked for by a signal, though the file stands as it was read.
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		p.says("configuration reloaded, nothing changed", 1)
		if strings.Count(p.log.String(), "msg=ready") != 1 {
			t.Error("the process started more than once")
		}
		p.stop()
	})
}

func TestAConfigurationWithAMistakeIsNotTakenAndIsNamed(t *testing.T) {
	t.Parallel()
	notInShort(t)
	f := newFreeScout(t, fakedesk.Options{})
	good := f.yaml(time.Second) + "sources: [{name: shop, format: alertmanager}]\n"
	p := start(t, setup{database: filepath.Join(t.TempDir(), "docket.db"), yaml: good})
	verdict := func() (name, evidence string) {
		t.Helper()
		status, answer, err := post(p.url+"/api/v1/doctor", "{}")
		var e doctor.Examination
		if err != nil || status != http.StatusOK || json.Unmarshal([]byte(answer), &e) != nil {
			t.Fatalf("%d %v %s", status, err, answer)
		}
		for _, found := range e.Findings {
			if found.Hop == "configuration" {
				return found.Name, found.Evidence
			}
		}
		t.Fatalf("the doctor does not look at the configuration: %s", answer)
		return "", ""
	}
	if name, _ := verdict(); name != "" && name != "well" {
		t.Errorf("before: %s", name)
	}

	// All or nothing: the good half of it is not taken either.
	p.configure(strings.Replace(good, "shop", "store", 1) + "policies_: {}\n")
	p.says("configuration has mistakes, the previous one stays in force", 1)
	p.says("docket.yaml:5:1: policies_", 1)
	if name, evidence := verdict(); name != "config_not_taken" || !strings.Contains(evidence, "docket.yaml:5:1") {
		t.Errorf("the doctor says %q: %s", name, evidence)
	}
	if p.metric("docket_config_last_reload_successful") != 0 {
		t.Error("the metric says that it was taken")
	}
	p.mustPost("/hooks/shop", webhook("firing", "Still"))
	f.oneTicketEach(t, 30*time.Second, []string{"Still"})

	p.configure(strings.Replace(good, "shop", "store", 1))
	p.says(taken+" keys=sources", 1)
	if name, _ := verdict(); name == "config_not_taken" {
		t.Error("the doctor still says that it is not taken")
	}
	if p.metric("docket_config_last_reload_successful") != 1 {
		t.Error("the metric says that it was not taken")
	}
	p.mustPost("/hooks/store", webhook("firing", "Mended"))
	f.oneTicketEach(t, 30*time.Second, []string{"Still", "Mended"})
}

// A configuration that changes all the time, in the middle of a stream of alerts and lost answers,
// refuses no alert, and loses and doubles no ticket.
func TestAConfigurationThatChangesUnderFireLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	notInShort(t)
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		yaml := func(round int) string {
			return fmt.Sprintf("%sroutes: [{name: round, match: ['team=\"shop\"'], tags: [round%d]}]\n", f.yaml(2*time.Second), round)
		}
		p := start(t, setup{database: url, yaml: yaml(0)})
		f.Order(fakedesk.Fault{Kind: fakedesk.LateAnswer, On: fakedesk.OpCreate, Delay: 300 * time.Millisecond, Times: 10})
		f.Order(fakedesk.Fault{Kind: fakedesk.CutAfterCommit, On: fakedesk.OpCreate, Times: 10})
		const rounds, senders = 6, 4
		var wg sync.WaitGroup
		var mu sync.Mutex // guards the two below
		var all []string
		longest := time.Duration(0)
		stop := make(chan struct{})
		for n := range senders {
			wg.Go(func() {
				for i := 0; ; i++ {
					name, began := fmt.Sprintf("Fire%d%04d", n, i), time.Now()
					if err := sent(p.url+"/hooks/alertmanager", webhook("firing", name)); err != nil {
						t.Errorf("%s was refused: %v", name, err)
					}
					mu.Lock()
					all, longest = append(all, name), max(longest, time.Since(began))
					mu.Unlock()
					select {
					case <-stop:
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
			})
		}
		for round := 1; round <= rounds; round++ {
			p.configure(yaml(round))
			if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			p.says(taken+" keys=routes", round)
		}
		close(stop)
		wg.Wait()
		t.Logf("%d alerts, of which the one that waited longest was taken within %s", len(all), longest.Round(time.Millisecond))
		f.oneTicketEach(t, 90*time.Second, all)
		p.settled(30 * time.Second)
		f.oneTicketEach(t, time.Second, all)
		p.stop()
	})
}

// A change of the configuration cuts no call off: what is on the wire is waited for, though a stop
// would not wait for as long, and alerts are taken meanwhile.
func TestAConfigurationChangeWaitsForWhatIsOnTheWire(t *testing.T) {
	t.Parallel()
	notInShort(t)
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Hour)})
		f.Order(fakedesk.Fault{Kind: fakedesk.LateAnswer, On: fakedesk.OpCreate, Delay: 9 * time.Second, Times: 1})
		p.mustPost("/hooks/alertmanager", webhook("firing", "Slow"))
		eventually(t, 20*time.Second, "the create is on the wire", func() bool { return len(f.Tickets()) == 1 })
		p.configure(f.yaml(time.Hour) + "sources: [{name: shop, format: alertmanager}]\n")
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		p.mustPost("/hooks/alertmanager", webhook("firing", "Meanwhile"))
		if strings.Contains(p.log.String(), taken) {
			t.Error("the change did not wait")
		}
		p.says(taken+" keys=sources", 1)
		// With a wait-out of an hour, an outcome that is unknown would not be known by now.
		p.says("msg=ticket_filed", 2)
		f.oneTicketEach(t, 5*time.Second, []string{"Slow", "Meanwhile"})
	})
}
