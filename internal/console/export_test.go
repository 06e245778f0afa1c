package console

import "docket/internal/auth"

// Way is one way into the console, for the tests.
type Way struct {
	Pattern string
	Right   auth.Right
	Public  bool
}

// Ways are all ways into the console.
func Ways() []Way {
	c := &Console{static: &statics{}}
	var all []Way
	for _, r := range c.routes() {
		all = append(all, Way{r.pattern, r.right, r.public})
	}
	return all
}
