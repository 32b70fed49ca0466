"""What always holds of certificates of courses; part of the balance."""

import sqlalchemy as sa

from app.certificates.models import Certificate, CertificateVersion
from app.upkeep.invariants import Rows, selected


@selected("certificate {certificate} of an edition of a course says in version {version} that too little was attended")
def certificates_of_courses_say_that_the_rule_was_met() -> Rows:
    short = sa.func.coalesce(CertificateVersion.attended < CertificateVersion.needed, True)
    more = sa.func.coalesce(CertificateVersion.needed > CertificateVersion.held, True)
    return (
        sa.select(Certificate.id.label("certificate"), CertificateVersion.version.label("version"))
        .join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)
        .where(Certificate.course_edition_id.is_not(None), sa.or_(short, more))
    )
