"""What the forms of all domains share: clean text, Dutch dates and hours, the list of wrong fields."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, Self
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp
from wtforms.widgets import TextInput

from app import day_reading
from app.database import SAFE_METHODS
from app.network.people import mail_addresses, names, telephones
from app.web import unsaved
from app.web.versions import OPENED, Version, subject_of
from app.words import Worded

Checks = Mapping[str, Sequence[Any]] | None
"""What WTForms' validate() may be given beside a form's own checks."""

_ADDRESS = re.compile(r"://|@|www\.|\w\w\.\w\w+(?![\w.])", re.IGNORECASE)
"""Of a page or a mailbox; no initials and titles, such as 'mr.dr. J.P.'."""
LARGEST_NUMBER = 1_000_000
"""What somebody may fill in: more than anything here is counted in."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAK = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
"""What word processors and browsers put between lines beside \\n (UAX 14, class BK)."""


class FilledIn(InputRequired):
    """Of a value that may be nought or false, but not blanks alone."""

    def __call__(self, form: BaseForm, field: Any) -> None:
        if field.raw_data and isinstance(field.raw_data[0], str) and not clean_line(field.raw_data[0]):
            field.raw_data = [""]
        super().__call__(form, field)


REQUIRED = FilledIn(_l("Vul dit in."))
WORDS_REQUIRED = DataRequired(_l("Vul dit in."))
"""Of a text, which may not be blanks alone either."""


def choices(enum: type[Worded]) -> list[SelectChoice]:
    """All values of an enumeration to choose from."""
    return [SelectChoice(member.value, str(member.words)) for member in enum]


def clean_line(text: str | None) -> str:
    return names.clean_name(text or "")


def clean_lines(text: str | None) -> str:
    """Text of more lines, with \\n between them, whatever stood there, and without other control characters."""
    return _CONTROL.sub("", _BREAK.sub("\n", text or "")).strip()


def clean_row(text: str | None) -> str:
    """A row of a table as it was copied: tabs stay, for they say that a cell is empty, also the first one."""
    cells = [clean_line(each) for each in (text or "").split("\t")]
    return "\t".join(cells) if any(cells) else ""


def clean_rows(text: str | None) -> str:
    """Rows of a table as they were copied, like `clean_row`."""
    rows = _CONTROL.sub("", _BREAK.sub("\n", text or ""))
    return rows.strip("\n ") if rows.strip() else ""


class Form(FlaskForm):
    """A form that can name its wrong fields, for the summary at its top, and knows what it was opened with."""

    version: Version | None = None

    def validate_on_submit(self, extra_validators: Checks = None) -> bool:
        return not unsaved.is_only_filling() and super().validate_on_submit(extra_validators)

    def of(self, row: Any) -> Self:
        """Say that this form changes a stored row, or what `subject_of` takes for one; of None it makes a new one.

        Call it before the form is checked: what others changed meanwhile is taken over, and what both did is asked.
        """
        if row is not None:
            self.version = Version(subject_of(row), self)
            if request.method not in SAFE_METHODS:
                self.version.compare(request.form.get(OPENED, ""))
        return self

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        both = self.version.both if self.version else []
        for field in both:
            self.reject(
                field.name, gettext("Iemand anders heeft dit intussen ook veranderd. Kies wat er komt te staan.")
            )
        return good and not both

    def wrong_fields(self) -> list[Any]:
        return [field for field in self if field.errors and field.type != "CSRFTokenField"]

    def faults(self) -> list[tuple[Any, str]]:
        """Each thing that is wrong, with the field where it can be mended; in a table of fields that is one of a row."""
        return [fault for field in self.wrong_fields() for fault in _faults_of(field)]

    def reject(self, field: str, message: str) -> None:
        """Add an error that a rule found after the form's own checks."""
        self[field].errors = [*self[field].errors, message]


def _faults_of(field: Any) -> list[tuple[Any, str]]:
    """Of a table of fields what is wrong in its rows, or else what is wrong with all of it."""
    if isinstance(field, FormField):
        return [fault for each in field.form for fault in _faults_of(each)]
    rows = field.entries if isinstance(field, FieldList) else []
    found = [fault for each in rows for fault in _faults_of(each)]
    return found or [(field, error) for error in field.errors if not isinstance(error, dict)]


class LineField(StringField):
    """One line of text; breaks and control characters become spaces."""

    data: str

    def __init__(self, label: str, longest: int, *, required: bool = False, **options: Any) -> None:
        checks = [
            WORDS_REQUIRED if required else Optional(),
            Length(max=longest, message=_l("Gebruik hooguit %(max)d tekens.")),
        ]
        super().__init__(label, [*checks, *options.pop("validators", [])], filters=[clean_line], **options)


class WebAddressField(LineField):
    """Where something is on the web, https."""

    def __init__(self, label: str, longest: int, **options: Any) -> None:
        keyboard = {"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}
        super().__init__(label, longest, validators=[_demand_web_address], render_kw=keyboard, **options)


def _demand_web_address(form: BaseForm, field: Field) -> None:
    try:
        parts = urlsplit(field.data)
    except ValueError:  # such as one square bracket
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname or " " in field.data:
        raise ValidationError(gettext("Dit is geen webadres. Begin met https://."))


class RowField(LineField):
    """A row that is copied from a table."""

    def __init__(self, label: str, longest: int, **options: Any) -> None:
        super().__init__(label, longest, **options)
        self.filters = (clean_row,)


class PhoneField(LineField):
    """A telephone number, as people write it."""

    def __init__(self, label: str, **options: Any) -> None:
        digits = Regexp(r"\+?[0-9(][0-9 ()./-]{5,}$", message=_l("Schrijf het nummer in cijfers, zoals 06 12345678."))
        keyboard = {"type": "tel", "inputmode": "tel"}
        super().__init__(label, 40, validators=[digits], render_kw=keyboard, **options)


class TelephoneField(LineField):
    """Where somebody is called, in whatever words that is kept: a number, or 'via de griffie'."""

    def __init__(self, label: str, longest: int, **options: Any) -> None:
        super().__init__(label, longest, **options)
        self.filters = (*self.filters, telephones.read_telephone)


class PersonNameField(LineField):
    """The name of somebody, who may be told of in a mail to others: nothing that a mail program makes a link of."""

    def __init__(self, label: str, longest: int, *, validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, longest, validators=[*validators, _refuse_addresses], **options)


def _refuse_addresses(form: BaseForm, field: Field) -> None:
    if _ADDRESS.search(field.data or ""):
        raise ValidationError(gettext("Vul hier alleen een naam in, geen adres."))


class LinesField(TextAreaField):
    """More lines of text."""

    data: str

    def __init__(self, label: str, longest: int, *, required: bool = False, rows: int = 6, **options: Any) -> None:
        checks = [
            WORDS_REQUIRED if required else Optional(),
            Length(max=longest, message=_l("Gebruik hooguit %(max)d tekens.")),
        ]
        super().__init__(
            label, [*checks, *options.pop("validators", [])], filters=[clean_lines], render_kw={"rows": rows}, **options
        )
        self.type = "TextAreaField"


class RowsField(LinesField):
    """Rows that are copied from a table."""

    def __init__(self, label: str, longest: int, **options: Any) -> None:
        super().__init__(label, longest, **options)
        self.filters = (clean_rows,)


class AddressField(StringField):
    """An e-mail address in the form that mail servers take."""

    data: str

    def __init__(self, label: str, *, required: bool = True, **options: Any) -> None:
        options.setdefault("render_kw", {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"})
        super().__init__(
            label, [WORDS_REQUIRED if required else Optional(), Length(max=254)], filters=[clean_line], **options
        )

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if self.data and not validation_stopped:
            try:
                self.data = mail_addresses.read_address(self.data)
            except mail_addresses.BadAddress:
                if mail_addresses.lacks_domain(self.data):
                    raise ValidationError(mail_addresses.say_what_is_wrong(self.data)) from None
                raise ValidationError(
                    gettext("Dit is geen mailadres. Schrijf het als naam@organisatie.nl, zonder accenten.")
                ) from None


class DayField(DateField):
    """A date, from a date picker or typed as 10-12-2026; with what is special about it, unless it is a date gone by."""

    def __init__(self, label: str, *, required: bool = False, plans: bool = True, **options: Any) -> None:
        self.plans = plans
        super().__init__(label, [REQUIRED if required else Optional()], format="%Y-%m-%d", **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: date | None = None
        text = clean_line(" ".join(valuelist))
        try:
            self.data = day_reading.read_whole_day(text) if text else None
        except ValueError:
            raise ValueError(gettext("Deze datum bestaat niet. Schrijf hem als 10-12-2026.")) from None
        if self.data and not date(2000, 1, 1) <= self.data <= date(2100, 1, 1):
            self.data = None
            raise ValueError(gettext("Kies een datum tussen 2000 en 2100."))


class HourField(TimeField):
    """A time of day, typed as 13:30 or 13.30."""

    def __init__(self, label: str, *, required: bool = False, **options: Any) -> None:
        super().__init__(label, [REQUIRED if required else Optional()], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data: time | None = None
            return
        try:
            super().process_formdata([valuelist[0].strip().replace(".", ":")[:5]])
        except ValueError:
            raise ValueError(gettext("Deze tijd bestaat niet. Schrijf hem als 13.30.")) from None


class WholeNumberField(IntegerField):
    """A whole number that may stay empty."""

    def __init__(self, label: str, *, required: bool = False, **options: Any) -> None:
        super().__init__(label, [REQUIRED if required else Optional(), *options.pop("validators", [])], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: int | None = None
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            raise ValueError(gettext("Vul een heel getal in.")) from None
        if self.data is not None and abs(self.data) > LARGEST_NUMBER:
            self.data = None
            raise ValueError(gettext("Dit getal is te groot."))


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # its stubs are passed over
    """Several choices as a list of checkboxes."""

    data: list[str]
    widget = TextInput()


class CodeForm(Form):
    """The six digits of a mail (app/mailed_codes.py)."""

    code = LineField(
        _l("Code uit de mail"),
        12,
        required=True,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
        description=_l("Zes cijfers."),
    )
