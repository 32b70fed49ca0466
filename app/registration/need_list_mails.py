"""Mailing the kitchen list or the access list to whoever cares for it: an address that the organiser types."""

from flask_babel import force_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from app import clock, wording
from app.accounts import audit
from app.accounts.models import Action
from app.database import db
from app.events import capacity
from app.events.models import Event, Preset
from app.invitations.letters.invitation_mail import event_letter_fields
from app.network import correspondence
from app.network.seeing import Viewer
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import Letter, LetterBlock
from app.outbox.mime import Mail
from app.registration import need_lists
from app.registration.models import NeedListMail
from app.registration.need_lists import NeedList
from app.words import Refusal

KIND = MessageKind.NEED_LIST
_LANGUAGE = "nl"
"""Who gets it is no person whose language we know."""


class NeedListRefused(Refusal):
    """The list cannot be mailed, or is not the one that the organiser looked at."""

    says = {
        "not_asked": _l("Deze sessie vraagt hier niet naar."),
        "over": _l("De sessie is geweest of geannuleerd. De lijst gaat niet meer op de mail."),
        "changed": _l(
            "De lijst is intussen gewijzigd of al verstuurd. Kijk de lijst na. Daarna kun je opnieuw versturen."
        ),
    }
    field = "address"


def can_mail(event: Event) -> bool:
    return not event.over and not event.cancelled


def write_need_list(event: Event, needs: NeedList) -> Letter:
    """The mail as it would leave now: the event, and the list without names."""
    with force_locale(_LANGUAGE):
        fields = event_letter_fields(event) | {
            "keuken": needs.preset == Preset.DIETARY,
            "aantal": ngettext("%(num)s persoon", "%(num)s mensen", needs.asked),
            "zonder": ngettext("%(num)s van hen vulde niets in.", "%(num)s van hen vulden niets in.", needs.without),
            "gewijzigd": needs.changed,
            "vorige": wording.format_day_and_hour(needs.mailed.sent_at, event.zone) if needs.mailed else "",
            "lijst": LetterBlock.render("needs", answers=needs.answers, gone=needs.gone),
        }
        source = letters.letter_source(KIND.letter, _LANGUAGE)
        layout = correspondence.footer_of_network(event.network) | {"because": KIND.because}
        return letters.write_letter(source, fields, _LANGUAGE, layout)


def mail_need_list(event: Event, preset: Preset, address: str, seal: str, viewer: Viewer) -> None:
    """Mail the list with this seal to an address, which the session remembers. Raises NeedListRefused."""
    capacity.lock_event(event.id)
    needs = need_lists.load_need_list(event, preset, viewer)
    if needs.question is None:
        raise NeedListRefused("not_asked")
    if not can_mail(event):
        raise NeedListRefused("over")
    if needs.seal != seal:
        raise NeedListRefused("changed")
    with force_locale(_LANGUAGE):
        site = letters.site_name()
        sender = gettext("%(network)s via %(site)s", network=event.network.name, site=site)
    mail = Mail(write_need_list(event, needs), address, "", sender, reply_to=event.network.contact_address)
    message_queue.plan_finished_mail(mail, KIND, network_id=event.network_id, event_id=event.id)
    mailed = needs.mailed or NeedListMail(event_id=event.id, preset=preset)
    mailed.address, mailed.sent_at, mailed.counts = address, clock.now(), needs.counts
    db.session.add(mailed)
    audit.note_in_audit_log(Action.MAILED_NEEDS, event)
