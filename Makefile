# Two commands: make demo, make test. Each installs what is missing.
# One set of build flags everywhere: a change of flags rebuilds Fyne's C for minutes.

GO      ?= go
BUILD   := build
DEMO    := $(BUILD)/demo

# What the C parts of the window are built from, what draws Japanese, and what the
# tests and the tour show a window in and drive it by.
PACKAGES := gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev libxrandr-dev \
	libxinerama-dev libxi-dev libxxf86vm-dev libwayland-dev libxkbcommon-dev libegl-dev \
	fonts-morisawa-bizud-gothic
WINDOW_PACKAGES := xvfb xdotool libgl1-mesa-dri scrot
TEST_PACKAGES   := postgresql curl jq
BENCH_PACKAGES  := groonga-bin
WINDOW_BENCH_PACKAGES := chromium

.PHONY: help demo check test bench lint build clean deps deps-test

help:
	@echo 'make demo   a library, its server and a terminal, from nothing'
	@echo 'make check  in under two minutes, what can be tested without PostgreSQL and without a window'
	@echo 'make test   all tests, with PostgreSQL and a real window'
	@echo 'make bench  figures, a "name value unit" a line; of some with ONLY=search, for other sizes with SIZES="1m 3m";'
	@echo '            ONLY="central circulation" for the rules under load'
	@echo 'make lint   gofmt, go vet, staticcheck'
	@echo 'make build  the three programs, into $(BUILD)/'

# install PACKAGE… installs what is not there yet, or says how to.
define install
	@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || printf '%s ' $$p; done); \
	[ -z "$$missing" ] && exit 0; \
	command="apt-get install -y --no-install-recommends $$missing"; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else \
		echo "Some Debian packages are missing. As root, type:"; echo "  $$command"; exit 1; fi; \
	echo "Installing: $$missing"; \
	log=$$(mktemp); \
	{ $$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive $$command; } >$$log 2>&1 || { tail -20 $$log; exit 1; }; rm -f $$log
endef

deps:
	$(call install,$(PACKAGES))

deps-window: deps
	$(call install,$(WINDOW_PACKAGES))

deps-test: deps-window
	$(call install,$(TEST_PACKAGES))

build: deps
	$(GO) build -o $(BUILD)/ ./cmd/...

# A library, its server and a terminal; without a display the terminal's guided tour.
DISPLAYED := $(DISPLAY)$(WAYLAND_DISPLAY)
KIOSK     := $(BUILD)/kiosk --config $(DEMO)/kiosk.toml
TOUR      := $(KIOSK) tour --out $(BUILD)/tour --card 21000000011 --password 481516 --staff-card 90000001 --staff-password 1029384756

.PHONY: demo-window demo-tour deps-window
demo: $(if $(DISPLAYED),demo-window,demo-tour)

demo-window: build
	@$(BUILD)/central demo --serve $(DEMO) -- $(KIOSK)

demo-tour: build deps-window
	@rm -rf $(BUILD)/tour
	@$(BUILD)/central demo --serve $(DEMO) -- sh -c 'for size in 1280x1024 1080x1920; do $(TOUR) --size $$size 2>>$(DEMO)/terminal.log || { tail -n 200 $(DEMO)/terminal.log; exit 1; }; done'
	@echo 'There is no display here, so the terminal was shown under Xvfb. A picture of every screen is in $(CURDIR)/$(BUILD)/tour/'

# Two packages a processor: half of the time tests wait for something.
check: deps
	$(GO) vet ./...
	$(GO) test -short -timeout 10m -p $$((2 * $$(nproc))) ./...
	@echo 'Well so far. Left out were:'
	@echo '- PostgreSQL, the real window, and the tests that take long (a year of a city, floods'
	@echo '  of changes, programs killed again and again, all sizes of type): make test'
	@echo '- the race detector: go test -race, of packages without a window'
	@echo '- the tour of all screens: make demo; the figures: make bench; staticcheck: make lint'

test: deps-test
	MADOGUCHI_REQUIRE_POSTGRES=1 $(GO) test -timeout 20m ./...

# A figure, or what went wrong.
FIGURES := '^([a-z_0-9]+ [0-9.e+-]+ [^ ]+$$|FAIL|---|panic)'

# Which figures, and those of a city's catalogue for how many bibs:
# make bench ONLY="editions search" SIZES="1m 3m". Not among them unless they are named:
# central and circulation, the rules under load, which take as long as all others, wanted,
# the classes of a year, and shared, what two editions have in common, for which another
# one is built.
ONLY  ?= terminal recall editions imports patience search changes window
SIZES ?= 1m

bench: $(ONLY:%=bench-%)

deps-bench: deps-test
	$(call install,$(BENCH_PACKAGES))

# What is built for a size stays in $(BUILD)/bench for the next time.
define bench-city
	@for size in $(SIZES); do \
		MADOGUCHI_BENCH_SIZE=$$size MADOGUCHI_BENCH_DIR=$(CURDIR)/$(BUILD)/bench $(GO) test -run '^$$' -bench $(1) -benchtime 1x -timeout 60m ./store | grep -E $(FIGURES); done
endef

.PHONY: deps-bench deps-chromium bench-growth bench-terminals bench-peer $(ONLY:%=bench-%)
bench-terminal: deps-test
	@$(GO) test -run '^$$' -bench Terminal -benchtime 1x -timeout 20m ./cmd/kiosk | grep -E $(FIGURES)

bench-central: deps-test
	@$(GO) test -run '^$$' -bench 'Login|Applying|Guessing|SlowSystem' -benchtime 1x -timeout 40m ./central ./central/circulationtest | grep -E $(FIGURES)

bench-circulation: deps-test
	@$(GO) test -run '^$$' -bench City -benchtime 1x -timeout 60m ./central/ledger | grep -E $(FIGURES)

# How many bibs get another wanted class in a month of a year, and how long that takes.
bench-wanted: deps
	@$(GO) test -run '^$$' -bench Wanted -benchtime 1x -timeout 20m ./central/catalogue | grep -E $(FIGURES)

bench-imports: deps
	@$(GO) test -run '^$$' -bench ImportOf -benchtime 1x -timeout 20m ./cmd/central | grep -E $(FIGURES)

bench-recall: deps
	@$(GO) test -run '^$$' -bench Recall -benchtime 1x -timeout 20m ./store 2>/dev/null | grep -E $(FIGURES)

bench-editions: deps
	$(call bench-city,'CityEdition$$|CityEditionFetch')
	@$(GO) test -run '^$$' -bench EditionFetch -benchtime 1x -timeout 20m ./sync | grep -E $(FIGURES)

bench-shared: deps
	$(call bench-city,CityEditionShared)

bench-changes: deps
	$(call bench-city,CityChanges)
	@$(GO) test -run '^$$' -bench Changes -benchtime 1x -timeout 20m ./sync | grep -E $(FIGURES)

# TERMINALS="1000 10000" for more of them.
TERMINALS := 1000
bench-terminals: deps
	@MADOGUCHI_TERMINALS="$(TERMINALS)" $(GO) test -run '^$$' -bench Followers -benchtime 1x -timeout 20m ./cmd/central | grep -E $(FIGURES)

bench-search: deps-bench
	$(call bench-city,CitySearch)

# Without Chromium there are the window's own figures, and a line that says so.
bench-window: deps-test
	@$(MAKE) --no-print-directory deps-chromium || echo 'Chromium cannot be installed, so that the window is measured without it'
	$(call bench-terminal-of-city,Window)

bench-growth: deps-test
	$(call bench-terminal-of-city,Growth)

bench-peer: deps-bench
	$(call bench-city,CityPeerLoad)

# What takes minutes of which no millisecond counts, side by side: the peer's records are
# loaded for bench-search.
bench-patience:
	@$(MAKE) --no-print-directory -j3 bench-growth bench-terminals bench-peer

define bench-terminal-of-city
	@for size in $(SIZES); do \
		MADOGUCHI_BENCH_SIZE=$$size MADOGUCHI_BENCH_DIR=$(CURDIR)/$(BUILD)/bench $(GO) test -run '^$$' -bench $(1) -benchtime 1x -timeout 60m ./cmd/kiosk | grep -E $(FIGURES); done
endef

deps-chromium:
	$(call install,$(WINDOW_BENCH_PACKAGES))

lint: deps
	@out=$$(gofmt -l .); [ -z "$$out" ] || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

clean:
	rm -rf $(BUILD)
