package kinds

import (
	"slices"

	"docket/internal/desk"
	"docket/internal/desk/freescout"
	"docket/internal/desk/github"
	"docket/internal/desk/local"
)

// All are the desks that Docket can file into. The first is the one that needs no settings.
func All() []desk.Kind {
	return []desk.Kind{
		{Name: local.Name, Settings: func() desk.Settings { return local.NewSettings() }},
		{
			Name: freescout.Name, Settings: func() desk.Settings { return freescout.NewSettings() },
			Route: func() desk.RouteSettings { return &freescout.RouteSettings{} }, Prefixes: []string{"FREESCOUT_", "CF_ACCESS_"},
		},
		{
			Name: github.Name, Settings: func() desk.Settings { return github.NewSettings() },
			Route: func() desk.RouteSettings { return &github.RouteSettings{} }, MaxText: github.MaxText,
		},
	}
}

// Find returns a kind by its name.
func Find(name string) (desk.Kind, bool) {
	all := All()
	i := slices.IndexFunc(all, func(k desk.Kind) bool { return k.Name == name })
	if i < 0 {
		return desk.Kind{}, false
	}
	return all[i], true
}

// Names are the names of all kinds.
func Names() []string {
	var names []string
	for _, k := range All() {
		names = append(names, k.Name)
	}
	return names
}
