// Package watch probes every surface on time, whatever happens to the others. When a surface is due follows from its
// name alone, so a restart or another replica continues the same schedule. Each probe has its own goroutine and
// timeout, so a dead host only delays itself. Replicas divide the surfaces among themselves with leases in the
// database.
//
// Readings go through surface.Observe and are saved in batches, one transaction each. While a tile has a problem, the
// intake receives an alert for it.
package watch
