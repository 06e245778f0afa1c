// Package probe looks at surfaces from outside. A kind of probe is one file and one row of
// kinds: its settings with their check, and what asks.
//
// A probe never returns an error: what went wrong is its reading. Down and degraded are
// said only of what the surface itself did or failed to do; where Docket could not look
// (no network of its own, no files left, a platform's API that is ill), the reading is
// unknown. A probe keeps nothing, decides nothing about a tile, and takes no longer than
// its context. What comes from outside is bounded; addresses at which clouds hand out
// credentials are refused unless the configuration allows them; no reading and no error
// holds a secret of the configuration, nor what an answer's body says.
package probe
