# Everything from a bare checkout: Python 3.11+ and make are enough.
PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
STATIC := app/web/static/manifest.json
TRANSLATIONS := app/translations/en/LC_MESSAGES/messages.mo
STYLE_SOURCES := $(wildcard app/web/styles/*) $(shell find templates mail_templates -name '*.html' -o -name '*.txt')

.PHONY: install run test lint types bench faults lock translations screenshots chromium dovecot postfix pango clean
.DEFAULT_GOAL := run

install: .venv/.installed $(STATIC) $(TRANSLATIONS)

run: install pango
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty
	@exec $(FLASK) serve --clockwork

test: install .venv/.installed-test chromium pango dovecot
	$(BIN)/python -m pytest $(ARGS)

lint: install .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# Check the types; quick when little changed since the last time.
types: install .venv/.installed-test
	$(BIN)/mypy app

bench: install .venv/.installed-test pango
	$(BIN)/python -m bench $(ARGS)

faults: install .venv/.installed-test dovecot postfix
	$(BIN)/python -m pytest -m faults -o addopts="-q --strict-markers" $(ARGS)

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

# Make the pictures of the README anew, from the browser tests.
screenshots: install .venv/.installed-test chromium pango
	SCREENSHOTS=1 $(BIN)/python -m pytest tests/browser -k sqlite

clean:
	rm -rf .venv node_modules app/web/static $(TRANSLATIONS)

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

# The browser tests drive Debian's Chromium; CHROMIUM=/path/to/chrome names another one.
chromium:
	@if [ -x "$${CHROMIUM:-/usr/bin/chromium}" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y chromium; \
	else echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) or set CHROMIUM=/path/to/chrome" >&2; exit 1; fi

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
