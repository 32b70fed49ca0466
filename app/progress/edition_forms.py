"""What comes in about a correction of a published report."""

from flask_babel import lazy_gettext as _l

from app.web.forms import Form, LineField


class CorrectionForm(Form):
    reason = LineField(
        _l("Wat verbeter je?"),
        300,
        required=True,
        description=_l(
            "Dit staat bij de nieuwe uitgave, voor iedereen die haar leest. De eerdere uitgave blijft te lezen."
        ),
    )
