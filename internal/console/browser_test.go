package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"docket/internal/desk/fakedesk"
	"docket/internal/store/storetest"
)

// browser starts a real Chromium; each call of tab opens a page of its own in it.
func browser(t *testing.T) (tab func() context.Context) {
	t.Helper()
	path := os.Getenv("DOCKET_TEST_CHROMIUM")
	if path == "" {
		t.Fatal("this test needs Chromium: run it by make test, or scripts/with-tools")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync",
			true), chromedp.WSURLReadTimeout(60*time.Second))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	first, stopFirst := chromedp.NewContext(allocator)
	if err := chromedp.Do(first); err != nil {
		t.Fatalf("Chromium did not start: %v", err)
	}
	t.Cleanup(func() {
		stopFirst()
		stop()
	})
	return func() context.Context {
		ctx, cancel := chromedp.NewContext(first)
		t.Cleanup(cancel)
		if err := chromedp.Do(ctx); err != nil { // The tab itself has no time limit.
			t.Fatalf("open a tab: %v", err)
		}
		limited, cancelTime := context.WithTimeout(ctx, 2*time.Minute)
		t.Cleanup(cancelTime)
		return limited
	}
}

// step is something done in a tab.
type step = chromedp.Action[chromedp.Void]

// run does things in a tab. A live page replaces its parts, perhaps between finding a button and clicking it: then the
// button is looked for again.
func run(t *testing.T, tab context.Context, what string, steps ...step) {
	t.Helper()
	for _, one := range steps {
		err := chromedp.Do(tab, one)
		for again := 0; again < 5 && err != nil && strings.Contains(err.Error(), "Could not find node with given id"); again++ {
			err = chromedp.Do(tab, one)
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// value reads something in a tab.
func value[T any](t *testing.T, tab context.Context, what string, read chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(tab, read)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return got
}

// visible waits for what a CSS selector selects, click clicks it.
func visible(selector string) step { return chromedp.WaitVisible(chromedp.CSS(selector)) }
func click(selector string) step   { return chromedp.Click(chromedp.CSS(selector)) }

func typing(selector, text string) step { return chromedp.SendKeys(chromedp.CSS(selector), text) }

// awaits waits until an expression is true in a tab.
func awaits(t *testing.T, tab context.Context, what, expression string) {
	t.Helper()
	eventually(t, what, func() bool {
		yes, err := chromedp.Run(tab, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		return err == nil && yes
	})
}

func TestTileTurnsRedAndBackLive(t *testing.T) {
	tab := browser(t)()
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	eventually(t, "a first reading", func() bool { return d.statusOf("checkout") == "operational" })
	run(t, tab, "open the page", chromedp.Navigate(d.url+"/console/status"), chromedp.Evaluate[chromedp.Void]("window.sameDocument = true"))
	s.fail(true)
	awaits(t, tab, "the tile turns red", `document.querySelector("#tile-checkout.down")`)
	awaits(t, tab, "it says why", `document.querySelector("#tile-checkout .reason").textContent.includes("503")`)
	awaits(t, tab, "its ticket is there", `document.querySelector("#tile-checkout .act a[href^='/console/tickets/']")`)
	s.fail(false)
	awaits(t, tab, "the tile turns back", `document.querySelector("#tile-checkout.operational")`)
	awaits(t, tab, "all of that in one document", "window.sameDocument")
	awaits(t, tab, "local times with the exact ones beside", `[...document.querySelectorAll("time")].every(e => e.title.endsWith("UTC"))`)
}

func TestOneTicketFromTwoBrowsersAtOnce(t *testing.T) {
	open := browser(t)
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"),
		strings.Replace(surfaces(s), "every: 1s, up_after: 1", "every: 1s, up_after: 1, severity: P4", 1), nil)
	s.fail(true)
	eventually(t, "the tile is down", func() bool { return d.statusOf("checkout") == "down" })
	one, two := open(), open()
	look := func(tab context.Context) {
		run(t, tab, "open", chromedp.Navigate(d.url+"/console/status"), visible(`#tile-checkout form button`))
	}
	look(one)
	look(two)
	done := make(chan error, 2)
	for _, tab := range []context.Context{one, two} {
		go func() {
			done <- chromedp.Do(tab, click(`#tile-checkout form button`), visible(".result.good"))
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(d.get("/console/tickets").text, `href="/console/tickets/`); n != 1 {
		t.Errorf("%d tickets", n)
	}
}

// desk starts a FreeScout-like desk, and returns the configuration that files into it.
func newDesk(t *testing.T) (*fakedesk.Server, string) {
	t.Helper()
	fake := fakedesk.New(fakedesk.Options{APIKey: "key"})
	server := httptest.NewServer(fake)
	t.Cleanup(func() {
		fake.Close()
		server.Close()
	})
	return fake, fmt.Sprintf("freescout: {api_url: %q, api_key: key, mailbox_id: 2, wait_out: 1s, rate: 1000}\n", server.URL)
}

func TestInvestigateWhileTheDeskIsDown(t *testing.T) {
	tab := browser(t)()
	s := newShop(t)
	fake, freescout := newDesk(t)
	fake.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
	d := start(t, storetest.URL(t, "sqlite"),
		freescout+strings.Replace(surfaces(s), "every: 1s, up_after: 1", "every: 1s, up_after: 1, severity: P4", 1), nil)
	s.fail(true)
	eventually(t, "the tile is down", func() bool { return d.statusOf("checkout") == "down" })
	run(t, tab, "click", chromedp.Navigate(d.url+"/console/status/checkout"), click(`.act form button`), visible(".result.warn"))
	awaits(t, tab, "what happens next is said",
		`document.querySelector(".result").textContent.includes("saved as incident") && `+
			`document.querySelector(".result").textContent.includes("filed as soon as")`)
	awaits(t, tab, "the tile shows that it waits", `document.querySelector("#surface .waiting")`)
	if len(fake.Tickets()) != 0 {
		t.Fatal("the desk is down and has a ticket")
	}
	fake.Clear()
	awaits(t, tab, "the ticket comes when the desk is back", `document.querySelector("#surface .act a[href^='http']")`)
	if n := len(fake.Tickets()); n != 1 {
		t.Errorf("%d tickets", n)
	}
	r := d.call(http.MethodPost, "/console/status/checkout/investigate", "", "Accept", "application/json")
	if r.status != http.StatusOK || strings.Contains(r.text, "degraded") {
		t.Errorf("once more: %d %s", r.status, r.text)
	}
}

func TestFlagIsSwitchedOffAfterAConfirmation(t *testing.T) {
	tab := browser(t)()
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	run(t, tab, "ask", chromedp.Navigate(d.url+"/console/flags"), click(`button[value="alerts.auto_ticket"]`), visible(".danger"))
	if strings.Contains(d.get("/console/flags").text, "switched by") {
		t.Fatal("one click was enough")
	}
	run(t, tab, "confirm", typing(`input[name="why"]`, "too many tickets"), click(".danger"), visible(".result.good"))
	awaits(t, tab, "every page says so", `document.querySelector("#alarms").textContent.includes("Filing is switched off")`)
	d.fire("Payments are declined", "P1")
	eventually(t, "the incident", func() bool {
		return strings.Contains(d.get("/console/incidents").text, "Payments are declined")
	})
	if strings.Contains(d.get("/console/tickets").text, "Payments") {
		t.Error("a ticket was filed although filing is off")
	}
	d.stop()
	d.start()
	run(t, tab, "switch on after a restart", chromedp.Navigate(d.url+"/console/flags"),
		click(`form[action="/console/flags"] button[value="1"]`), visible(".result.good"))
	eventually(t, "what still fires gets its ticket", func() bool { return strings.Contains(d.get("/console/tickets").text, "Payments") })
}

func TestEveryPageWorksWithoutScript(t *testing.T) {
	tab := browser(t)()
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	s.fail(true)
	eventually(t, "the tile's ticket", func() bool { return d.get("/console/tickets/1").status == http.StatusOK })
	if _, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		run(t, tab, page, chromedp.Navigate(d.url+page))
		heading := value(t, tab, page, chromedp.Text(chromedp.CSS("h1")))
		if strings.TrimSpace(heading) == "" {
			t.Errorf("%s has no heading", page)
		}
	}
	run(t, tab, "silence by a form", chromedp.Navigate(d.url+"/console/silences"), typing("#matchers", `surface="checkout"`),
		click(`button[value="create"]`), visible(".result.good"))
	run(t, tab, "investigate by a form", chromedp.Navigate(d.url+"/console/status"), click("#tile-checkout form button"), visible(".result"))
}

// see sets how wide a tab is and which colours it prefers.
func see(t *testing.T, tab context.Context, scheme string, width, height int64) {
	t.Helper()
	run(t, tab, "size", chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		t.Fatal(err)
	}
}

// violation is what axe-core finds.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

func TestNothingSeriousKeepsPeopleFromUsingThePages(t *testing.T) {
	path := os.Getenv("DOCKET_TEST_AXE")
	if path == "" {
		t.Fatal("this test needs axe-core: run it by make test, or scripts/with-tools")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tab := browser(t)()
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	s.fail(true)
	d.fire("Disk almost full", "P3", "host", "db-2")
	d.post("/console/silences", url.Values{"do": {"create"}, "matchers": {`team="shop"`}, "for": {"1h"}, "comment": {"moving"}})
	d.post("/console/doctor", nil)
	eventually(t, "the tile's ticket", func() bool { return d.get("/console/tickets/1").status == http.StatusOK })
	_, after, _ := strings.Cut(d.get("/console/incidents").text, `href="/console/incidents/`)
	mark, _, _ := strings.Cut(after, `"`)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range map[string][]int64{"light": {1280, 360}, "dark": {1280}}[scheme] {
			see(t, tab, scheme, width, 900)
			for _, page := range append([]string{"/console/incidents/" + mark}, pages...) {
				run(t, tab, page, chromedp.Navigate(d.url+page), chromedp.Evaluate[chromedp.Void](string(axe)+"; true"))
				wide := value(t, tab, page, chromedp.Evaluate[bool](`document.scrollingElement.scrollWidth > window.innerWidth`))
				text := value(t, tab, page,
					chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`,
						chromedp.EvalAwaitPromise))
				var found []violation
				if err := json.Unmarshal([]byte(text), &found); err != nil {
					t.Fatalf("%s: %v", page, err)
				}
				for _, v := range found {
					if v.Impact == "serious" || v.Impact == "critical" {
						t.Errorf("%s (%s, %d px): %s: %s: %.200s", page, scheme, width, v.ID, v.Help, v.Nodes[0].HTML)
					}
				}
				if wide {
					t.Errorf("%s (%d px) is wider than the screen", page, width)
				}
			}
		}
	}
}
