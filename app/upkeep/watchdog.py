"""Nothing stuck without somebody knowing: what is not well raises an alarm, which administrators are mailed once."""

import sqlalchemy as sa
from flask_babel import force_locale

from app import clock, urls
from app.accounts.models import Account
from app.database import add_once, db
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail
from app.upkeep import health
from app.upkeep.health import Finding
from app.upkeep.models import Alarm, Check

KIND = MessageKind.ALARM


def raise_alarms() -> int:
    """Raise alarms for what is not well and end those of what is well again; returns how many are new."""
    found = health.check_health()
    known = {alarm.name: alarm for alarm in open_alarms()}
    for finding in found:
        if finding.well and finding.name in known:
            known[finding.name].ended_at = clock.now()
    fresh = [finding for finding in found if not finding.well and finding.name not in known]
    raised = [finding for finding in fresh if add_once(Alarm(name=finding.name, detail=finding.detail))]
    if raised:
        _plan_alarm_mails({finding.name for finding in raised})
    db.session.commit()
    return len(raised)


def open_alarms() -> list[Alarm]:
    return list(db.session.scalars(sa.select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.id)))


def recent_alarms(most: int = 20) -> list[Alarm]:
    """The last alarms, ended ones too."""
    return list(db.session.scalars(sa.select(Alarm).order_by(Alarm.id.desc()).limit(most)))


def _plan_alarm_mails(names: set[Check]) -> None:
    """One mail to each administrator about everything that is new, in their language."""
    administrators = sa.select(Account).where(Account.is_admin, Account.active)
    for account in db.session.scalars(administrators):
        with force_locale(account.language):
            found = [finding for finding in health.check_health() if finding.name in names]
            message_queue.plan_finished_mail(_write_alarm_mail(account, found), KIND)


def _write_alarm_mail(account: Account, found: list[Finding]) -> Mail:
    fields = {
        "naam": account.name,
        "meldingen": LetterBlock.render("findings", findings=found),
        "eerste": found[0].name.words if found else "",
        "pagina": urls.absolute_url("/organise/system"),
    }
    source = letters.letter_source(KIND.letter, account.language)
    letter = letters.write_letter(source, fields, account.language, {"because": KIND.because})
    return Mail(letter, account.email, account.name, letters.site_name())
