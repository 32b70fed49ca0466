"""What organisers say of something on offer without a date."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, SelectField, ValidationError
from wtforms.validators import NumberRange

from app import clock
from app.catalogue.items import ItemDetails
from app.catalogue.models import CatalogueItem, ItemKind
from app.materials import material_files
from app.network import network_queries
from app.network.vocabulary.forms import role_choices
from app.themes import themes
from app.themes.forms import chosen_themes, offer_themes
from app.web.forms import (
    CheckboxesField,
    DayField,
    Form,
    LineField,
    LinesField,
    WebAddressField,
    WholeNumberField,
    choices,
)


class ItemForm(Form):
    """A podcast, video, e-learning or guide: a link or a file."""

    kind = SelectField(_l("Wat is het?"), choices=lambda: choices(ItemKind))
    title = LineField(_l("Titel"), 150, required=True)
    summary = LineField(
        _l("Samenvatting"), 300, required=True, description=_l("Eén of twee zinnen: wat is het en wat heb je eraan?")
    )
    address = WebAddressField(_l("Webadres"), 500)
    file = FileField(_l("Of een bestand"))
    minutes = WholeNumberField(
        _l("Hoeveel minuten duurt het?"), validators=[NumberRange(1, 6000, _l("Kies een getal van 1 of meer."))]
    )
    maker = LineField(_l("Wie maakte het?"), 150, description=_l("De organisatie, geen persoon."))
    checked_on = DayField(
        _l("Nagekeken op"),
        required=True,
        description=_l("Toen zag iemand dat het nog klopt. Na een jaar staat erbij dat iemand weer moet kijken."),
    )
    themes = CheckboxesField(_l("Thema’s"))
    roles = CheckboxesField(_l("Voor wie is het?"), description=_l("Niets gekozen: voor iedereen."))
    description = LinesField(
        _l("Meer erover"),
        20_000,
        rows=6,
        description=_l("Opmaak met Markdown: een lege regel begint een alinea, - een punt van een lijst, **vet**."),
    )

    def __init__(self, item: CatalogueItem | None = None, **options: Any) -> None:
        data = _data_of(item) if item else {"checked_on": clock.today()}
        super().__init__(data=data, **options)
        known = network_queries.list_roles()
        self.roles.choices = role_choices(known)
        self._roles = {role.code: role for role in known}
        offer_themes(self.themes, item.themes if item else ())
        most = material_files.most_bytes() // 2**20
        self.file.description = gettext("Pdf, PowerPoint, Word, Excel of OpenDocument, hooguit %(most)d MB.", most=most)
        if item and item.size:
            self.file.label.text = gettext("Vervang door een ander bestand")

    def validate_checked_on(self, field: Field) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(gettext("Die dag moet nog komen. Kies vandaag of een dag daarvoor."))

    def details(self) -> ItemDetails:
        """What was filled in; call after validate()."""
        return ItemDetails(
            ItemKind(self.kind.data),
            self.title.data,
            self.summary.data,
            self.description.data or "",
            self.address.data or "",
            self.minutes.data,
            self.maker.data or "",
            self.checked_on.data or clock.today(),
            [self._roles[code] for code in self.roles.data],
            themes.load_themes(self.themes.data),
        )

    def upload(self) -> tuple[str, bytes] | None:
        """Name and bytes of what was sent, of too large a one no more than shows that; None when none was chosen."""
        if not self.file.data:
            return None
        return self.file.data.filename or "", self.file.data.read(material_files.most_bytes() + 1)


def _data_of(item: CatalogueItem) -> dict[str, Any]:
    names = ("kind", "title", "summary", "description", "address", "minutes", "maker", "checked_on")
    return {name: getattr(item, name) for name in names} | {
        "roles": [role.code for role in item.roles],
        "themes": chosen_themes(item.themes),
    }
