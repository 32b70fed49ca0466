"""That a file holds a virus, to the organisers of its session."""

from flask_babel import force_locale, gettext

from app import urls
from app.materials.models import Material
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail

_KIND = MessageKind.MATERIAL_INFECTED


def tell_organisers(material: Material) -> None:
    """Mail it to the contact address of the network."""
    event, network = material.event, material.event.network
    with force_locale("nl"):
        page = urls.absolute_url(f"/organise/events/{event.slug}/materials")
        button = LetterBlock.render("button", link=page, label=gettext("Naar het materiaal"))
        fields = {"titel": event.title, "bestand": material.file_name, "knop": button}
        layout = {"because": _KIND.because, "network": network}
        letter = letters.write_letter(letters.letter_source(_KIND.letter, "nl"), fields, "nl", layout)
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    message_queue.plan_finished_mail(mail, _KIND, network_id=network.id, event_id=event.id)
