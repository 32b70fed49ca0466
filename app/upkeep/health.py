"""Whether the installation is well: /healthz, 'flask check', the page for administrators and alarms say the same.

Texts are in the language in force; machines are answered in English.
"""

import logging
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext, ngettext
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database import db, give_up_transaction
from app.inbox import mailbox_reading
from app.inbox.models import Bounce, BounceKind
from app.invitations.waves import waves
from app.invitations.waves.models import Wave
from app.outbox import circuit_breaker, leases
from app.outbox.models import CLAIMABLE, LEAVING, WRITABLE, Heartbeat, Message
from app.setbacks import job_runs, one_by_one
from app.settings import ROOT
from app.upkeep.models import BalanceReport, Check

log = logging.getLogger("leerkring.health")

WORKER_SILENT = timedelta(minutes=2)
OVERDUE = timedelta(minutes=30)
HELD = timedelta(minutes=5)
"""How long after its claim ran out a message may still stand as being sent."""
LASTING = 2
"""From so many tries on, what failed is no passing trouble."""
SHOWN = 5
"""How many of what failed are named."""
INBOX_SILENT = timedelta(minutes=15)
REFUSALS_WITHIN = timedelta(days=1)
LEAST_DISK = 200 * 1024 * 1024
"""Bytes that must be free where the instance lives."""
_REVISIONS = ("revision", "down_revision")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do when it is not well."""

    name: Check
    well: bool
    detail: str
    advice: str = ""


def note_heartbeat(worker: str) -> None:
    """Note that this worker lives; those silent for a day are forgotten."""
    db.session.merge(Heartbeat(worker=worker, at=clock.now()))
    db.session.execute(sa.delete(Heartbeat).where(Heartbeat.at < clock.now() - timedelta(days=1)))
    db.session.commit()


def check_health() -> list[Finding]:
    """Look at the database, the clockwork, everything about mail, and the disk."""
    try:
        return [finding for name, look in _LOOKS.items() for finding in _look(name, look)]
    except SQLAlchemyError as error:
        give_up_transaction()
        advice = gettext("Start de database, of verbeter DATABASE_URL.")
        return [
            Finding(Check.DATABASE, False, f"{type(error).__name__}", advice),
            *_look(Check.DISK, _check_disk),
        ]


def _look(name: Check, look: Callable[[], Finding | list[Finding]]) -> list[Finding]:
    """What one look finds; one that breaks is a finding, and hides no other."""
    try:
        found = look()
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.error("health could not look at %s\n%s", name, one_by_one.steps_to_error(error))
        advice = gettext("Dit is nu niet na te gaan. Kijk in het log van de webserver en de achtergrondtaken.")
        return [Finding(name, False, one_by_one.describe_error(error), advice)]
    return found if isinstance(found, list) else [found]


def database_revision() -> str | None:
    """The revision that the database has."""
    if not sa.inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def newest_revision() -> str:
    """The step of migrations/versions that no other goes on from; read without alembic, which is heavy."""
    steps = "\n".join(path.read_text("utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py"))
    known, gone_on_from = (set(re.findall(rf'^{name} = "(\w+)"', steps, re.MULTILINE)) for name in _REVISIONS)
    return str((known - gone_on_from).pop())


def migration_advice() -> str | None:
    """What to do when the database does not have the tables of this version; None when it has."""
    if database_revision() == newest_revision():
        return None
    return "The database is behind this version of Leerkring. Make a backup and run: flask --app wsgi db upgrade"


def _iso_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _check_database() -> Finding:
    advice = migration_advice()
    return Finding(Check.DATABASE, advice is None, database_revision() or gettext("leeg"), advice or "")


def _check_worker() -> Finding:
    last = db.session.scalar(sa.select(sa.func.max(Heartbeat.at)))
    well = last is not None and abs(clock.now() - last) < WORKER_SILENT
    detail = _iso_moment(last) if last else gettext("nooit gezien")
    advice = gettext("Start de achtergrondtaken: flask --app wsgi worker, of serve --clockwork.")
    if last and last > clock.now() + WORKER_SILENT:
        advice = gettext("Het laatste teken van leven ligt in de toekomst. Zet de klokken van de machines gelijk.")
    return Finding(Check.CLOCKWORK, well, detail, "" if well else advice)


def _check_outbox() -> Finding:
    first = sa.select(Message.due_at).order_by(Message.due_at).limit(1)
    waiting = [db.session.scalar(first.where(some)) for some in (WRITABLE, CLAIMABLE)]
    oldest = min((moment for moment in waiting if moment), default=None)
    lapsed = leases.lapsed_claims(Message.claimed_until, clock.now() - HELD, leases.LEASE + HELD)
    held = db.session.scalars(sa.select(sa.func.count()).where(LEAVING, lapsed)).one()
    late = held > 0 or (oldest is not None and clock.now() - oldest > OVERDUE)
    detail = gettext("wacht sinds %(moment)s", moment=_iso_moment(oldest)) if oldest else gettext("er wacht niets")
    if held:
        detail += ngettext("; %(num)s blijft in versturen staan", "; %(num)s blijven in versturen staan", held)
    advice = gettext("Kijk of de achtergrondtaken lopen en of de mailserver antwoordt.")
    return Finding(Check.OUTBOX, not late, detail, advice if late else "")


def _check_waves() -> Finding:
    """Waves that should have left; each is planned in one go, so none is ever half done."""
    late = sa.select(sa.func.count()).where(Wave.state.in_(waves.RUNNING), Wave.due_at < clock.now() - OVERDUE)
    count = db.session.scalars(late).one()
    detail = ngettext(
        "%(num)s uitnodiging of herinnering is te laat", "%(num)s uitnodigingen of herinneringen zijn te laat", count
    )
    advice = gettext("Kijk of de achtergrondtaken lopen; de mails vertrekken zodra ze weer lopen.")
    return Finding(Check.WAVES, count == 0, detail, advice if count else "")


def _check_circuit() -> Finding:
    state = circuit_breaker.load_circuit()
    if state is None or state.opened_at is None:
        return Finding(Check.MAIL_SERVER_REFUSES, True, gettext("nee"))
    detail = gettext("sinds %(moment)s: %(words)s", moment=_iso_moment(state.opened_at), words=state.words)
    advice = gettext(
        "De mailserver weigert ons. Verbeter MAIL_DEFAULT_SENDER of de rechten van MAIL_USERNAME en druk op "
        "‘Probeer nu’. Tot dan wacht alle mail; er gaat niets verloren."
    )
    return Finding(Check.MAIL_SERVER_REFUSES, False, detail, advice)


def _check_refusals() -> Finding:
    """Refusals for our reputation or content, not for the address: they concern everybody at that domain."""
    recent = sa.select(sa.func.count()).where(
        Bounce.kind == BounceKind.POLICY, Bounce.at > clock.now() - REFUSALS_WITHIN
    )
    count = db.session.scalars(recent).one()
    last = sa.select(Bounce.words).where(Bounce.kind == BounceKind.POLICY).order_by(Bounce.id.desc()).limit(1)
    detail = ngettext("%(num)s in de laatste dag", "%(num)s in de laatste dag", count)
    if count:
        detail += f": {db.session.scalar(last)}"
    advice = gettext("Andere mailservers weigeren onze mail om hoe die verstuurd wordt. Controleer SPF, DKIM en DMARC.")
    return Finding(Check.REFUSALS_BY_POLICY, count == 0, detail, advice if count else "")


def _check_inbox() -> list[Finding]:
    """The mailbox, when there is one."""
    if not current_app.config["INBOX_URL"]:
        return []
    state, now = mailbox_reading.mailbox_status(), clock.now()
    since = (state.trouble_since or state.read_at) if state else None
    if state is None or since is None:
        waits = not job_runs.is_job_overdue("receive_mail")
        advice = gettext("Kijk in het log van de achtergrondtaken waarom de mailbox niet gelezen wordt.")
        return [Finding(Check.INBOX, waits, gettext("nog niet gelezen"), "" if waits else advice)]
    well = now - since < INBOX_SILENT
    detail = state.trouble or gettext("gelezen om %(moment)s", moment=_iso_moment(since))
    advice = gettext("Verbeter INBOX_URL, of zet de mailbox weer aan. Wat er binnenkwam wordt dan alsnog gelezen.")
    return [Finding(Check.INBOX, well, detail, "" if well else advice)]


def _check_jobs() -> Finding:
    """Whether each job of the clockwork gets through, not only whether a worker lives."""
    troubled = job_runs.list_troubled_jobs()
    words = [f"{run.job} ({run.error or _iso_moment(run.went_well_at)})" for run in troubled if run.went_well_at]
    words += [f"{run.job} ({run.error})" for run in troubled if not run.went_well_at]
    advice = gettext("Kijk in het log wat deze achtergrondtaken tegenhoudt. De andere taken gaan door.")
    return Finding(Check.JOBS, not troubled, ", ".join(words) or gettext("lopen"), advice if troubled else "")


def _check_setbacks() -> Finding:
    """What failed and waits to be tried again, or was set aside."""
    found = one_by_one.list_setbacks()
    well = all(each.tries < LASTING and not each.set_aside for each in found)
    detail = ", ".join(f"{each.job} {each.item} ({each.error})" for each in found[:SHOWN]) or gettext("niets")
    advice = gettext("Kijk bij ‘Wat niet lukte’ op de pagina Systeem. Al het andere gaat door.")
    return Finding(Check.SETBACKS, well, detail, "" if well else advice)


def _check_balance() -> Finding:
    """What the last look at the whole database found, which is done at night."""
    report = db.session.get(BalanceReport, 1, populate_existing=True)
    if report is None or not report.found:
        looked = gettext("nagekeken om %(moment)s", moment=_iso_moment(report.at)) if report else ""
        return Finding(Check.BALANCE, True, looked or gettext("nog niet nagekeken"))
    detail = ngettext("%(num)s ding klopt niet", "%(num)s dingen kloppen niet", report.found)
    advice = gettext("Voer uit: flask check --deep, en meld wat daar staat aan wie Leerkring maakt. De site gaat door.")
    return Finding(Check.BALANCE, False, f"{detail}: {'; '.join(report.breaches[:SHOWN])}", advice)


def _check_disk() -> Finding:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    well = free > LEAST_DISK
    detail = gettext("%(free)s MB vrij", free=free // 2**20)
    return Finding(Check.DISK, well, detail, "" if well else gettext("Maak ruimte vrij."))


_LOOKS: dict[Check, Callable[[], Finding | list[Finding]]] = {
    Check.DATABASE: _check_database,
    Check.CLOCKWORK: _check_worker,
    Check.OUTBOX: _check_outbox,
    Check.WAVES: _check_waves,
    Check.MAIL_SERVER_REFUSES: _check_circuit,
    Check.REFUSALS_BY_POLICY: _check_refusals,
    Check.INBOX: _check_inbox,
    Check.JOBS: _check_jobs,
    Check.SETBACKS: _check_setbacks,
    Check.BALANCE: _check_balance,
    Check.DISK: _check_disk,
}
