"""Giving out certificates, of whatever kind: issuing, issuing again under the same number, withdrawing.

What a certificate is for is said by its caller, in `about`: the column and id that one person has one certificate for.
"""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.accounts.models import Account
from app.certificates.models import Certificate, CertificateVersion, WithdrawnBecause
from app.certificates.numbers import make_number
from app.database import add_once, db, lock_row
from app.events.models import Event
from app.network.people.models import Language, Person
from app.outbox import message_queue
from app.words import Refusal


class NoCertificate(Refusal):
    """Whom it would be for is gone, or what it would say does not hold."""

    says = {
        "gone": _l("Deze persoon is gewist of samengevoegd met iemand anders. Er is niets gemaakt."),
        "withdrawn": _l("Dit bewijs is ingetrokken. Maak het eerst weer geldig."),
    }


@dataclass(frozen=True)
class Facts:
    """What a certificate says of what was attended; `days` as in CertificateVersion."""

    title: str
    confidential: bool
    days: list[list[str | int]]
    place: str
    network: str
    signatory_name: str
    signatory_function: str
    attended: int | None = None
    needed: int | None = None
    held: int | None = None
    obligatory: int | None = None


def issue_certificate(
    person: Person, facts: Facts, network_id: int, by: Account | None = None, **about: int
) -> Certificate:
    """Somebody's certificate for what `about` names, a new one when they have none; one that is there stays as it is.

    It bears their name of this moment. Raises NoCertificate.
    """
    message_queue.begin_saving()
    db.session.refresh(person)
    if person.erased_at or person.merged_into_id:
        raise NoCertificate("gone")
    wanted = select_certificates().filter_by(person_id=person.id, **about)
    if found := db.session.scalar(wanted):
        return found
    certificate = Certificate(number=make_number(), network_id=network_id, person_id=person.id, **about)
    if add_once(certificate):
        _add_version(certificate, facts, person.name, person.language, by)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def issue_again(certificate: Certificate, facts: Facts, name: str, by: Account | None = None) -> bool:
    """Let a certificate say this, as a new version under its number; False when it said so already. Raises NoCertificate."""
    message_queue.begin_saving()
    _hold(certificate)
    if certificate.person is None:
        raise NoCertificate("gone")
    if certificate.withdrawn_at:
        raise NoCertificate("withdrawn")
    certificate.asked_name, newest = "", certificate.newest
    if newest.name == name and facts_of(newest) == facts:
        return False
    _add_version(certificate, facts, name, certificate.person.language, by)
    return True


def withdraw_certificate(certificate: Certificate, because: WithdrawnBecause) -> bool:
    """Let it hold no longer; False when it did not already."""
    _hold(certificate)
    if certificate.withdrawn_at:
        return False
    certificate.withdrawn_at, certificate.withdrawn_because = clock.now(), because
    return True


def restore_certificate(certificate: Certificate) -> bool:
    """Let one that was withdrawn hold again; False when it does already."""
    _hold(certificate)
    if certificate.withdrawn_at is None:
        return False
    certificate.withdrawn_at = certificate.withdrawn_because = None
    return True


def ask_name(certificate: Certificate, name: str) -> bool:
    """Keep how somebody asks to be named; False when they had asked already, and it is this now."""
    _hold(certificate)
    first, certificate.asked_name = not certificate.asked_name, name
    return first


def keep_name(certificate: Certificate) -> None:
    """The name stays as it is: what was asked is answered."""
    _hold(certificate)
    certificate.asked_name = ""


def facts_of(version: CertificateVersion) -> Facts:
    """What a version says, to compare with what holds now."""
    return Facts(**{name: getattr(version, name) for name in Facts.__dataclass_fields__})


def certificates_of_person(person: Person) -> list[Certificate]:
    """All that somebody has and that hold, the latest first."""
    wanted = select_certificates().where(Certificate.person_id == person.id, Certificate.withdrawn_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Certificate.id.desc())))


def select_certificates() -> sa.Select[Certificate]:
    """With all that pages and mails show of them."""
    return sa.select(Certificate).options(
        selectinload(Certificate.versions),
        joinedload(Certificate.network),
        joinedload(Certificate.event).joinedload(Event.network),
        joinedload(Certificate.person).selectinload(Person.addresses),
    )


def _hold(certificate: Certificate) -> None:
    """Of two organisers who change it at once, the second sees what the first did."""
    lock_row(certificate)
    db.session.refresh(certificate, ["versions", "person"])


def _add_version(certificate: Certificate, facts: Facts, name: str, language: Language, by: Account | None) -> None:
    last = db.session.scalar(
        sa.select(sa.func.max(CertificateVersion.version)).filter_by(certificate_id=certificate.id)
    )
    row = CertificateVersion(
        certificate_id=certificate.id,
        version=(last or 0) + 1,
        name=name,
        language=language,
        account_id=by.id if by else None,
        **asdict(facts),
    )
    db.session.add(row)
    db.session.flush()
    db.session.refresh(certificate, ["versions"])
