"""The mail to colleagues whose yes some rounds wait for."""

from collections.abc import Iterable, Sequence

from flask_babel import force_locale, gettext

from app import urls, wording
from app.accounts.models import Account
from app.events.models import Event
from app.invitations.waves.models import Wave
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail


def ask_to_look(event: Event, waiting: Sequence[Wave], colleagues: Iterable[Account], by: Account) -> None:
    """Ask each colleague to look at the rounds of an event that wait, with a link to where they stand together."""
    kind, network = MessageKind.LOOK_ALONG, event.network
    page = urls.absolute_url(f"/organise/events/{event.slug}/waves")
    for colleague in colleagues:
        with force_locale(colleague.language):
            values = {
                "naam": colleague.name,
                "door": by.name,
                "titel": event.title,
                "dag": wording.format_day(event.starts_at, event.zone),
                "mails": ", ".join(str(wave.kind.words).lower() for wave in waiting),
                "knop": letters.LetterBlock.render("button", link=page, label=gettext("Kijk mee")),
            }
        letter = letters.write_letter(
            letters.letter_source(kind.letter or "", colleague.language),
            values,
            colleague.language,
            {"because": kind.because, "network": network},
        )
        mail = Mail(letter, colleague.email, colleague.name, letters.site_name())
        plan_finished_mail(mail, kind, network_id=network.id, event_id=event.id)
