package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/desk/kinds"
)

const bothDesks = "desk: local\nfreescout: {api_url: 'https://x.example.org', api_key: k, mailbox_id: 1}\n"

func TestARouteChoosesItsDeskAndSaysItWhatThatDeskTakes(t *testing.T) {
	cfg := load(t, bothDesks+"routes:\n- {match: ['a=\"b\"'], desk: freescout, mailbox_id: 7}\n- {match: ['a=\"c\"']}\n", nil)
	if to := cfg.Routes[0].To; to == nil || to.Place() != "7" || cfg.Routes[0].Desk != "freescout" {
		t.Errorf("the first route goes to %s, %+v", cfg.Routes[0].Desk, to)
	}
	if cfg.Routes[1].Desk != "local" || cfg.Routes[1].To != nil {
		t.Errorf("the second route goes to %s, %+v", cfg.Routes[1].Desk, cfg.Routes[1].To)
	}
	if diff := cmp.Diff([]string{"local", "freescout"}, cfg.DesksInUse()); diff != "" {
		t.Error(diff)
	}
}

func TestAMistakeAboutARoutesDeskNamesTheDesk(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a key of another desk", bothDesks + "routes:\n- {match: ['a=\"b\"'], desk: local, mailbox_id: 7}\n",
			"docket.yaml:4:35: routes[0].mailbox_id: is only for the desk freescout, but this route files into local"},
		{"a desk that there is not", "routes:\n- {match: ['a=\"b\"'], desk: jira, mailbox_id: 7}\n",
			`docket.yaml:2:28: routes[0].desk: "jira" is not one of ` + strings.Join(kinds.Names(), ", ")},
		{"a desk without its section", "routes:\n- {match: ['a=\"b\"'], desk: freescout}\n",
			"docket.yaml:2:28: routes[0].desk: the desk freescout is not configured: add a section freescout"},
		{"half a section", "desk: local\nfreescout: {api_url: 'https://x.example.org', mailbox_id: 1}\nroutes:\n- {match: ['a=\"b\"'], desk: " +
			"freescout}\n",
			"docket.yaml:2:12: freescout.api_key: is missing: the freescout desk needs it (FREESCOUT_API_KEY in the environment)"},
		{"a value that is none", bothDesks + "routes:\n- {match: ['a=\"b\"'], desk: freescout, mailbox_id: seven}\n",
			`docket.yaml:4:51: routes[0].mailbox_id: "seven" is not a positive number`},
		{"a key that no desk has", bothDesks + "routes:\n- {match: ['a=\"b\"'], mailbox: 7}\n",
			"docket.yaml:4:22: routes[0].mailbox: unknown key: use one of body, desk, hold, labels, mailbox_id, match, " +
				"name, on_recovery, repository, settle, storm, subject, tags, ticket_at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, refuse(t, c.text, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Files of the first version may have it so: they still start, and it is said that the key does nothing.
func TestARoutesKeyForAnotherDeskThanTheDefaultDoesNothing(t *testing.T) {
	cfg := load(t, "desk: local\nroutes:\n- {match: ['a=\"b\"'], mailbox_id: 7}\n", nil)
	if diff := cmp.Diff([]string{"routes[0].mailbox_id"}, cfg.Dormant()); diff != "" {
		t.Error(diff)
	}
}

func TestADeskKnowsThePlacesThatRoutesName(t *testing.T) {
	cfg := load(t, bothDesks+`routes:
- {match: ['a="1"'], desk: freescout, mailbox_id: 7}
- {match: ['a="2"'], desk: local}
- {match: ['a="3"'], desk: freescout, mailbox_id: 9}
- {match: ['a="4"'], desk: freescout, mailbox_id: 7}
- {match: ['a="5"'], desk: freescout}
`, nil)
	if diff := cmp.Diff([]string{"7", "9"}, cfg.PlacesOf("freescout")); diff != "" {
		t.Error(diff)
	}
	if places := cfg.PlacesOf("local"); places != nil {
		t.Errorf("the local desk has the places %v", places)
	}
}

const bothSections = "freescout: {api_url: 'https://x.example.org', api_key: k, mailbox_id: 1}\ngithub: {repository: acme/ops, token: t}\n"

func TestTwoConfiguredDesksNeedAWordAboutWhichIsTheDefault(t *testing.T) {
	want := "desk: freescout and github are configured, and no desk is named as the default: write desk: freescout or desk: github " +
		"in docket.yaml"
	if diff := cmp.Diff(want, refuse(t, bothSections, nil)); diff != "" {
		t.Error(diff)
	}
	inEnvironment := vars{"FREESCOUT_API_URL": "https://x.example.org", "FREESCOUT_API_KEY": "k", "FREESCOUT_OPERATIONS_MAILBOX_ID": "1"}
	if text := refuse(t, "github: {repository: acme/ops, token: t}\n", inEnvironment); !strings.Contains(text, "write desk: freescout or") {
		t.Errorf("with one of them in the environment: %s", text)
	}
	for name, text := range map[string]string{
		"local": "desk: local\n" + bothSections, "github": "desk: github\n" + bothSections,
		"freescout": strings.SplitAfter(bothSections, "\n")[0],
	} {
		if cfg := load(t, text, nil); cfg.Desk != name {
			t.Errorf("the default desk is %s, want %s", cfg.Desk, name)
		}
	}
}
