// Package config is docket.yaml together with the environment: what can be set, what each
// setting is when nobody sets it, and every mistake at once, each with its place and its fix.
//
// It reads files and the environment it is given. It starts nothing and talks to nobody.
package config
