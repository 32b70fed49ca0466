"""A press acts on what its page showed, or is refused and says what changed.

A form that acts on much at once carries a digest of each part of what its page showed: the text, who gets it, how many
they are. They are compared with what holds when it comes back, in the transaction that would act. On a difference
nothing is done, and the page as it is by then says which parts differ. Fields that somebody fills in have versions.py.
A form without digests was on no page of ours, so there is nothing to compare it with.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.database import SAFE_METHODS, Model, db, lock_row
from app.web import unsaved
from app.web.versions import make_digest, write_value
from app.web.way_back import address_on_this_site
from app.words import Refusal, Worded

SEEN, SEEN_ON = "seen", "seen_on"
"""The names of the hidden fields: the digests, and the page that they were on."""


class Part(Worded):
    """Something that a page shows and a press takes for granted, as it is called within a sentence."""

    STATE = "state", _l("hoe het ermee staat")
    WHEN = "when", _l("wanneer het vertrekt")
    AUDIENCE = "audience", _l("wie het krijgt")
    NUMBER = "number", _l("hoeveel mensen het zijn")
    TEXT = "text", _l("de tekst")
    FILES = "files", _l("de bestanden")
    SESSION = "session", _l("de gegevens van de sessie")
    SESSIONS = "sessions", _l("om welke sessies het gaat")
    MAILS = "mails", _l("om welke mails het gaat")
    BELONGINGS = "belongings", _l("wat bij de sessie hoort")
    PEOPLE = "people", _l("om wie het gaat")
    PERSON = "person", _l("de gegevens van de persoon")
    COLUMNS = "columns", _l("hoe de lijst gelezen wordt")
    ROWS = "rows", _l("wat er met de rijen gebeurt")
    DAYS = "days", _l("de dagen")
    ANSWERS = "answers", _l("de antwoorden")
    SEATS = "seats", _l("de plekken")
    NAME = "name", _l("de naam")
    RULE = "rule", _l("wie erbij horen")
    REQUEST = "request", _l("wat er gevraagd is")


Parts = Mapping[Part, object]
"""What a page shows at this moment."""
PartsOf = Callable[..., Parts]
"""Reads the parts, given what the view of the press is given."""


class ShownOtherwise(Refusal):
    """The page showed something else than holds now, and it is not known which page that was."""

    says = _l("Er is niets gedaan. Intussen is dit anders: %(parts)s. Open de pagina opnieuw.")


def write_fields(parts_of: PartsOf, objects: Sequence[Any]) -> Markup:
    """The hidden fields of a form, read once for all forms of a page that show the same."""
    read = g.setdefault("seen_fields", {})
    about = (parts_of, *map(id, objects))
    if about not in read:
        pairs = _digests(parts_of(*objects)).items()
        read[about] = (
            objects,
            Markup('<input type="hidden" name="{}" value="{}">{}').format(
                SEEN, " ".join(f"{part.value}:{digest}" for part, digest in pairs), _page_field()
            ),
        )
    fields: Markup = read[about][1]
    return fields


def _page_field() -> Markup:
    if request.method not in SAFE_METHODS:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(SEEN_ON, request.full_path.rstrip("?"))


def press(parts_of: PartsOf, objects: Sequence[Any], view: Callable[[], Any]) -> Any:
    """Let a view act on what was pressed, if its page showed what holds now; what it acts on is locked meanwhile."""
    for row in objects[-1:]:
        if isinstance(row, Model):
            lock_row(row)
    changed = _changed(parts_of(*objects))
    return _refuse(changed, view) if changed else view()


def was_shown() -> bool:
    """Whether what came in was pressed on a page that says what it showed, and is to be done."""
    return request.method not in SAFE_METHODS and SEEN in request.form and not unsaved.is_only_filling()


def _changed(parts: Parts) -> list[Part]:
    sent = dict(pair.split(":", 1) for pair in request.form[SEEN].split() if ":" in pair)
    now = _digests(parts)
    return [part for part in Part if sent.get(part.value) != now.get(part)]


def _digests(parts: Parts) -> dict[Part, str]:
    return {part: make_digest(part.value, _write(value)) for part, value in parts.items()}


def _write(value: object) -> str:
    """A value as text; the order in a tuple says something, that in a list does not."""
    if isinstance(value, tuple):
        return repr([_write(each) for each in value])
    if isinstance(value, list):
        return repr(sorted(_write(each) for each in value))
    return write_value(value)


def _refuse(changed: list[Part], view: Callable[[], Any]) -> ResponseReturnValue:
    db.session.rollback()
    names = ", ".join(str(part.words) for part in changed)
    back = address_on_this_site(request.form.get(SEEN_ON))
    if not unsaved.has_page() and back is None:
        raise ShownOtherwise(parts=names)
    flash(
        gettext(
            "Deze keer is er niets gedaan. Sinds je deze pagina opende, is dit anders: %(parts)s. Drukte je twee keer, "
            "dan deed de eerste keer dat. Zo niet, kijk dan hieronder hoe het nu is. Klopt dat, druk dan opnieuw.",
            parts=names,
        ),
        "warning",
    )
    if not unsaved.has_page():
        return redirect(back or "", 303)
    answer = unsaved.fill_again(view)
    answer.status_code = 409 if answer.status_code == 200 else answer.status_code
    return answer
