# Everything from a bare checkout: Python 3.11+ and make are enough.
#
## run           the site with its clockwork and a demo, on http://localhost:8000 (PORT=… for another)
## check         while you work: lint, and the tests of what you changed, on SQLite
## watch         the same again at every change
## fmt           lay the source out, and mend what can be mended by itself
## test          all tests, on SQLite, PostgreSQL and in a browser (ARGS="tests/inbox -n 0" for some)
## lint          what can be said without running it, known vulnerabilities too
## sources       the same without those; begins every `make test`
## types         whether the types fit; quick when little changed since the last time
## hooks         let git run lint before a commit and check before a push
## faults        what `make test` leaves out, at full size, then mutants; a night (ARGS="tests/browser" for some of the first)
## mutants       which changes of the rules no test notices; takes hours (ARGS="app.registration.seats.*" for some)
## bench         what the site carries (docs/performance.md)
## translations  collect the texts to translate into the English catalogue
## picture       draw docs/images/architecture.svg anew from the code
## screenshots   make the pictures of the README and of the help anew
## lock          pin every dependency anew
## install       all that the site needs, in this folder
## clean         take away what was made
PYTHON ?= python3
PORT ?= 8000
export PORT
# A run of the tests begins some eighty processes: what one compiled the next need not, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
STATIC := app/web/static/manifest.json
TRANSLATIONS := app/translations/en/LC_MESSAGES/messages.mo
SIDE_BY_SIDE := $(MAKE) --no-print-directory -j4 -O
STYLE_SOURCES := $(wildcard app/web/styles/* app/help/pictures/*) $(shell find templates mail_templates -name '*.html' -o -name '*.txt')

.PHONY: install run test lint bench faults lock translations screenshots chromium dovecot postfix pango clean
.PHONY: help sources layout imports machine compiled databases check watch fmt hooks picture types mutants
.DEFAULT_GOAL := run

help:
	@sed -n 's/^## /  make /p' Makefile

install: .venv/.installed $(STATIC) $(TRANSLATIONS)

run: install pango
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty
	@exec $(FLASK) serve --clockwork

# What can be said without running it comes first, while the machine gets what is missing.
test:
ifdef ARGS
	@+$(SIDE_BY_SIDE) sources machine
	$(BIN)/python -m pytest $(ARGS)
else
	@+$(SIDE_BY_SIDE) sources machine compiled databases
	@rm -rf .noted && mkdir .noted
	NOTED=.noted $(BIN)/python -m pytest
	@NOTED=.noted $(BIN)/python -m tests.floors
endif

# What the processes of a run would else each do for themselves, or wait for, at the same moment.
compiled: install .venv/.installed-test
	@found="$$($(BIN)/python -m pytest -n 0 --collect-only -qq)" || { echo "$$found"; exit 1; }

databases: install .venv/.installed-test
	@$(BIN)/python -m tests.databases

lint: sources
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.audit

# The sources alone: a report of today about a library fails `make lint`, not the tests that passed yesterday.
sources: install layout imports types

layout: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

imports: .venv/.installed-test
	$(BIN)/lint-imports

check:
	@+$(SIDE_BY_SIDE) sources
	@tests="$$($(BIN)/python -m tests.changed)"; \
	if [ -n "$$tests" ]; then $(BIN)/python -m pytest --failed-first -m "not faults" -k "not postgresql" $$tests; \
	else echo "Nothing changed that has tests of its own."; fi

watch: install .venv/.installed-test
	@$(BIN)/watchfiles --ignore-paths app/web/static "$(MAKE) --no-print-directory check" app templates mail_templates migrations tests docs

fmt: .venv/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hooks: .venv/.installed-test
	$(BIN)/pre-commit install

types: .venv/.installed-test
	$(BIN)/mypy app

bench: install .venv/.installed-test pango
	$(BIN)/python -m bench $(ARGS)

faults: install .venv/.installed-test chromium pango dovecot postfix
	$(BIN)/python -m pytest -m "faults or other_database" $(ARGS)
ifndef ARGS
	$(MAKE) mutants
endif

# What to change and which tests must notice stands in setup.cfg; `mutmut show NAME` shows one.
mutants: install .venv/.installed-test dovecot
	$(BIN)/mutmut run $(ARGS)
	$(BIN)/mutmut results

# Pin every dependency anew; review the difference before committing it.
lock: .venv/.installed-test
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --upgrade setup.cfg --extra styles -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --upgrade setup.cfg --extra styles --extra test -c requirements.lock -o requirements-test.lock

# Collect the texts to translate from the sources into the English catalogue.
translations: install
	$(BIN)/pybabel -q extract -F app/translations/sources.cfg -k _l -k ngettext_l:1,2 --no-location --sort-output --omit-header -o app/translations/messages.pot .
	$(BIN)/pybabel -q update -N --no-wrap --ignore-pot-creation-date --ignore-obsolete -l en -i app/translations/messages.pot -d app/translations
	@rm app/translations/messages.pot

# Draw who calls whom; a test fails while the picture says something else than the code.
picture: .venv/.installed-test
	$(BIN)/python -m tests.picture

# Make the pictures of the README and of the help anew, from the browser tests.
screenshots: install .venv/.installed-test chromium pango
	SCREENSHOTS=1 $(BIN)/python -m pytest tests/browser

clean:
	rm -rf .venv node_modules app/web/static app/web/paper $(TRANSLATIONS)

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Leerkring needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.installed-test: requirements-test.lock .venv/.installed
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

node_modules/.installed: package.json package-lock.json .venv/.installed
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	@touch $@

$(STATIC): node_modules/.installed $(STYLE_SOURCES)
	PATH="$(CURDIR)/$(BIN):$$PATH" node app/web/styles/build.mjs

%.mo: %.po .venv/.installed
	$(BIN)/pybabel -q compile -i $< -o $@

# What is no package of Python: one after the other, since Debian installs one thing at a time.
machine: .venv/.installed
	@$(MAKE) --no-print-directory chromium
	@$(MAKE) --no-print-directory pango
	@$(MAKE) --no-print-directory dovecot

# The browser tests drive Debian's Chromium, the one without windows where it can be had since that is quicker;
# CHROMIUM=/path/to/chrome names another one.
chromium:
	@if [ -n "$$CHROMIUM" ] || [ -x /usr/lib/chromium/chromium-headless-shell ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y chromium-headless-shell; then :; \
	elif [ -x /usr/bin/chromium ]; then :; \
	else echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium-headless-shell) or set CHROMIUM=/path/to/chrome" >&2; exit 1; fi

# The tests of what comes back by mail read a real mailbox.
dovecot:
	@if [ -x /usr/sbin/dovecot ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y dovecot-imapd; \
	else echo "The tests of the inbox need Dovecot: install it (Debian: sudo apt-get install dovecot-imapd)" >&2; exit 1; fi

# The fault tests send once through a real mail server.
postfix:
	@if [ -x /usr/sbin/postfix ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections; \
		apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y postfix; \
	else echo "The fault tests need Postfix: install it (Debian: sudo apt-get install postfix) and run them as root" >&2; exit 1; fi

# WeasyPrint lays out the PDF of an impression with Pango; without it everything else works.
pango: .venv/.installed
	@if $(BIN)/python -c 'import weasyprint' 2>/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; \
	else echo "Without Pango impressions have no PDF: install it (Debian: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)" >&2; fi
