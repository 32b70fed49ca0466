"""What members fill in: what they show, and what they write to each other."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField

from app.directory import contacts, listings
from app.directory.models import Listing, Shown
from app.web.forms import Form, LineField, LinesField

_TICKED = (Shown.NAME, Shown.ROLE, Shown.THEMES, Shown.CONTACT)


class ListingForm(Form):
    """What somebody shows; each box is a yes in the words that stand beside it."""

    name = BooleanField(Shown.NAME.asks)
    role = BooleanField(Shown.ROLE.asks)
    themes = BooleanField(Shown.THEMES.asks)
    contact = BooleanField(Shown.CONTACT.asks)
    knows = LineField(
        _l("Ik weet van"),
        200,
        description=_l("Leden zien dit bij je naam. Bijvoorbeeld: wonen in kleine kernen. Leeg: er staat niets."),
    )
    seeks = LineField(
        _l("Ik zoek"),
        200,
        description=_l("Leden zien dit bij je naam. Bijvoorbeeld: een gemeente die dit al deed. Leeg: er staat niets."),
    )

    def __init__(self, shows: Collection[Shown], listing: Listing | None, *, contact: bool, **options: Any) -> None:
        ticked = {each.value: each in shows for each in _TICKED}
        words = {"knows": listing.knows, "seeks": listing.seeks} if listing and Shown.NAME in shows else {}
        super().__init__(data={**ticked, **words}, **options)
        if not contact:
            del self.contact

    @property
    def wanted(self) -> set[Shown]:
        """What is to be seen, apart from what was written and the picture."""
        return {each for each in _TICKED if each.value in self and self[each.value].data}

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        others = self.wanted - {Shown.NAME} or self.knows.data or self.seeks.data
        if others and not self.name.data:
            self.reject(
                "name",
                gettext("De rest is pas te zien als je naam in de lijst staat. Vink dit aan, of haal de rest weg."),
            )
            return False
        return good


class PictureForm(Form):
    picture = FileField(
        _l("Foto van jezelf"),
        description=_l(
            "PNG of JPEG van hooguit 10 MB. We maken hem klein en halen eruit waar en waarmee hij gemaakt is. "
            "Leden mogen mijn foto zien: dat zeg je door hem te sturen."
        ),
        render_kw={"accept": "image/png,image/jpeg"},
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.picture.render_kw = {
            **(self.picture.render_kw or {}),
            "data-most": listings.MOST_BYTES,
            "data-too-large": str(listings.NoPicture.says["large"]),
        }


class MessageForm(Form):
    """Words alone: no file, and no address but what somebody types themselves."""

    text = LinesField(_l("Je bericht"), contacts.LONGEST, required=True, rows=8)


class AnswerForm(MessageForm):
    shows_address = BooleanField(
        _l("Laat mijn mailadres zien"),
        description=_l("Dan kan de ander je ook zelf mailen. Zonder vinkje blijft je adres verborgen."),
    )
