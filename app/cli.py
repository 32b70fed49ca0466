"""The flask commands. Thin: each calls a rule and says what was done."""

import json
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from app import addresses
from app.accounts import accounts, sign_in
from app.database import db
from app.network import organisations, people
from app.network import queries as networks

accounts_group = AppGroup("accounts", help="People who organise.")
people_group = AppGroup("people", help="People in networks.")
demo_group = AppGroup("demo", help="Fictional content to look around in.")
api_group = AppGroup("api-token", help="Keys for the API.")


class Tables(click.Command):
    """Flask-Migrate's own group of commands; alembic loads when one of them is asked for."""

    def make_context(self, *args, **options: Any) -> click.Context:
        from app.upkeep import tables

        return tables.commands().make_context(*args, **options)


def bind(app: Flask) -> None:
    app.cli.add_command(Tables("db", help="Perform database migrations."))
    for group in (accounts_group, people_group, demo_group, api_group):
        app.cli.add_command(group)
    for command in (serve, worker, check, mail_test, backup, restore):
        app.cli.add_command(command)


def _fail(message: str) -> NoReturn:
    """Say in one line on stderr what is wrong, and end with exit code 1."""
    click.echo(f"leerkring: {message}", err=True)
    sys.exit(1)


def _demand_current_database() -> None:
    from app.upkeep import health

    if advice := health.behind():
        _fail(advice)
    db.session.rollback()


@accounts_group.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May do everything in all networks.")
@click.option("--name", default="", help="Name; default: the part of the address before the @.")
def accounts_create(email: str, admin: bool, name: str) -> None:
    """Make an account for EMAIL."""
    try:
        account = accounts.create(email, name, is_admin=admin)
    except people.BadAddress as error:
        _fail(f"{email}: {error}")
    db.session.commit()
    click.echo(f"{account.email} can sign in at {addresses.absolute('/sign-in')}")


@accounts_group.command("sign-in-link")
@click.argument("email")
def accounts_sign_in_link(email: str) -> None:
    """Print a link that signs EMAIL in; it works for twenty minutes, in any browser."""
    account = accounts.by_email(email)
    if account is None or not account.active:
        _fail(f"there is no active account for {email}; make one with 'accounts create'")
    link = sign_in.link(account)
    db.session.commit()
    click.echo(link)


@api_group.command("create")
@click.argument("email")
def api_token_create(email: str) -> None:
    """Print a new key for the API with the rights of EMAIL's account; it is shown only now."""
    account = accounts.by_email(email)
    if account is None or not account.active:
        _fail(f"there is no active account for {email}; make one with 'accounts create'")
    token = accounts.make_api_token(account)
    db.session.commit()
    click.echo(token)


@people_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", "slug", required=True, help="Slug of the network that the people become members of.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and save nothing.")
@click.option("--only-good-rows", is_flag=True, help="Save the rows that are right although others are wrong.")
def people_import(file: Path, slug: str, dry_run: bool, only_good_rows: bool) -> None:
    """Add or change the people of an XLSX, CSV or vCard file, all rows or none."""
    from app.network import importing, imports
    from app.network.import_rows import RowOutcome
    from app.network.spreadsheets import UnreadableFile

    network = networks.by_slug(slug)
    if network is None:
        _fail(f"there is no network '{slug}'")
    content = file.read_bytes()
    try:
        plan = importing.plan(network, file.name, content, importing.remembered(network))
    except UnreadableFile as error:
        _fail(f"{file.name}: {error}")
    for outcome, rows in plan.rows.items():
        for row in rows if dry_run or outcome == RowOutcome.WRONG else ():
            click.echo(
                f"{row.number}\t{outcome}\t{row.name}\t{'; '.join(map(str, row.problems or row.changes or row.notes))}"
            )
    if not dry_run and plan.wrong and not only_good_rows:
        _fail(f"{plan.wrong} rows are wrong, nothing is saved; correct them or add --only-good-rows")
    if not dry_run:
        kept = imports.keep(network, file.name, content)
        imports.queue(kept, plan)
        db.session.flush()
        imports.carry_out(kept, progress=lambda done, total: _progress(f"{done} of {total} rows"))
        _progress("")
    click.echo(
        f"{plan.new} new, {plan.changed} changed, {plan.same} the same, {plan.wrong} wrong{' (dry run, nothing saved)' if dry_run else ''}"
    )


@demo_group.command("load")
@click.option("--if-empty", is_flag=True, help="Only when the database has no networks yet.")
def demo_load(if_empty: bool) -> None:
    """Fill the database with four networks and 600 fictional people at real organisations; may be repeated."""
    from app.demo import load

    _demand_current_database()
    if not (if_empty and networks.all_networks()):
        load.everything(progress=_progress)
        db.session.commit()
        _progress("")
    for line in load.hints():
        click.echo(line)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


@click.command()
@click.option("--workers", default=2, show_default=True, help="Processes that answer requests.")
@click.option("--clockwork", is_flag=True, help="Run the jobs beside it.")
@with_appcontext
def serve(workers: int, clockwork: bool) -> None:
    """Start the production web server on PORT."""
    from app.network import finding
    from app.upkeep import serving

    _demand_current_database()
    organisations.demand_reference()
    finding.demand_words()
    db.session.commit()
    db.engine.dispose()
    sys.exit(serving.run(current_app.config, workers, clockwork))


@click.command()
@click.option("--once", is_flag=True, help="Do all that is due now, print one JSON line of what was done, leave.")
@with_appcontext
def worker(once: bool) -> None:
    """Run the clockwork until stopped."""
    _demand_current_database()
    db.session.remove()
    from app import jobs

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it, not Flask
    if once:
        click.echo(json.dumps(jobs.run_once(app)))
    else:
        jobs.run_until_stopped(app)


@click.command()
@with_appcontext
def check() -> None:
    """Look whether everything is well and say what to do where it is not."""
    from app.upkeep import checking

    with force_locale("en"):
        found = checking.findings()
    for finding in found:
        click.echo(
            f"{'ok  ' if finding.well else 'FAIL'} {finding.name}: {finding.detail}{' – ' + finding.advice if finding.advice else ''}"
        )
    if not all(finding.well for finding in found):
        sys.exit(1)


@click.command("mail-test")
@with_appcontext
def mail_test() -> None:
    """Send a message to the own mailbox and one that must bounce, and say whether both came back."""
    from app import jobs
    from app.upkeep import checking, mail_tests

    if not current_app.config["INBOX_URL"]:
        _fail("set INBOX_URL first: there is no mailbox in which anything could come back")
    test = mail_tests.start()
    db.session.commit()
    while mail_tests.waits(test):
        jobs.post()
        jobs.receive()
        _progress("waiting for what comes back")
        db.session.refresh(test)
        time.sleep(0 if test.reply_seen_at and test.bounce_seen_at else 2)
    _progress("")
    with force_locale("en"):
        for finding in checking.mail_test():
            click.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.name}: {finding.detail}")
    if not (test.reply_seen_at and test.bounce_seen_at):
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything to FILE while the site goes on; works for SQLite and PostgreSQL alike."""
    from app.upkeep import backups

    try:
        rows = backups.write(file, progress=_progress)
    except OSError as error:
        _fail(f"{file}: {error.strerror}")
    _progress("")
    click.echo(f"{rows} rows in {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Fill an empty database from FILE, made by 'backup' on either kind of database."""
    from app.upkeep import backups

    try:
        rows = backups.read(file, progress=_progress)
    except backups.Unusable as error:
        _fail(f"{file}: {error}")
    _progress("")
    click.echo(f"{rows} rows restored")
