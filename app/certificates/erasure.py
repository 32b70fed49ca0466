"""What goes from certificates with a person: every name that stood on them, in all versions, and whose they are.

Their numbers go on answering that the paper is genuine, with its days and hours: who asks has the paper already, and we
can no longer tell of whom it is.
"""

import sqlalchemy as sa

from app.certificates.models import Certificate, CertificateVersion
from app.database import db
from app.network.people.models import Person


def erase_names_on_certificates(person: Person) -> None:
    """Also those that stayed behind with whoever went up in them."""
    person_ids = _with_merged(person.id)
    theirs = sa.select(Certificate.id).where(Certificate.person_id.in_(person_ids))
    names = sa.update(CertificateVersion).where(CertificateVersion.certificate_id.in_(theirs)).values(name="")
    owners = sa.update(Certificate).where(Certificate.person_id.in_(person_ids))
    for gone in (names, owners.values(person_id=None, asked_name="")):
        db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()


def _with_merged(person_id: int) -> list[int]:
    into = sa.select(Person.id).where(Person.merged_into_id == person_id)
    return [person_id, *(each for other in db.session.scalars(into).all() for each in _with_merged(other))]
