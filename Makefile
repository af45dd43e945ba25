# Skysift. `make help` lists what there is to make; `make demo` and `make test`
# need Go and make, and fetch the rest themselves.

.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Tests that need more than Go stand behind a build tag each; so do the builds
# that are broken on purpose. internal/lint knows the same names.
TAGS    := kafka,interop,registry,chaos,bench,docs
MUTANTS := mutant_commit_first

# How many inputs each fuzz target is given.
FUZZRUNS ?= 1000000

# The packages with tests behind the tag $(1).
tagged = $$(grep -rlE --include='*_test.go' '^//go:build .*\b$(1)\b' . | xargs -r -n1 dirname | sort -u)

# Runs the tests behind the tag $(1), with the flags $(2). A tag without a test
# is a mistake: it must not look like a pass. One package after another, as
# each starts servers of its own.
define run-tagged
	@packages=$(call tagged,$(1)); \
	if [ -z "$$packages" ]; then echo "no test has the build tag $(1)" >&2; exit 1; fi; \
	echo "$(GO) test -count=1 -p 1 -tags $(1) $(2)" $$packages; \
	$(GO) test -count=1 -p 1 -tags $(1) $(2) $$packages
endef

.PHONY: help
help: ## This list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: build
build: ## Build bin/skysift
	$(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/skysift ./cmd/skysift

.PHONY: demo
demo: build ## A simulated night through filters.yaml, with nothing installed: a minute
	@bin/skysift demo --filters filters.yaml

.PHONY: test
test: ## All tests that need nothing but Go
	$(GO) test -timeout 10m ./...

.PHONY: race
race: ## The same tests under the race detector
	$(GO) test -race -timeout 20m ./...

.PHONY: test-kafka
test-kafka: ## Tests on a real Apache Kafka, which they start themselves (needs Java and Maven)
	@.ci/need java mvn
	$(call run-tagged,kafka,-timeout 15m)
	SKYSIFT_KAFKA_VERSION=3.9.1 SKYSIFT_KAFKA_BROKERS=3 $(GO) test -count=1 -tags kafka -timeout 12m ./internal/e2e

.PHONY: test-interop
test-interop: ## What we write is read by the Python clients people use (needs Java, Maven, Python)
	@.ci/need java mvn python3
	$(call run-tagged,interop,-timeout 15m)

.PHONY: test-registry
test-registry: ## Schemas from a real registry, Apicurio, which the test starts itself (needs Java and Maven)
	@.ci/need java mvn
	$(call run-tagged,registry,-timeout 14m)

.PHONY: test-python
test-python: ## The tests of the Python SDK alone (needs Python)
	@.ci/need python3
	$(GO) test -count=1 -tags interop -timeout 10m ./examples/plugins/python

.PHONY: lint
lint: ## vet, gofmt, staticcheck, and govulncheck where its database can be had
	$(GO) vet ./...
	$(GO) vet -tags $(TAGS) ./...
	$(GO) vet -tags $(MUTANTS) ./...
	@files=$$(find . -name '*.go' -not -path './.*/*' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(STATICCHECK) -tags $(TAGS) ./...
	@.ci/vulnerabilities "$(GO)" "$(GOVULNCHECK)"

.PHONY: docs-check
docs-check: build ## Run every command that the documents show
	$(call run-tagged,docs,-timeout 20m -run TestDocuments)

.PHONY: generate
generate: ## Write all generated files anew
	$(GO) generate ./...

.PHONY: generate-check
generate-check: ## Fail unless make generate changes nothing
	@.ci/unchanged $(MAKE) --no-print-directory generate

.PHONY: chaos
chaos: ## Workers killed and stopped, leaders moved, the broker gone: is anything lost? (long)
	@.ci/need java mvn
	$(call run-tagged,chaos,-timeout 90m -v)

.PHONY: chaos-short
chaos-short:
	@.ci/need java mvn
	$(call run-tagged,chaos,-short -timeout 20m)

.PHONY: fuzz
fuzz: ## Every fuzz target on FUZZRUNS inputs (1000000)
	@.ci/fuzz "$(GO)" "$(FUZZRUNS)"

.PHONY: fuzz-short
fuzz-short:
	@.ci/fuzz "$(GO)" 20000

.PHONY: bench
bench: ## Everything measured: benchmarks, then whole runs on a real Kafka (long; needs Java, Maven, Python)
	@.ci/need java mvn python3
	$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...
	$(call run-tagged,bench,-timeout 90m -v)

.PHONY: bench-short
bench-short:
	@.ci/need java mvn python3
	$(GO) test -short -run '^$$' -bench . -benchtime 20ms -benchmem -timeout 10m ./...
	$(call run-tagged,bench,-short -timeout 20m -v)

.PHONY: bench-filters
bench-filters: ## 10 to 10,000 filters together, beside one by one
	$(GO) test -count=1 -tags bench -v -timeout 30m -run 'TestManyFilters$$' ./internal/bench

.PHONY: clean
clean: ## Remove what was built and cached here
	rm -rf bin .cache .venv dist
