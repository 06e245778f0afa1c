//go:build tools

// Package tools pins the programs that the build uses, in a module of their own, so that
// nothing they need becomes a dependency of Docket.
package tools

import _ "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"
