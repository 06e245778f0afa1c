// Package probe checks surfaces from outside. A kind of probe is one file and one row of kinds: its settings
// with their validation, and the code that does the check.
//
// A probe never returns an error: what went wrong is in its reading. Down and degraded are reported only for
// what the surface itself did or failed to do; if Docket could not look (no network of its own, no file
// descriptors left, a failing platform API), the reading is unknown. A probe stores nothing, decides nothing
// about a tile, and takes no longer than its context. Everything from outside is limited in size. Addresses
// at which clouds hand out credentials are refused unless the configuration allows them. No reading and no
// error contains a secret from the configuration or the content of a response body.
package probe
