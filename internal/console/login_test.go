package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

// account makes one beside the running server, as docket auth set does.
func account(t *testing.T, database, name, role string) {
	t.Helper()
	st, err := store.Open(t.Context(), database, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	hash, err := auth.HashPassword("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	err = st.PutAccount(t.Context(), store.Account{Name: name, Role: role, Password: hash}, audit.Entry{
		CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: audit.Person("test"), Action: audit.ActionAccountSet,
		Payload: map[string]any{"name": name, "role": role},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLoginOpensWhatTheRoleMayDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		tab := browser(t)()
		s := newShop(t)
		d := start(t, database, surfaces(s)+"auth: {mode: password}\n", nil)
		account(t, database, "ada", "operator")
		account(t, database, "bob", "viewer")
		login := func(name, password string) {
			run(t, tab, "log in", chromedp.Navigate(d.url+"/console/flags"), visible("#name"), typing("#name", name), typing("#password", password),
				click("button[type=submit]"))
		}
		login("ada", "a wrong password")
		awaits(t, tab, "what is wrong is said", `document.querySelector("[role=alert]")`)
		if strings.Contains(value(t, tab, "the page", chromedp.Text(chromedp.CSS("body"))), "Recent changes") {
			t.Fatal("a wrong password opens the console")
		}
		login("ada", "correct horse battery")
		awaits(t, tab, "the page that was asked for",
			`document.querySelector("h1")?.textContent === "Flags" && document.querySelector("main form")`)
		run(t, tab, "log out", click(`form[action="/console/logout"] button`))
		awaits(t, tab, "logged out", `!document.querySelector("form[action='/console/logout']")`)
		run(t, tab, "ask again", chromedp.Navigate(d.url+"/console"), visible("#name"))
		login("bob", "correct horse battery")
		awaits(t, tab, "a viewer sees the page without buttons",
			`document.querySelector("h1")?.textContent === "Flags" && !document.querySelector("main form")`)
		for _, action := range []string{audit.ActionLogin, audit.ActionLogout} {
			st, err := store.Open(t.Context(), database, store.Options{Beside: true})
			if err != nil {
				t.Fatal(err)
			}
			entries, err := st.ListAudit(t.Context(), store.AuditFilter{Action: action})
			if err != nil || len(entries) == 0 {
				t.Errorf("nothing is audited as %s: %v", action, err)
			}
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
