"""The picture of a network or session, as an organiser sends it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField

from app.network.faces.models import Picture
from app.uploads import people_shown
from app.uploads.people_shown import PeopleShown
from app.web.forms import REQUIRED, Form, LineField, choices


class FaceForm(Form):
    """A file may stay away when there is a picture already, of which the words alone change."""

    picture = FileField(
        _l("Foto of logo"),
        description=_l(
            "PNG, JPEG of WebP van hooguit 10 MB. Van een foto nemen we een liggend stuk, een logo blijft heel. "
            "We maken hem licht en halen eruit waar en waarmee hij gemaakt is."
        ),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    alt = LineField(
        _l("Wat staat erop?"),
        200,
        required=True,
        description=_l("Voor wie de afbeelding niet ziet. Bijvoorbeeld: deelnemers rond een tafel in het stadhuis."),
    )
    people_shown = RadioField(people_shown.QUESTION, [REQUIRED])

    def __init__(self, picture: Picture | None, **options: Any) -> None:
        super().__init__(obj=picture, **options)
        self.people_shown.choices = choices(PeopleShown)
