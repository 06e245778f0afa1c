// Package fakedesk is an honest small FreeScout: a server with the API & Webhooks
// module's calls, shapes and quirks as far as they are documented or were seen, with
// faults to order. Tests and the demo file into it.
//
// It keeps real state: what a client is shown and what was really done can differ, as in
// life, and Tickets and Stats tell the truth afterwards. It never speaks first, never
// sleeps without a way to be woken, and works over a socket (Listen, or as an
// http.Handler) and inside a testing/synctest bubble (Transport). The surface under
// /_fake/ lets another process order faults and read the truth; it asks for no key, so
// Listen serves loopback addresses only.
package fakedesk
