// Package probe reads surfaces: one file per kind, and a literal table of kinds. A probe
// never fails: what goes wrong is in the reading. What it brings from outside is bounded,
// and it ends with its context.
package probe
