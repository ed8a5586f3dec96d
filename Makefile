# What a newcomer types is `make demo` and `make test`; `make help` lists the rest. The work is done by
# the scripts of Tests/run.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
export PREFIX LIBDIR DESTDIR YES

run := Tests/run

.DEFAULT_GOAL := all
.PHONY: all build demo lint ticks test bench scaling soak sanitize wheel dist deb packages fuzz check install uninstall clean help

all: build

build: ## Build libuesynth.so and uesynthctl in .build/release
	@$(run)/setup.sh build
	@$(run)/build.sh

demo: ## Install what is missing, build, and capture frames from the simulator by a C program
	@$(run)/setup.sh build
	@$(run)/build.sh
	@$(run)/demo.sh

ticks: ## What an engine's ticks allow: commands and images a second, on one lane and on sixteen
	@$(run)/setup.sh build
	@$(run)/build.sh
	@$(run)/ticks.sh

test: ## Install what is missing and run every test (PART="swift-c python" runs two)
	@$(run)/setup.sh test
	@$(run)/test.sh $(PART)

wheel: ## A wheel of the Python package in .build/wheel, tried with every Python that is here
	@$(run)/setup.sh test
	@$(run)/wheel.sh

dist: ## An archive in .build/dist for machines without Swift: library, headers, uesynthctl, what they need
	@$(run)/setup.sh dist
	@$(run)/dist.sh

deb: ## Debian packages in .build/deb: libuesynth0, libuesynth-dev, uesynthctl
	@$(run)/setup.sh dist
	@$(run)/deb.sh

packages: ## dist and deb, and both tried in a Debian base system by debootstrap (as root)
	@$(run)/setup.sh packages
	@$(run)/build.sh
	@$(run)/dist.sh --built
	@$(run)/deb.sh --built
	@$(run)/packages.sh

soak: ## Two minutes of each overflow policy at full rate, and the habits of programs; ends with a table
	@$(run)/setup.sh test
	@$(run)/build.sh
	@$(run)/soak.sh
	@$(run)/soak-python.sh
	@$(run)/soak-connections.sh
	@$(run)/faults.sh all

sanitize: ## Every Swift test under ThreadSanitizer, then under AddressSanitizer (takes long)
	@$(run)/setup.sh test
	@$(run)/sanitize.sh

bench: ## The library beside the stock gRPC clients, one in C on nghttp2 and raw TCP, in one run: writes the README's tables
	@$(run)/setup.sh bench
	@$(run)/build.sh
	@$(run)/bench.sh $(BENCH)

scaling: ## Rates by clients, lanes, requests under way and sizes: writes Tests/Benchmarks/SCALING.md
	@$(run)/setup.sh bench
	@$(run)/build.sh
	@$(run)/bench.sh scaling --plot Tests/Benchmarks/scaling.svg --table Tests/Benchmarks/SCALING.md

fuzz: ## Every fuzz target for ten minutes (SECONDS=60 for one), two side by side
	@$(run)/setup.sh build
	@$(run)/fuzz.sh $(or $(SECONDS),600)

lint: ## Before a commit: format, traps, header, exports, generated code
	@$(run)/setup.sh test
	@$(run)/check.sh

check: lint ## What takes too long for every test: sanitizers and Valgrind over everything, packages tried
	@$(run)/valgrind.sh
	@$(run)/sanitize.sh
	@$(MAKE) --no-print-directory packages

install: ## Install under PREFIX (/usr/local); LIBDIR and DESTDIR are honoured
	@$(run)/install.sh

uninstall: ## Remove what install put there, by the same variables
	@$(run)/install.sh --remove

clean: ## Remove everything that was built, and the private Python environment
	rm -rf .build .build-* .venv out

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18
