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

// shots are the pictures of docs/screens: each page as it is wide and light, some also dark
// and on a phone.
var shots = []struct {
	name, path, scheme string
	width, height      int64
}{
	{"overview", "/console", "light", 1280, 1000},
	{"overview-dark", "/console", "dark", 1280, 1000},
	{"overview-phone", "/console", "light", 390, 844},
	{"status", "/console/status", "light", 1280, 1000},
	{"status-dark", "/console/status", "dark", 1280, 1000},
	{"status-phone", "/console/status", "dark", 390, 844},
	{"surface", "/console/status/checkout", "light", 1280, 1300},
	{"incidents", "/console/incidents?show=all", "light", 1280, 800},
	{"incidents-phone", "/console/incidents?show=all", "light", 390, 844},
	{"tickets", "/console/tickets", "light", 1280, 800},
	{"silences", "/console/silences", "light", 1280, 1000},
	{"flags", "/console/flags", "light", 1280, 800},
	{"doctor", "/console/doctor", "light", 1280, 1300},
	{"public", "/status", "light", 1000, 1200},
	{"public-phone", "/status", "dark", 390, 844},
}

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
		ctx, cancel := context.WithTimeout(tab, time.Minute)
		see(t, ctx, shot.scheme, shot.width, shot.height)
		run(t, ctx, shot.name, chromedp.Navigate(url+shot.path), visible("h1"))
		picture := value(t, ctx, shot.name, chromedp.FullScreenshot(50))
		cancel()
		if len(picture) < 8<<10 {
			t.Errorf("%s is a picture of %d bytes", shot.name, len(picture))
		}
		if err := os.WriteFile(filepath.Join(folder, shot.name+".jpg"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
