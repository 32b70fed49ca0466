"""Nothing stuck without somebody knowing: what is not well raises an alarm, which administrators are mailed once."""

import sqlalchemy as sa
from flask_babel import force_locale

from app import clock, urls
from app.accounts.models import Account
from app.database import add_once, db
from app.outbox import delivery, letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail
from app.setbacks import one_by_one
from app.upkeep import health
from app.upkeep.health import Finding
from app.upkeep.models import Alarm

KIND = MessageKind.ALARM


def raise_alarms() -> int:
    """Raise alarms for what is not well, end those of what is well again, and mail what is new; returns how many that is."""
    found = health.check_health()
    known = {alarm.name: alarm for alarm in open_alarms()}
    for finding in found:
        if finding.well and finding.name in known:
            known[finding.name].ended_at = clock.now()
    fresh = [Alarm(name=each.name, detail=each.detail) for each in found if not each.well and each.name not in known]
    raised = [alarm.id for alarm in fresh if add_once(alarm)]
    db.session.commit()
    _mail_administrators(min(raised, default=None))
    delivery.deliver_alarms()
    return len(raised)


def open_alarms() -> list[Alarm]:
    return list(db.session.scalars(sa.select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.id)))


def recent_alarms(most: int = 20) -> list[Alarm]:
    """The last alarms, ended ones too."""
    return list(db.session.scalars(sa.select(Alarm).order_by(Alarm.id.desc()).limit(most)))


def _mail_administrators(first: int | None) -> None:
    """One mail to each administrator about every alarm since the first new one; those that failed are tried again."""
    administrators = sa.select(Account.id).where(Account.is_admin, Account.active).order_by(Account.id)
    new = [] if first is None else [f"{first} {account_id}" for account_id in db.session.scalars(administrators)]
    one_by_one.do_each(
        "raise_alarms", [*one_by_one.items_to_try_again("raise_alarms"), *new], _mail_one, complete=False
    )


def _mail_one(item: str) -> int:
    """Write to one administrator, in their language; nothing when all is well again."""
    first, account_id = map(int, item.split())
    account = db.session.get_one(Account, account_id)
    names = {alarm.name for alarm in open_alarms() if alarm.id >= first}
    with force_locale(account.language):
        found = [finding for finding in health.check_health() if finding.name in names]
        if found:
            message_queue.plan_finished_mail(_write_alarm_mail(account, found), KIND)
    return len(found)


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
