"""What organisers send about the material of a session."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from app.events.models import Event, EventFormat
from app.materials import material_files
from app.materials.materials import Details, Link
from app.materials.models import ForWhom, Material, MaterialKind
from app.uploads import people_shown
from app.uploads.people_shown import PeopleShown
from app.web.forms import REQUIRED, Form, LineField, WebAddressField, WholeNumberField, choices

_TITLE = _l("Titel")
_COURSE = "course"


class _MaterialForm(Form):
    """What is said of all material. The fields of a kind stand before these."""

    for_whom = RadioField(_l("Voor wie?"), [REQUIRED])
    people_shown = RadioField(people_shown.QUESTION, [REQUIRED])
    part = SelectField(_l("Hoort bij"))

    def __init__(self, event: Event, material: Material | None = None, **options: Any) -> None:
        super().__init__(data=_data_of(material) if material else None, **options)
        audiences = [each for each in ForWhom if not (event.confidential and each == ForWhom.EVERYBODY)]
        self.for_whom.choices = [SelectChoice(each.value, str(each.words)) for each in audiences]
        self.people_shown.choices = choices(PeopleShown)
        self.part.choices = [SelectChoice("", gettext("De hele sessie"))]
        if event.format == EventFormat.COURSE_MEETING:
            self.part.choices.append(SelectChoice(_COURSE, gettext("De hele leergang, op elke dag")))
        self.part.choices += [SelectChoice(str(slot.id), slot.title) for slot in event.slots]
        if len(self.part.choices) == 1:
            del self.part

    def details(self, title: str = "") -> Details:
        """What was filled in; call after validate()."""
        part = self["part"].data if "part" in self else ""
        return Details(
            self["title"].data or title,
            ForWhom(self.for_whom.data),
            PeopleShown(self.people_shown.data),
            int(part) if part and part != _COURSE else None,
            part == _COURSE,
        )


class FileForm(_MaterialForm):
    """A new file, or what is said of one that is there, with another one in its place."""

    file = FileField(_l("Bestand"))
    title = LineField(_TITLE, 150, description=_l("Laat je dit leeg, dan nemen we de naam van het bestand."))

    def __init__(self, event: Event, material: Material | None = None, **options: Any) -> None:
        super().__init__(event, material, **options)
        self._has_one = material is not None
        self.file.flags.required = not self._has_one
        most = material_files.most_bytes()
        self.file.render_kw = {
            "data-most": most,
            "data-too-large": gettext(
                "Dit bestand is groter dan %(most)d MB. Maak het kleiner, bewaar het als pdf, of zet er een link naar.",
                most=most // 2**20,
            ),
        }
        self.file.description = gettext(
            "Pdf, PowerPoint, Word, Excel, OpenDocument of een foto, hooguit %(most)d MB. Wie het maakte, waar en waarmee, "
            "en opmerkingen in de kantlijn halen we eruit. Notities bij dia’s blijven staan.",
            most=most // 2**20,
        )
        if self._has_one:
            self.file.label.text = gettext("Vervang door een ander bestand")

    def validate_file(self, field: Field) -> None:
        if not (field.data or self._has_one):
            raise ValidationError(gettext("Kies eerst een bestand."))

    def upload(self) -> tuple[str, bytes] | None:
        """Name and bytes of what was sent, of too large a one no more than shows that; None when none was chosen."""
        if not self.file.data:
            return None
        return self.file.data.filename or "", self.file.data.read(material_files.most_bytes() + 1)


class LinkForm(_MaterialForm):
    """A link or a recording; `minutes` is how long a recording takes."""

    kind = RadioField(_l("Wat is het?"), [REQUIRED])
    title = LineField(_TITLE, 150, required=True)
    address = WebAddressField(_l("Webadres"), 500, required=True)
    minutes = WholeNumberField(
        _l("Lengte in minuten"),
        validators=[NumberRange(1, 6000, _l("Kies een getal van 1 of meer."))],
        description=_l("Alleen bij een opname."),
    )

    def __init__(self, event: Event, material: Material | None = None, **options: Any) -> None:
        super().__init__(event, material, **options)
        self.kind.choices = [SelectChoice(each.value, str(each.words)) for each in MaterialKind][1:]
        if material is not None:
            del self.kind

    def link(self, kind: MaterialKind) -> Link:
        """What was filled in; call after validate()."""
        return Link(self.address.data, self.minutes.data if kind == MaterialKind.RECORDING else None)


def _data_of(material: Material) -> dict[str, Any]:
    return {name: getattr(material, name) for name in ("title", "for_whom", "people_shown", "address", "minutes")} | {
        "part": _COURSE if material.of_course else str(material.slot_id or "")
    }
