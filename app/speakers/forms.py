"""What organisers send to ask somebody to speak, and what who speaks sends."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, RadioField, ValidationError

from app.materials import material_files
from app.speakers.models import AskedSpeaker, SpeakerAnswer
from app.web.forms import REQUIRED, AddressField, Form, LinesField, choices


class AskForm(Form):
    """Whom to ask, and for what."""

    address = AddressField(_l("Mailadres"), render_kw={"inputmode": "email", "spellcheck": "false"})
    expected = LinesField(
        _l("Wat verwacht je van deze spreker?"),
        3_000,
        rows=5,
        description=_l(
            "Zoals: hoe lang het verhaal duurt, of er tijd is voor vragen, en voor wanneer je de dia’s wilt."
        ),
    )


class AnswerForm(Form):
    """Yes or no. A form for each of these, since a file that is refused must not undo an answer."""

    answer = RadioField(_l("Spreek je?"), [REQUIRED])
    remark = LinesField(_l("Iets voor de organisatie?"), 500, rows=3, description=_l("Alleen organisatoren lezen dit."))

    def __init__(self, asked: AskedSpeaker, **options: Any) -> None:
        super().__init__(data={"answer": asked.answer, "remark": asked.remark}, **options)
        self.answer.choices = choices(SpeakerAnswer)


class IntroductionForm(Form):
    """Who somebody is, and whether that may stand in public."""

    about = LinesField(
        _l("Wie ben je? Een paar zinnen"),
        1_000,
        rows=5,
        description=_l("Bijvoorbeeld: Sanne is waterbouwkundige bij de provincie."),
    )
    agreed = BooleanField(
        _l("Mijn naam, deze tekst en mijn foto mogen openbaar op de pagina van de sessie staan"),
        description=_l("Je kunt dit altijd weer uitzetten. Zonder ja ziet alleen wie is uitgenodigd je naam."),
    )

    def __init__(self, asked: AskedSpeaker, **options: Any) -> None:
        super().__init__(data={"about": asked.about, "agreed": asked.speaker.agreed}, **options)


class PictureForm(Form):
    picture = FileField(
        _l("Foto van jezelf"),
        description=_l(
            "PNG, JPEG of WebP van hooguit 10 MB. We halen eruit waar en waarmee hij gemaakt is. "
            "Hij staat pas openbaar als je dat hierboven goedvindt."
        ),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )


class SlidesForm(Form):
    file = FileField(_l("Bestand"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        most = material_files.most_bytes()
        self.file.render_kw = {
            "data-most": most,
            "data-too-large": gettext(
                "Dit bestand is groter dan %(most)d MB. Maak het kleiner, bewaar het als pdf, of zet er een link naar.",
                most=most // 2**20,
            ),
        }
        self.file.flags.required = True
        self.file.description = gettext(
            "Pdf, PowerPoint, Word of OpenDocument, hooguit %(most)d MB. Wie het maakte en waarmee halen we eruit. "
            "Notities bij dia’s blijven staan. Eerst kan alleen wie meedoet het openen. De organisatie kan dat veranderen.",
            most=most // 2**20,
        )

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Kies eerst een bestand."))

    def upload(self) -> tuple[str, bytes]:
        """Name and bytes of what was sent, of too large a one no more than shows that."""
        sent = self.file.data or FileStorage()
        return sent.filename or "", sent.read(material_files.most_bytes() + 1)
