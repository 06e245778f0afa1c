package console

import (
	"net/http"

	"docket/internal/doctor"
)

// settingsPage is the configuration as loaded.
type settingsPage struct {
	Settings string
	Engine   string
	// File is what the configuration file says, nil where it is not followed.
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
