"""That a file holds a virus, to the organisers of its network."""

from flask_babel import force_locale, gettext

from app import urls
from app.materials.models import Material
from app.network.models import Network
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail

_KIND = MessageKind.MATERIAL_INFECTED


def tell_organisers_of_material(material: Material) -> None:
    """Mail it of a file with a session, which a speaker may have sent."""
    event = material.event
    page = f"/organise/events/{event.slug}/materials"
    tell_organisers(event.network, event.title, material.file_name, page, event_id=event.id)


def tell_organisers(network: Network, title: str, file_name: str, page: str, *, event_id: int | None = None) -> None:
    """Mail it to the contact address of the network; `title` is of what the file stands with, `page` where it is replaced."""
    with force_locale("nl"):
        button = LetterBlock.render("button", link=urls.absolute_url(page), label=gettext("Naar het materiaal"))
        fields = {"titel": title, "bestand": file_name, "sessie": event_id is not None, "knop": button}
        layout = {"because": _KIND.because, "network": network}
        letter = letters.write_letter(letters.letter_source(_KIND.letter, "nl"), fields, "nl", layout)
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    message_queue.plan_finished_mail(mail, _KIND, network_id=network.id, event_id=event_id)
