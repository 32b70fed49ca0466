"""The flask commands. Thin: each calls a rule and says what was done."""

import json
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from app import urls
from app.accounts import accounts, sign_in
from app.database import db, only_reading
from app.network import network_queries
from app.network.organisations import organisations
from app.network.people import mail_addresses

P = ParamSpec("P")
T = TypeVar("T")


def _fail(message: str) -> NoReturn:
    """Say in one line on stderr what is wrong, and end with exit code 1."""
    click.echo(f"leerkring: {message}", err=True)
    sys.exit(1)


def _on_database(command: Callable[P, T]) -> Callable[P, T]:
    """A command that begins only when the database is there and has the tables of this version."""

    @wraps(command)
    def begin(*args: P.args, **options: P.kwargs) -> T:
        _demand_current_database()
        return command(*args, **options)

    return begin


def _demand_current_database() -> None:
    from app.upkeep import health

    try:
        advice = health.migration_advice()
    except sa.exc.DBAPIError as error:
        _fail(f"the database cannot be used: {str(error.orig).splitlines()[0]}")
    if advice:
        _fail(advice)
    db.session.rollback()


class DatabaseGroup(AppGroup):
    """Commands that each need the database."""

    def command(  # type: ignore[override]  # click's overloads tell bare @group.command apart, which nobody writes here
        self, *args: Any, **options: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        wrap = super().command(*args, **options)
        return lambda function: wrap(_on_database(function))


accounts_group = DatabaseGroup("accounts", help="People who organise.")
people_group = DatabaseGroup("people", help="People in networks.")
privacy_group = DatabaseGroup("privacy", help="Personal data: what there is, and what goes.")
demo_group = DatabaseGroup("demo", help="Fictional content to look around in.")
api_group = DatabaseGroup("api-token", help="Keys for the API.")


class Tables(click.Command):
    """Flask-Migrate's own group of commands; alembic loads when one of them is asked for."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        from app.upkeep import tables

        return tables.commands().make_context(*args, **options)


def bind(app: Flask) -> None:
    app.cli.add_command(Tables("db", help="Perform database migrations."))
    for group in (accounts_group, people_group, privacy_group, demo_group, api_group):
        app.cli.add_command(group)
    for command in (serve, worker, check, mail_test, backup, restore):
        app.cli.add_command(command)


@accounts_group.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May do everything in all networks.")
@click.option("--name", default="", help="Name; default: the part of the address before the @.")
def accounts_create(email: str, admin: bool, name: str) -> None:
    """Make an account for EMAIL."""
    try:
        account = accounts.ensure_account(email, name, is_admin=admin, reopen=True)
    except mail_addresses.BadAddress as error:
        _fail(f"{email}: {error}")
    db.session.commit()
    click.echo(f"{account.email} can sign in at {urls.absolute_url('/sign-in')}")


@accounts_group.command("sign-in-link")
@click.argument("email")
def accounts_sign_in_link(email: str) -> None:
    """Print a link that signs EMAIL in; it works for twenty minutes, in any browser."""
    account = accounts.find_account(email)
    if account is None or not account.active:
        _fail(f"there is no active account for {email}; make one with 'accounts create'")
    link = sign_in.make_sign_in_link(account)
    db.session.commit()
    click.echo(link)


@api_group.command("create")
@click.argument("email")
def api_token_create(email: str) -> None:
    """Print a new key for the API with the rights of EMAIL's account; it is shown only now."""
    account = accounts.find_account(email)
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
    from app.network.imports import import_plans, import_runs, list_files
    from app.network.imports.import_rows import RowOutcome
    from app.network.imports.list_files import UnreadableFile

    network = network_queries.find_network(slug)
    if network is None:
        _fail(f"there is no network '{slug}'")
    db.session.commit()
    try:
        content = list_files.unpack_list(file.name, file.read_bytes())
        plan = import_plans.plan_import(network, file.name, content, import_plans.remembered_mapping(network))
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
        kept = import_runs.keep_list(network, file.name, content)
        import_runs.queue_import(kept, plan)
        db.session.flush()
        import_runs.carry_out_import(kept, progress=lambda done, total: _progress(f"{done} of {total} rows"))
        _progress("")
    click.echo(
        f"{plan.new} new, {plan.changed} changed, {plan.same} the same, {plan.wrong} wrong{' (dry run, nothing saved)' if dry_run else ''}"
    )


@privacy_group.command("register")
@click.option(
    "--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write a table to this file: .xlsx, .ods or .csv."
)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", help="Language of the register.")
def privacy_register(xlsx: Path | None, language: str) -> None:
    """Print the register of processing (GDPR article 30)."""
    from app import sheets
    from app.privacy import register

    with force_locale(language):
        if xlsx is None:
            click.echo(register.write_register_text(), nl=False)
        else:
            ending = xlsx.suffix.lower().lstrip(".")
            kind = sheets.TableKind(ending) if ending in list(sheets.TableKind) else sheets.TableKind.XLSX
            xlsx.write_bytes(register.write_register_table(kind))


@privacy_group.command("dpia")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", help="Language of the draft.")
def privacy_dpia(language: str) -> None:
    """Print a draft of the data protection impact assessment (GDPR article 35), in Markdown."""
    from app.privacy import register

    with force_locale(language):
        click.echo(register.write_dpia(), nl=False)


@privacy_group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would go and delete nothing.")
def privacy_sweep(dry_run: bool) -> None:
    """End what has been kept for its term."""
    from app.privacy import retention

    counts = retention.count_past() if dry_run else retention.sweep()
    for term, count in counts.items():
        click.echo(f"{term}: {count}")


@demo_group.command("load")
@click.option("--if-empty", is_flag=True, help="Only when the database has no networks yet.")
def demo_load(if_empty: bool) -> None:
    """Fill the database with four networks and 600 fictional people at real organisations; may be repeated."""
    from app.demo import loading

    if not (if_empty and network_queries.all_networks()):
        loading.load_demo(progress=_progress)
        db.session.commit()
        _progress("")
    for line in loading.hints_to_look_around():
        click.echo(line)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


@click.command()
@click.option("--workers", default=2, show_default=True, help="Processes that answer requests.")
@click.option("--clockwork", is_flag=True, help="Run the jobs beside it.")
@with_appcontext
@_on_database
def serve(workers: int, clockwork: bool) -> None:
    """Start the production web server on PORT."""
    from app.network.finding import search
    from app.upkeep import web_server

    organisations.demand_reference()
    search.demand_search_index()
    db.session.commit()
    db.engine.dispose()
    sys.exit(web_server.run_web_server(current_app.config, workers, clockwork))


@click.command()
@click.option("--once", is_flag=True, help="Do all that is due now, print one JSON line of what was done, leave.")
@with_appcontext
@_on_database
def worker(once: bool) -> None:
    """Run the clockwork until stopped."""
    db.session.remove()
    from app import jobs

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it, not Flask
    if once:
        try:
            click.echo(json.dumps(jobs.run_once(app)))
        except jobs.JobsFailed as failed:
            click.echo(json.dumps(failed.done))
            _fail(f"these jobs could not be done: {failed}")
    else:
        jobs.run_until_stopped(app)


@click.command()
@click.option("--deep", is_flag=True, help="Look at the whole database too: whether everything in it fits together.")
@with_appcontext
def check(deep: bool) -> None:
    """Look whether everything is well and say what to do where it is not."""
    from app.upkeep import balance, invariants, setup_check

    with force_locale("en"):
        found = setup_check.check_everything()
    for finding in found:
        click.echo(
            f"{'ok  ' if finding.well else 'FAIL'} {finding.name}: {finding.detail}{' – ' + finding.advice if finding.advice else ''}"
        )
    with only_reading():
        breaches = list(balance.find_breaches()) if deep else []
    for breach in breaches:
        click.echo(f"FAIL {breach}")
    if deep and not breaches:
        click.echo(f"ok   balance: {len(invariants.INVARIANTS)} invariants hold in the whole database")
    if breaches or not all(finding.well for finding in found):
        sys.exit(1)


@click.command("mail-test")
@with_appcontext
@_on_database
def mail_test() -> None:
    """Send a message to the own mailbox and one that must bounce, and say whether both came back."""
    from app import jobs
    from app.upkeep import mail_tests, setup_check

    if not current_app.config["INBOX_URL"]:
        _fail("set INBOX_URL first: there is no mailbox in which anything could come back")
    test = mail_tests.start_mail_test()
    db.session.commit()
    while mail_tests.is_mail_test_waiting(test):
        jobs.do_jobs([*jobs.MAILING, "receive_mail"])
        _progress("waiting for what comes back")
        db.session.refresh(test)
        time.sleep(0 if test.reply_seen_at and test.bounce_seen_at else 2)
    _progress("")
    with force_locale("en"):
        for finding in setup_check.mail_test_findings():
            click.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.name}: {finding.detail}")
    if not (test.reply_seen_at and test.bounce_seen_at):
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@_on_database
def backup(file: Path) -> None:
    """Write everything to FILE while the site goes on; works for SQLite and PostgreSQL alike."""
    from app.upkeep import backups

    try:
        rows = backups.write_backup(file, progress=_progress)
    except OSError as error:
        _fail(f"{file}: {error.strerror}")
    _progress("")
    click.echo(f"{rows} rows in {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--new-key", is_flag=True, help="The old secret key is lost: links mailed so far may be dead.")
@with_appcontext
def restore(file: Path, new_key: bool) -> None:
    """Fill an empty database from FILE, made by 'backup' on either kind of database; bring the secret key first."""
    from app.upkeep import backups

    try:
        rows = backups.restore_backup(file, progress=_progress, new_key=new_key)
    except backups.UnusableBackup as error:
        _fail(f"{file}: {error}")
    _progress("")
    click.echo(f"{rows} rows restored")
