package console

import (
	"net/http"

	"docket/internal/auth"
)

// route is one way into the console. A right of "" is open to everybody; public marks what
// the status page's own setting opens.
type route struct {
	pattern string
	right   auth.Right
	public  bool
	do      http.HandlerFunc
}

// routes are all ways into the console and what each asks for.
func (c *Console) routes() []route {
	const static = "GET /static/{file}"
	return []route{
		{"GET /console", auth.Read, false, c.getOverview},
		{"GET /console/status", auth.Read, false, c.getStatus},
		{"GET /console/status/{surface}", auth.Read, false, c.getSurface},
		{"POST /console/status/{surface}/investigate", auth.Operate, false, c.postInvestigate},
		{"GET /console/incidents", auth.Read, false, c.getIncidents},
		{"GET /console/incidents/{id}", auth.Read, false, c.getIncident},
		{"GET /console/tickets", auth.Read, false, c.getTickets},
		{"GET /console/tickets/{id}", auth.Read, false, c.getTicket},
		{"POST /console/tickets/{id}", auth.Operate, false, c.postTicket},
		{"GET /console/silences", auth.Read, false, c.getSilences},
		{"POST /console/silences", auth.Operate, false, c.postSilence},
		{"POST /console/silences/{id}/expire", auth.Operate, false, c.postExpire},
		{"POST /console/maintenance", auth.Operate, false, c.postWindow},
		{"POST /console/maintenance/{id}/end", auth.Operate, false, c.postEndWindow},
		{"GET /console/flags", auth.Read, false, c.getFlags},
		{"POST /console/flags", auth.Operate, false, c.postFlag},
		{"GET /console/audit", auth.Read, false, c.getAudit},
		{"GET /console/audit/export", auth.Read, false, c.exportAudit},
		{"POST /console/audit/verify", auth.Operate, false, c.postVerify},
		{"GET /console/doctor", auth.Read, false, c.getDoctor},
		{"POST /console/doctor", auth.Operate, false, c.postDoctor},
		{"GET /console/settings", auth.Admin, false, c.getSettings},
		{"GET /console/events", auth.Read, false, c.getEvents},
		{"GET /status", "", true, c.getPublic},
		{"GET /status.json", "", true, c.getPublicJSON},
		{"GET /status.atom", "", true, c.getPublicAtom},
		{"GET /badge/{file}", "", true, c.getBadge},
		{static, "", false, c.static.serve},
	}
}

// Mount puts the console's routes on a mux, each behind the guard that it asks for.
func (c *Console) Mount(mux *http.ServeMux) {
	for _, r := range c.routes() {
		var h http.Handler = r.do
		switch {
		case r.public:
			h = c.Guard.Status(h)
		case r.right != "":
			h = c.Guard.Require(r.right, h)
		}
		mux.Handle(r.pattern, h)
	}
}
