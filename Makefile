# Prosa: every command of the project. `make help` lists them.
# Two are enough to begin: `make demo` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export GOFLAGS := -buildvcs=false

DATA   ?= data/demo
PORT   ?= 8080
BINARY := bin/prosa
STEP   := ./tools/step

.PHONY: help
help: ## list the commands
	@awk 'BEGIN{FS=":.*## "} /^##@ /{printf "\n%s\n", substr($$0,5)} /^[a-z][a-zA-Z0-9_-]*:.*## /{printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run

.PHONY: demo
demo: binary ## set up and run the product with simulated phones and a lived-in company
	@exec $(BINARY) demo --data $(DATA) --port $(PORT)

.PHONY: demo-reset
demo-reset: ## forget what happened in the demo
	@rm -rf $(DATA) && echo "The demo starts anew with the next 'make demo'."

.PHONY: dev
dev: needs-node web/node_modules/.ready ## run the demo; page and binary reload when a file changes
	@exec ./tools/dev $(DATA) $(PORT)

.PHONY: binary
binary: needs-go web ## build bin/prosa with the web pages in it
	@$(STEP) "building $(BINARY)" go build -trimpath -ldflags "-s -w" -o $(BINARY) ./cmd/prosa

.PHONY: web
web: web/dist/.built ## build the web pages

WEB_SOURCES := $(shell find web/src web/public web/*.html web/*.ts web/*.json web/*.js -type f 2>/dev/null)
web/dist/.built: web/node_modules/.ready $(WEB_SOURCES)
	@$(STEP) "building the web pages" npm --prefix web run --silent build
	@touch $@

web/node_modules/.ready: web/package-lock.json | needs-node
	@$(STEP) "installing the web's packages" npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

##@ Prove

.PHONY: test
test: needs-go stripe-mock web/node_modules/.ready ## the tests, on SQLite: Go packages and web units, side by side
	@$(MAKE) --no-print-directory -j2 --output-sync=target test-go test-web

.PHONY: test-go
test-go: needs-go stripe-mock ## the Go tests on SQLite
	@$(STEP) "Go tests on SQLite" ./tools/gotest sqlite

.PHONY: test-postgres
test-postgres: needs-go needs-postgres ## the Go tests again on PostgreSQL
	@$(STEP) "Go tests on PostgreSQL" ./tools/gotest postgres

.PHONY: test-web
test-web: web/node_modules/.ready ## the web's unit tests
	@$(STEP) "web unit tests" npm --prefix web run --silent test

.PHONY: race
race: needs-go ## the race detector on the packages that do not open SQLite
	@$(STEP) "race detector" ./tools/race

.PHONY: format
format: ## put the code into its form
	@gofmt -w $$(git ls-files '*.go')

.PHONY: format-check
format-check: needs-go
	@unformed=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformed" ]; then echo "Not formatted (run 'make format'):" $$unformed; exit 1; fi

.PHONY: lint
lint: needs-go .tools/golangci-lint web/node_modules/.ready ## linters for Go and the web
	@$(STEP) "go vet" go vet ./...
	@$(STEP) "golangci-lint" .tools/golangci-lint run ./...
	@$(STEP) "web lint and types" ./tools/weblint

.tools/golangci-lint: tools/versions
	@. tools/versions; $(STEP) "installing golangci-lint $$GOLANGCI_LINT" env GOBIN=$(CURDIR)/.tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$$GOLANGCI_LINT
	@touch $@

.tools/stripe-mock: tools/versions
	@. tools/versions; $(STEP) "installing stripe-mock $$STRIPE_MOCK" env GOBIN=$(CURDIR)/.tools go install github.com/stripe/stripe-mock@$$STRIPE_MOCK
	@touch $@

.PHONY: stripe-mock
stripe-mock: needs-go
	@$(MAKE) --no-print-directory .tools/stripe-mock || echo "The calls to Stripe are not checked: stripe-mock could not be built."

.PHONY: arch
arch: needs-go ## the rules of the tree
	@$(STEP) "rules of the tree" go test -count=1 ./internal/arch

.PHONY: generated
generated: needs-go web/node_modules/.ready ## what is generated is fresh: OpenAPI, TypeScript types
	@$(STEP) "generated files are fresh" ./tools/generated

.PHONY: e2e
e2e: binary needs-browser ## journeys in Chromium through the simulated phone and the inbox
	@$(STEP) "journeys in the browser" ./tools/e2e

.PHONY: e2e-modes
e2e-modes: binary needs-postgres ## black-box journeys in both modes: all on SQLite; split on PostgreSQL and a NATS server
	@$(STEP) "black-box journeys in both modes" env PROSA_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 15m -v ./e2e/...

.PHONY: check
check: needs-go ## everything that must hold before a change lands
	@MAKE="$(MAKE) --no-print-directory" ./tools/check

.PHONY: check-all
check-all: check race fuzz show-specs show-probes show-engine show-flows show-turns show-calls show-bot-kills show-shop show-money show-catalog show-stripe show-journey-kills show-outage show-pan show-acquisition show-matrix show-replays show-vectors show-races show-proration show-purchase show-channels show-kills show-move show-focus show-plans show-mistakes show-bench show-gate show-image show-plain show-demo show-accounts show-costs show-cost-pages show-off-hours ## check, and everything that takes its time

.PHONY: fuzz
fuzz: needs-go ## each fuzz target for a while (FUZZTIME=20s)
	@$(STEP) "fuzzing" ./tools/fuzz $${FUZZTIME:-20s}

##@ Show (each line of an issue's "Must show")

.PHONY: show-demo
show-demo: ## time to the first page from a clean clone with empty caches, later starts, memory at rest
	@./tools/show-demo

.PHONY: show-specs
show-specs: needs-go ## our requests against the vendors' machine-readable descriptions
	@./tools/show-specs

.PHONY: show-probes
show-probes: binary needs-postgres ## the probes of a gateway, beside the peer's results
	@PROSA_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -v -run 'TestProbes' ./e2e/... | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-replays
show-replays: needs-go needs-postgres ## every webhook file of four channels, twice, shuffled and side by side: the same state on both engines (REPLAYS=10)
	@go test -count=1 -v -run 'TestShowReplays' ./internal/app -replays $${REPLAYS:-10} | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-fuzz
show-fuzz: needs-go ## each reader of webhooks is fuzzed on one core, with the neighbours of what it reads (FUZZTIME=10m)
	@./tools/show-fuzz $${FUZZTIME:-10m}

.PHONY: show-clients
show-clients: binary needs-node ## bot libraries that others wrote, as they are, against the simulators of Telegram and WhatsApp
	@$(STEP) "third-party clients on the simulators" env PROSA_BINARY=$(CURDIR)/$(BINARY) ./tools/show-clients

.PHONY: show-kills
show-kills: binary needs-postgres ## kill -9 at random points under load, in each mode (KILLS=200)
	@KILLS=$${KILLS:-200} ./tools/show-kills

.PHONY: show-move
show-move: binary needs-postgres ## a company goes to another installation under load, called off once, killed on the way: 0 lost, 0 doubled, in order (MOVES=all-all,all-split,split-all)
	@PROSA_BINARY=$(CURDIR)/$(BINARY) PROSA_MOVES=$${MOVES:-all-all,all-split,split-all} go test -count=1 -timeout 20m -v -run 'TestMove$$' ./e2e/... | grep -e '^MOVE' -e '^---' -e 'move_test.go:[0-9]*: [A-Z]' -e '^FAIL' -e '^ok'

.PHONY: show-bench
show-bench: binary needs-postgres ## prosa bench on both engines against the bars
	@./tools/show-bench

.PHONY: show-engine
show-engine: needs-go ## the bot engine: cost of a message, a flow of 1,000 nodes, hostile input
	@./tools/show-engine

.PHONY: show-flows
show-flows: binary ## every ready flow: form, proofs, tests, made-up customers (CUSTOMERS=500)
	@PROSA_BINARY=$(BINARY) ./tools/show-flows

.PHONY: show-turns
show-turns: needs-go needs-postgres ## bot turns a second and their p99 with the database, both engines
	@go test -count=1 -v -run 'TestShowTurns' ./internal/modules/botrun | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-calls
show-calls: needs-go ## addresses that a flow's web call must not reach, a resolver that rebinds among them
	@go test -count=1 -v -run 'TestShowSSRF' ./internal/platform/httpclient | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-bot-kills
show-bot-kills: needs-go needs-postgres ## kill -9 at every step of a bot's turn; two messages of one millisecond
	@go test -count=1 -v -run 'TestShowKillEveryStep|TestS11' ./internal/modules/botrun | grep -v -e '^=== '

.PHONY: show-builder
show-builder: binary needs-browser ## the builder in Chromium: from an empty bot to a second version and back; pictures in e2e/browser/artifacts
	@$(STEP) "the builder's journey" ./tools/e2e builder.test.mjs

.PHONY: show-purchase
show-purchase: binary needs-browser ## a purchase in Chromium: WhatsApp and Telegram phones, catalog, cart, Pix, the attendant beside it; pictures in e2e/browser/artifacts
	@$(STEP) "a purchase in the conversation" ./tools/e2e purchase.test.mjs

.PHONY: show-channels
show-channels: binary needs-browser ## the four channels in Chromium: phone, bot, inbox and phone again with every kind, and after the reply window; pictures in e2e/browser/artifacts
	@$(STEP) "the four channels, phone to inbox and back" ./tools/e2e channels.test.mjs

.PHONY: show-shop
show-shop: needs-go needs-postgres ## the shop: races for stock, carts and coupons, replays, all orders of payments, interleavings, checkouts a second
	@go test -count=1 -v -run 'TestShow' ./internal/modules/order | grep -v -e '^=== ' -e '--- PASS'
	@PROSA_TEST_ENGINE=postgres go test -count=1 -v -run 'TestShowPayment|TestShowInterleavings' ./internal/modules/order | grep -v -e '^=== ' -e '--- PASS'
	@./tools/show-checkout

.PHONY: show-money
show-money: needs-go ## codes of Pix that others made, bills that add up in what is sent, money that is read from any text, no float in money (FUZZTIME=20s)
	@go test -count=1 -v -run 'TestTheSumIsThatOfTheStandard|TestCodesOfOthers|TestBadCodes|TestBillsThatDoNotAddUp|TestEveryBillAddsUp|TestMoneyIsNeverAFloat|TestSplitAddsUp|TestWhatIsWrittenIsReadAgain' ./internal/base/br ./internal/base/money ./internal/message ./internal/adapters/whatsapp ./internal/arch | grep -v -e '^=== '
	@go test -run '^$$' -fuzz FuzzParse -fuzztime $${FUZZTIME:-20s} ./internal/base/money
	@go test -run '^$$' -fuzz FuzzParsePix -fuzztime $${FUZZTIME:-20s} ./internal/base/br

.PHONY: show-checkout
show-checkout: needs-go needs-postgres ## checkouts and cart additions a second, with what each takes of the machine (SHOW_SECONDS=8)
	@./tools/show-checkout

.PHONY: show-acquisition
show-acquisition: binary needs-browser ## from an empty database to a paid company whose bot answers, then the purchases by card, Pix and trial, in Chromium; pictures in e2e/browser/artifacts
	@$(STEP) "from an empty database to the first answer" ./tools/e2e acquisition.test.mjs
	@$(STEP) "purchases, by card, by Pix, by trial" ./tools/e2e signup.test.mjs

.PHONY: show-matrix
show-matrix: needs-go ## channel x kind x direction: golden cases, or the name of what the platform refuses; no empty cell
	@go test -count=1 ./internal/adapters/whatsapp ./internal/adapters/telegram ./internal/adapters/messenger ./internal/adapters/instagram
	@go test -count=1 -v -run TestMatrix ./internal/app | grep -v -e '^=== '

.PHONY: show-vectors
show-vectors: needs-go stripe-mock ## what others published: the mail vendor's description and signatures, the payment vendor's mock, one-time codes of the RFC, CNPJ and CPF, with their negatives
	@go test -count=1 -v -run 'TestRequestsFollowTheVendorsDescription|TestOnlyTheVendorsSignatureIsBelieved|TestEventsThatAreNone' ./internal/adapters/sendgrid | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestEveryCallPassesTheVendorsMock|TestTheMockIsTheOneOfTheTools|TestVerify' ./internal/adapters/stripe | grep -v -e '^=== ' -e '^    --- PASS'
	@go test -count=1 -v -run 'TestCodesAreThoseOfTheRFC' ./internal/modules/identity | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestDocuments|TestFormats|TestOneWrongDigitIsRefused' ./internal/base/br | grep -v -e '^=== '

.PHONY: show-races
show-races: needs-go needs-postgres ## 50 workers and an expired token: one refresh; 50 companies and the last coupon, the last seat: one gets it
	@go test -count=1 -v -run 'TestManyWorkersAskForOneToken' ./internal/modules/crm | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestFiftyWorkersRefreshOnce' ./internal/adapters/zoho | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestFiftyWantTheLastCoupon|TestTheLastCouponGoesToOne|TestTheLastSeatGoesToOne' ./internal/modules/plan ./internal/modules/acquisition ./internal/modules/tenancy | grep -v -e '^=== '

.PHONY: show-proration
show-proration: needs-go needs-postgres ## changes of plan to the cent, use that is counted once whatever is told again, invoices without gaps, any order of callbacks
	@go test -count=1 -v -run 'TestProration|TestManyChangesAddUp' ./internal/modules/plan | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestNothingIsCountedTwice|TestAConversationBegins|TestWhatHappenedWhileNobodyFollowed' ./internal/modules/tenancy | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestSumsOfChangesAreExact|TestAnyOrderOfCallbacksEndsTheSame|TestNumbersHaveNoGaps' ./internal/modules/subscription | grep -v -e '^=== '

.PHONY: show-stripe
show-stripe: needs-go stripe-mock ## every call to Stripe against its mock, signatures, whole lives against the simulator, lost answers
	@go test -count=1 -v -run 'TestEveryCall|TestVerify|TestALife|TestPix|TestBoleto|TestDeclined|TestTrial|TestRenewal|TestUpgrade|TestDispute|TestLostAnswers' ./internal/adapters/stripe | grep -v -e '^=== ' -e '^    --- PASS'

.PHONY: show-journey-kills
show-journey-kills: needs-go needs-postgres ## kill -9 at every boundary of a company's purchase, before a call, after it, before and after the commit: the same end, the same keys
	@go test -count=1 -v -run 'TestKill9AtEachBoundary' ./internal/platform/saga | grep -v '^=== '
	@PROSA_KILL_TABLE=full go test -count=1 -timeout 30m -v -run 'TestShowJourneyKills' ./internal/app | grep -v '^=== '

.PHONY: show-outage
show-outage: needs-go ## a week without Zoho and SendGrid: companies active at once, afterwards each contract once and each letter settled
	@go test -count=1 -v -run 'TestShowOutage' ./internal/app | grep -v '^=== '

.PHONY: show-pan
show-pan: needs-go ## no card number in the database, the data folder and the logs after a purchase by card; no field of ours asks for one or keeps one
	@go test -count=1 -v -run 'TestShowNoCardNumber|TestNoField' ./internal/app | grep -v '^=== '

.PHONY: show-catalog
show-catalog: needs-go needs-postgres ## 50,000 items pushed to the simulated Meta with its limits, partly rejected, changed, read back: every state right (SHOW_ITEMS=50000)
	@SHOW_ITEMS=$${SHOW_ITEMS:-50000} go test -count=1 -timeout 30m -v -run 'TestShowCatalog' ./internal/modules/listing | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-accounts
show-accounts: needs-go ## the six accounts, mistakes in their file refused by name, who may do what, trusts of pipelines held against good and bad tokens
	@go run ./cmd/prosa account list && go run ./cmd/prosa account check
	@go test -count=1 -v -run 'TestMistakes|TestOverlaps|TestSubnets' ./internal/cloud/account | grep -v -e '^=== '
	@go test -count=1 -v ./internal/cloud/trust | grep -v -e '^=== '
	@go run ./cmd/prosa account roles

.PHONY: show-image
show-image: needs-go needs-node ## the image from two clones at two paths, byte for byte the same; one layout in three registries; what was tampered with refused by name (PLATFORMS=linux/amd64)
	@./tools/show-image

.PHONY: show-gate
show-gate: needs-go ## one image through dev, homolog and prod of a line by the pipelines' commands; skipped environments, strangers' keys and records refused
	@go test -count=1 -v -run 'TestShowImage' ./internal/app | grep -v -e '^=== '
	@go test -count=1 -v ./internal/cloud/gate | grep -v -e '^=== '

.PHONY: show-plans
show-plans: needs-go ## the cloud's layers planned by terraform against an imitated cloud, judged, applied and planned again; skipped with a count without terraform (ACCOUNTS=all LAYERS=20-access APPLY=all PLANS=TestShowPlans)
	@go test -count=1 -timeout 120m -v -run $${PLANS:-'TestShowModules|TestShowPlans|TestShowApply'} ./internal/cloud/review -accounts $${ACCOUNTS:-all} -layers "$${LAYERS:-}" -apply "$${APPLY:-all}" | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-mistakes
show-mistakes: needs-go ## mistakes seeded into accounts, code and plans of the cloud, each refused by its rule
	@go test -count=1 -v -run 'TestSeededMistakes' ./internal/cloud/review | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-plain
show-plain: needs-go needs-node needs-postgres ## the plain machine's way, started for real: units read, program from the signed image, end-to-end suite; backup and restore
	@./tools/show-plain
	@go test -count=1 -v -run 'Test' ./internal/cloud/plain/... | grep -v -e '^=== '

.PHONY: image
image: needs-go web ## build the container image of this clean clone into dist/image, for linux/amd64 and linux/arm64
	@rm -rf dist/image && mkdir -p dist
	@$(STEP) "building the image" go run ./cmd/prosa image build --out dist/image

.PHONY: show-focus
show-focus: needs-go needs-postgres ## bills in FOCUS: the public sample to the last digit, bad files by row and column, kills, a million rows with time and memory (SHOW_ROWS=1000000)
	@go test -count=1 -v -run 'TestShowBadFiles|TestTheSample|TestParquet|TestDoubles' ./internal/modules/finops/focus | grep -v -e '^=== ' -e '--- PASS'
	@SHOW_ROWS=$${SHOW_ROWS:-1000000} go test -count=1 -timeout 20m -v -run 'TestShowTheSample|TestShowAKilled|TestShowAMillion|TestTheLedgerIsWritten' ./internal/modules/finops | grep -v -e '^=== ' -e '--- PASS'

.PHONY: show-off-hours
show-off-hours: needs-go ## a year of decisions against a hand-checked table; leases end to end against the imitated cloud: two people, kills, the seven-day restart
	@go test -count=1 -v -run 'TestTheYear2026|TestAYearOfDecisions|TestRulesOfDecisions|TestTheSevenDayRestart|TestMissedTicks' ./internal/cloud/schedule | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestALeaseFromEndToEnd|TestTwoPeople|TestKilledAtAnyStep|TestTheVendorStarts|TestADatabaseThatIsBusy|TestWhatIsRefused|TestADayIsMeasured' ./internal/cloud/environment | grep -v -e '^=== '
	@go test -count=1 -v -run 'TestShowEnvironmentsByCommand' ./internal/app | grep -v -e '^=== '
	@go run ./cmd/prosa environment calendar --schedule "office, place sp/sao-paulo" --year 2026

.PHONY: show-cost-pages
show-cost-pages: binary needs-browser ## the pages of costs at a desk and on a phone, light and dark, by axe; pictures in e2e/browser/artifacts
	@PROSA_BINARY=$(CURDIR)/$(BINARY) ./tools/e2e cost.test.mjs

.PHONY: show-costs
show-costs: needs-go needs-postgres ## the cost ledger: shares that sum to the bill, the demo's half year, a month of 1,000 companies on both engines, who may read costs
	@go test -count=1 -v -run 'SharesSum|SharesOf|RatiosSum|ShowAThousand|AllocationGoes|SavingsAre' ./internal/modules/finops/share ./internal/modules/finops | grep -v -e '^=== ' -e 'rapid'
	@go test -count=1 -v -run 'DemoCostsSum' ./internal/app | grep -v -e '^=== '
	@go test -count=1 -v -run 'CostReadersReach|MembersSeeNoCosts' ./internal/edge/httpapi | grep -v -e '^=== '

##@ Needs

.PHONY: needs-go
needs-go:
	@./tools/need go

.PHONY: needs-node
needs-node:
	@./tools/need node

.PHONY: needs-postgres
needs-postgres:
	@./tools/need postgres

.PHONY: needs-browser
needs-browser:
	@./tools/need browser
