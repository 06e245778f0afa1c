package console

import "net/http"

// settingsPage is the configuration as loaded.
type settingsPage struct {
	Settings string
	Engine   string
}

func (c *Console) getSettings(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "settings", page{Title: "Settings", Nav: "settings", Body: settingsPage{c.Settings, c.Store.Engine()}})
}
