"""The letter to the organisers of an agenda about the words of a report, at the address where their network answers."""

from flask_babel import force_locale, gettext

from app import urls, wording
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.progress import words
from app.progress.models import Report
from app.progress.words import Written

TEAM = MessageKind.PROGRESS_TEAM


def plan_team_letter(report: Report, *, reminder: bool) -> int:
    """Tell them that it is time to write, or what is missing still; nothing when all is there. Returns how many mails."""
    written = words.count_written(report, words.words_now(report))
    if written.complete:
        return 0
    network = report.agenda.network
    with force_locale("nl"):
        letter = letters.write_letter(
            letters.letter_source(TEAM.letter, "nl"),
            _fields(report, written, reminder),
            "nl",
            {"because": TEAM.because, "network": network},
        )
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    plan_finished_mail(mail, TEAM, network_id=network.id)
    return 1


def _fields(report: Report, written: Written, reminder: bool) -> dict[str, object]:
    page = f"/organise/networks/{report.agenda.network.slug}/agendas/{report.agenda_id}/reports/{report.id}"
    label = gettext("Schrijf, en zie wat nog ontbreekt")
    return {
        "rapportage": report.title,
        "agenda": report.agenda.title,
        "dag": wording.format_day(report.words_due_on),
        "klaar": wording.format_day(report.due_on),
        "herinnering": reminder,
        "geschreven": written.organisers,
        "alle": written.of_organisers,
        "koppels": written.koppels,
        "alle_koppels": written.of_koppels,
        "knop": LetterBlock.render("button", link=urls.absolute_url(page), label=label),
    }
