// Package watch probes every surface on time, whatever its neighbours do. A surface is due
// at moments that follow from its name alone, so that a restart and another replica go on
// where one stopped; each probe has a goroutine and a time limit of its own, so that a dead
// host costs only itself. Replicas share the surfaces out by leases in the database.
//
// What the probes see goes through surface.Observe, is kept in one transaction for all that
// came in since the last, and is told to the intake as an alert where a tile is ill.
package watch
