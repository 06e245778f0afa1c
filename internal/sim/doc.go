// Package sim plays whole worlds, each from a seed, thousands a minute: replicas that are
// killed or paused between any two steps, a queue that hands a job out twice, a help desk
// that loses its answers, people who close tickets, flags that flip. The decisions and the
// courier are the program's own; what is kept, the queue and the desk are in memory.
//
// One goroutine plays a world: workers are coroutines that go on one step at a time, and
// time is a testing/synctest bubble's, so that a seed always plays the same world. The
// promises are checked by a model (model_test.go) that shares no rule with the program.
//
// It is all tests: nothing here is in the program. It never touches a network, a file or a database.
package sim
