package github_test

import (
	"slices"
	"strings"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
)

// TestEveryFaultOfACheckHasItsHop: the doctor names the first step that is broken, never just "failed".
func TestEveryFaultOfACheckHasItsHop(t *testing.T) {
	d := open(t, configFor("https://api.github.com"))
	rest := []string{
		"not_visible_yet", "missing", "deleted", "locked", "status_unsupported", "draft_without_mark", "list_too_long", "search_incomplete",
	} // No check ends with these.
	for _, f := range github.Faults {
		known := slices.ContainsFunc(d.Hops(), func(h desk.Hop) bool { return slices.Contains(h.Faults, f.Name) })
		if known == slices.Contains(rest, f.Name) {
			t.Errorf("the fault %s has a hop: %v", f.Name, known)
		}
	}
}

func TestTheWayIsLookedAtCloser(t *testing.T) {
	fake, url := start(t, fakegithub.Options{Calls: 5000, Repositories: []string{home, moved}})
	config := configFor(url)
	config.Places = []string{moved}
	d := open(t, config)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	look := func(name string) (string, string, error) {
		for _, h := range d.Hops() {
			if h.Name == name {
				return h.Look(t.Context())
			}
		}
		t.Fatalf("there is no hop %s", name)
		return "", "", nil
	}
	if _, evidence, err := look("rate limit"); err != nil || !strings.HasPrefix(evidence, "4998 of 5000 calls left until ") {
		t.Errorf("rate limit: %q, %v", evidence, err)
	}
	fake.Rename(home, "octo/operations")
	if sentence, _, err := look("repository"); err != nil || !strings.Contains(sentence, "octo/operations") {
		t.Errorf("repository: %q, %v", sentence, err)
	}
	if _, evidence, err := look("route repositories"); err != nil || evidence != moved {
		t.Errorf("route repositories: %q, %v", evidence, err)
	}
	fake.Archive(moved)
	if _, _, err := look("route repositories"); outcomeOf(err) != "refused archived" || !strings.Contains(err.Error(), moved) {
		t.Errorf("route repositories: %v", err)
	}
}
