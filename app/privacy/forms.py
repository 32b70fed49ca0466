"""Forms about how long data stays."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.privacy.models import Term
from app.web.forms import Form, LineField


class TermsForm(Form):
    """A field of days for each term, within its bounds."""

    @classmethod
    def of_terms(cls, days: dict[Term, int]) -> "TermsForm":
        """The form filled with how it is now."""
        fields = {term.value: _days_field(term) for term in Term}
        form: TermsForm = type("TermsForm", (cls,), fields)(data={term.value: days[term] for term in Term})
        return form

    def days(self) -> dict[Term, int]:
        return {term: self[term.value].data for term in Term}


def _days_field(term: Term) -> Any:
    bounds = {"least": term.least, "most": term.most}
    return IntegerField(
        term.words,
        [
            InputRequired(_l("Vul een aantal dagen in.")),
            NumberRange(term.least, term.most, _l("Kies een aantal tussen %(min)s en %(max)s dagen.")),
        ],
        description=_l("in dagen, van %(least)s tot %(most)s", **bounds),
    )


class HoldForm(Form):
    reason = LineField(
        _l("Waarom"), 200, required=True, description=_l("Bijvoorbeeld: besluitvorming over de samenwerkingsagenda.")
    )
