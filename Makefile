# Docket. Run `make` to list all targets.
#
# Everything here works on a fresh machine with Go, git and make: scripts/setup installs
# whatever else a target needs, and says what it does.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME  ?= 10s
SEEDS     ?= 1000000
KILLS     ?= 10
BENCHFLAGS ?=
TESTFLAGS ?=
PKG       ?= ./...

# Without the path of the clone in it, what one clone compiled serves the next.
export GOFLAGS ?= -trimpath

LINT := .build/tools/golangci-lint

.PHONY: help
help: ## List all targets
	@echo "Docket turns alerts into help-desk tickets. There is:"
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
		while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

.PHONY: run
run: build ## Build and serve without any configuration: http://127.0.0.1:8080, data in ./docket.db
	exec ./docket serve

.PHONY: build
build: ## Build ./docket, one static binary
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w -X main.version=$(VERSION)' -o docket ./cmd/docket

.PHONY: check
check: setup-check ## Quick check: lint and the tests that need no other program (PKG=./internal/alert/ for one package)
	$(LINT) run $(PKG)
	scripts/test -short -timeout 5m $(TESTFLAGS) $(PKG)

# The tests with real programs spend most of their time waiting, hence -parallel 12; -count=1
# because Go's test cache does not notice when those programs change. The linter includes vet.
.PHONY: test
test: setup ## Run every test, including those with real PostgreSQL, Prometheus, Alertmanager and Chromium
	$(LINT) run ./...
	scripts/with-tools scripts/test -promises docs/promises.md -count=1 -timeout 30m -parallel 12 $(TESTFLAGS) ./...

.PHONY: screens
screens: build ## Take the screenshots in docs/screens from the demo
	@scripts/setup chromium
	scripts/screens

.PHONY: prove
prove: setup ## Simulate a million worlds (SEEDS=1000000) and kill the real program KILLS=10 times at each failpoint, in real time
	go test -count=1 -timeout 3h -v -run 'Worlds|World' ./internal/sim -seeds $(SEEDS)
	go test -count=1 -timeout 1h -v -run 'TestEveryPathKeepsThePromises|TestLongStoriesKeepThePromises' ./internal/rule -shallower 0 -stories 1500
	go test -count=1 -timeout 1h -v -run 'TestEveryFaultOfTheFieldIsCaught' ./internal/sim -harmless 10000
	scripts/with-tools go test -count=1 -timeout 3h -v -run 'TestKilledAtAnyFailpointEveryAlertGetsOneTicket' ./cmd/docket -kills $(KILLS) -hurry 1
	scripts/with-tools go test -count=1 -timeout 1h -v -run 'TestRepeatsDuringACreateOfFifteenSecondsAreOneTicket|TestRepeatsDuringACreateOfTwentySecondsAreOneTicket|TestACreateSlowerThanItsTimeoutIsOneTicket|TestTwoClusteredSendersDuringACreateOfTwentySecondsAreOneTicket|TestAKillWhileTheSearchIsThirtySecondsBehindIsOneTicket' ./cmd/docket -hurry 1
	scripts/with-tools go test -count=1 -timeout 1h -v -run 'TestAFloodOfAlertsIsOneStorm|TestThreeReplicasUnderFireFileEveryAlertOnce' ./cmd/docket \
		-flood 100000 -fire-alerts 240

.PHONY: bench
bench: ## Benchmark side by side with Alertmanager (BENCHFLAGS=-help lists the options)
	@scripts/setup postgres alertmanager
	scripts/with-tools go run ./bench $(BENCHFLAGS)

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME=10s each (FUZZ=source selects targets)
	@FUZZTIME=$(FUZZTIME) scripts/fuzz

.PHONY: lint
lint: setup-lint ## Run the linter only
	$(LINT) run $(PKG)

.PHONY: fmt
fmt: setup-lint ## Format the code and apply the linter's automatic fixes
	$(LINT) fmt
	$(LINT) run --fix $(PKG)

.PHONY: bugs
bugs: ## List known bugs: the BUG(area) paragraphs
	@scripts/bugs

.PHONY: setup
setup: ## Install what building and testing needs: linter, PostgreSQL, Prometheus, Alertmanager
	@scripts/setup

.PHONY: setup-lint setup-check
setup-lint:
	@scripts/setup lint
setup-check:
	@scripts/setup cc lint

.PHONY: clean
clean: ## Remove everything built or downloaded here; keeps your data (docket.db)
	rm -rf .build docket
