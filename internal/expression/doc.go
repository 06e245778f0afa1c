// Package expression compiles and bounds expressions in CEL (https://cel.dev, read 2026-11-23)
// over JSON that is not ours: those of a source's mapping and of a probe's condition.
//
// It never reads the JSON itself, and knows no alert and no surface.
package expression
