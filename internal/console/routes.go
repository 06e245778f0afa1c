package console

import (
	"net/http"

	"docket/internal/auth"
)

// view is one page: its address, its menu entry ("" for none), the right it requires, its template (NAME.html) and the
// function that loads its data. A new page is a row here and its two files.
type view struct {
	path, menu string
	right      auth.Right
	template   string
	show       func(*http.Request) (shown, error)
}

// views are all pages for operators. Those with a menu entry appear in the menu in this order.
func (c *Console) views() []view {
	return []view{
		{"/console", "Overview", auth.Read, "overview", c.showOverview},
		{"/console/status", "Status", auth.Read, "status", c.showStatus},
		{"/console/status/{surface}", "", auth.Read, "surface", c.showSurface},
		{"/console/incidents", "Incidents", auth.Read, "incidents", c.showIncidents},
		{"/console/incidents/{id}", "", auth.Read, "incident", c.showIncident},
		{"/console/tickets", "Tickets", auth.Read, "tickets", c.showTickets},
		{"/console/tickets/{id}", "", auth.Read, "ticket", c.showTicket},
		{"/console/silences", "Silences", auth.Read, "silences", c.showSilences},
		{"/console/flags", "Flags", auth.Read, "flags", c.showFlags},
		{"/console/audit", "Audit", auth.Read, "audit", c.showAudit},
		{"/console/doctor", "Doctor", auth.Read, "doctor", c.showDoctor},
		{"/console/settings", "Settings", auth.Admin, "settings", c.showSettings},
	}
}

// route is any route of the console. A right of "" means open to everybody; public marks the routes that the setting
// for the status page opens.
type route struct {
	pattern string
	right   auth.Right
	public  bool
	do      http.HandlerFunc
}

// routes are all routes of the console and the rights they require: pages, forms, and what programs or the public read.
func (c *Console) routes() []route {
	const static = "GET /static/{file}"
	all := []route{
		{"POST /console/status/{surface}/investigate", auth.Operate, false, c.postInvestigate},
		{"POST /console/tickets/{id}", auth.Operate, false, c.postTicket},
		{"POST /console/silences", auth.Operate, false, c.postSilence},
		{"POST /console/silences/{id}/expire", auth.Operate, false, c.postExpire},
		{"POST /console/maintenance", auth.Operate, false, c.postWindow},
		{"POST /console/maintenance/{id}/end", auth.Operate, false, c.postEndWindow},
		{"POST /console/flags", auth.Operate, false, c.postFlag},
		{"GET /console/audit/export", auth.Read, false, c.exportAudit},
		{"POST /console/audit/verify", auth.Operate, false, c.postVerify},
		{"POST /console/doctor", auth.Operate, false, c.postDoctor},
		{"GET /console/events", auth.Read, false, c.getEvents},
		{"GET /status", "", true, c.getPublic},
		{"GET /status.json", "", true, c.getPublicJSON},
		{"GET /status.atom", "", true, c.getPublicAtom},
		{"GET /badge/{file}", "", true, c.getBadge},
		{static, "", false, c.static.serve},
	}
	for _, v := range c.views() {
		all = append(all, route{"GET " + v.path, v.right, false, c.page(v)})
	}
	return all
}

// maxForm limits the size of a form's body.
const maxForm = 64 << 10

// Mount puts the console's routes on a mux, each behind the right it requires.
func (c *Console) Mount(mux *http.ServeMux) {
	for _, r := range c.routes() {
		h := http.MaxBytesHandler(r.do, maxForm)
		switch {
		case r.public:
			h = c.Guard.Status(h)
		case r.right != "":
			h = c.Guard.Require(r.right, h)
		}
		mux.Handle(r.pattern, h)
	}
}
