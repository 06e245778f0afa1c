// Package storetest gives tests real databases: a new SQLite file, or a new database on a PostgreSQL server
// that the test binary starts for itself on loopback.
//
// It is for tests only. A package that uses it has a TestMain that calls Main, which stops the server.
package storetest
