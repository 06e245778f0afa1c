// Package surface models the things users touch and their health. Observe turns readings into a tile's state,
// damped so that one lost packet changes nothing; Worst combines several statuses; Alert is what a tile sends
// to the rest of Docket when it is unhealthy. Everything here is pure.
package surface
