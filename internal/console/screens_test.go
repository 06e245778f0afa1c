package console_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// screens is where make screens wants the pictures.
var screens = flag.String("screens", "", "take the pictures of the demonstration at DOCKET_DEMO_URL into this folder")

// shots are the pictures of docs/screens: each page wide, light and dark, and on a phone.
var shots = []struct {
	name, path string
	height     int64
}{
	{"overview", "/console", 1000},
	{"status", "/console/status", 1000},
	{"surface", "/console/status/checkout", 1300},
	{"incidents", "/console/incidents?show=all", 800},
	{"incident", "", 1000}, // The first that the list leads to.
	{"tickets", "/console/tickets", 800},
	{"silences", "/console/silences", 1000},
	{"flags", "/console/flags", 800},
	{"audit", "/console/audit", 1000},
	{"doctor", "/console/doctor", 1300},
	{"settings", "/console/settings", 1000},
	{"public", "/status", 1200},
}

// looks are the ways in which each page is taken.
var looks = []struct {
	suffix, scheme string
	width          int64
}{{"", "light", 1200}, {"-dark", "dark", 1200}, {"-phone", "light", 390}}

// TestScreens takes the pictures of a demonstration that runs; without its address it takes
// them of a small scene of its own and looks whether anything is in them.
func TestScreens(t *testing.T) {
	tab := browser(t)()
	folder, url := *screens, os.Getenv("DOCKET_DEMO_URL")
	if folder == "" || url == "" {
		s := newShop(t)
		d := start(t, filepath.Join(t.TempDir(), "docket.db"), surfaces(s), nil)
		folder, url = t.TempDir(), d.url
	}
	for _, shot := range shots {
		path := shot.path
		if path == "" {
			if path = firstIncident(t, tab, url); path == "" {
				continue // A scene in which nothing has happened yet.
			}
		}
		for _, look := range looks {
			name := shot.name + look.suffix
			ctx, cancel := context.WithTimeout(tab, time.Minute)
			see(t, ctx, look.scheme, look.width, min(shot.height, look.width*3))
			run(t, ctx, name, chromedp.Navigate(url+path), visible("h1"))
			picture := value(t, ctx, name, chromedp.FullScreenshot(40))
			cancel()
			if len(picture) < 6<<10 {
				t.Errorf("%s is a picture of %d bytes", name, len(picture))
			}
			if err := os.WriteFile(filepath.Join(folder, name+".jpg"), picture, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// firstIncident is the address of the incident that the list shows first, "" for none.
func firstIncident(t *testing.T, tab context.Context, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	run(t, ctx, "the incidents", chromedp.Navigate(url+"/console/incidents?show=all"), visible("h1"))
	return value(t, ctx, "the first incident",
		chromedp.Evaluate[string](`document.querySelector('main a[href^="/console/incidents/"]')?.getAttribute("href") ?? ""`))
}
