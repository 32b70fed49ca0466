"""A certificate on paper: one sheet of A4, tagged for screen readers, drawn anew from what was frozen whenever it is asked for."""

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from app import qr, urls
from app.certificates.models import CertificateVersion
from app.network.faces import colours
from app.papers import paper_sheets


def write_pdf(version: CertificateVersion) -> bytes:
    """A version as PDF (PDF/UA), in the language in which it was issued. Raises OSError without Pango."""
    certificate = version.certificate
    with force_locale(version.language):
        address = urls.check_url(certificate.number)
        template = current_app.jinja_env.get_template("certificates/paper.html")
        body = template.render(
            certificate=certificate,
            version=version,
            hours=format_duration(version.minutes),
            duration=format_duration,
            address=address,
            drawing=qr.draw_code_svg(address, gettext("Code met het adres om dit bewijs te controleren")),
        )
        title = title_of_paper(version)
        colour = colours.colour_by_day(certificate.network)
        return paper_sheets.write_sheet(title, version.network, colour, body, language=version.language)


def title_of_paper(version: CertificateVersion) -> str:
    """'Certificaat: Inkopen' of a course, 'Bewijs van deelname: Inkopen' of a session."""
    if version.certificate.of_course:
        return gettext("Certificaat: %(title)s", title=version.title)
    return gettext("Bewijs van deelname: %(title)s", title=version.title)


def name_of_file(version: CertificateVersion) -> str:
    """'bewijs-K7QM-2XWA-PL5D-ZT3C.pdf': nobody's name."""
    with force_locale(version.language):
        return gettext("bewijs-%(number)s.pdf", number=version.certificate.number)


def format_duration(minutes: int) -> str:
    """'3 uur', '45 minuten', '2 uur en 30 minuten'."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(num)s uur", "%(num)s uur", hours)] if hours else []
    if rest or not hours:
        parts.append(ngettext("%(num)s minuut", "%(num)s minuten", rest))
    return gettext("%(one)s en %(other)s", one=parts[0], other=parts[1]) if len(parts) > 1 else parts[0]
