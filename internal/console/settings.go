package console

import (
	"net/http"

	"docket/internal/doctor"
)

// settingsPage is the configuration as loaded.
type settingsPage struct {
	Settings string
	Engine   string
	// File is the state of the configuration file, nil if no file is watched.
	File *doctor.Configuration
}

func (c *Console) showSettings(*http.Request) (shown, error) {
	p := settingsPage{Settings: c.Settings, Engine: c.Store.Engine()}
	if c.Configuration != nil {
		file := c.Configuration()
		p.File = &file
	}
	return shown{body: p}, nil
}
