# What people do here, one line each. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help demo test bench fuzz kills lint
# Where rustup puts cargo, for shells that were not told.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' Makefile

demo: ## Show eighteen months of a generated region as nights and money
	@scripts/bootstrap
	cargo run -q -p cli -- demo

test: ## Run every test, on SQLite and on a throwaway PostgreSQL
	@scripts/bootstrap
	@CAREBANK_IN_MEMORY=1 scripts/with-postgres scripts/test

bench: ## Measure the pay run and the close of a half-year on both databases, and the formula
	@scripts/bootstrap
	scripts/with-postgres cargo bench -p app
	cargo bench -p formula --bench grants

fuzz: ## Harm returns by the thousand (minutes); CAREBANK_TIMES says how many times as many as make test
	@scripts/bootstrap
	CAREBANK_TIMES=$${CAREBANK_TIMES:-40} cargo test -p app --test laws broken

kills: ## Kill imports and runs 200 times on each database (minutes)
	@scripts/bootstrap
	CAREBANK_TIMES=$${CAREBANK_TIMES:-10} scripts/with-postgres cargo test -p cli --test kills -- --nocapture

lint: ## Formatting and clippy, warnings as errors
	@scripts/bootstrap
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
