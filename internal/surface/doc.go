// Package surface is what users touch, and how it does: Observe turns readings into a
// tile's state, damped so that one lost packet turns nothing, Worst sums tiles up, and
// Alert says to the rest of Docket that a tile is ill. Everything here is pure.
package surface
