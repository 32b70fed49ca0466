"""Whether people can be recognised in what was uploaded, and whether they agreed to that."""

from flask_babel import lazy_gettext as _l

from app.words import Worded

QUESTION = _l("Staan er mensen herkenbaar op?")


class PeopleShown(Worded):
    """What who uploaded it said; without consent it stands nowhere in public."""

    NOBODY = "nobody", _l("Nee")
    AGREED = "agreed", _l("Ja, en zij vinden het goed dat dit openbaar is"), "green"
    UNASKED = "unasked", _l("Ja, maar dat is nog niet aan iedereen gevraagd"), "amber"
