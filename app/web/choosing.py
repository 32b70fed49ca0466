"""Acting on what was ticked in a list: the fields of such pages, and the acts that there are.

A list is a form that is read (GET): boxes, filter, order and the buttons of its pages are of one form, so that nothing
ticked is lost and no script is needed. A button of an act opens a page that says for how many, and for whom not; that
page sends the act.
"""

from collections.abc import Collection
from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination

from app.choices import EVERYTHING, Choice, read_choice, write_numbers
from app.rows import read_row_number
from app.words import Refusal, Worded


class ListAct(Worded):
    """What can be done with who was chosen."""

    MAIL = "mail", _l("Mail hen")
    INVITE = "invite", _l("Nodig uit voor een sessie")
    EXPORT = "export", _l("Neem de lijst mee")
    REMOVE = "remove", _l("Haal uit het netwerk")
    PUBLISH = "publish", _l("Publiceer concepten")
    COPY = "copy", _l("Kopieer")
    DELETE = "delete", _l("Verwijder concepten")
    PAUSE = "pause", _l("Zet op pauze")
    RESUME = "resume", _l("Laat verdergaan")
    AGAIN = "again", _l("Verstuur opnieuw")
    DROP = "drop", _l("Trek in")


OF_NETWORK = (ListAct.MAIL, ListAct.INVITE, ListAct.EXPORT, ListAct.REMOVE)
OF_SESSION = (ListAct.MAIL, ListAct.INVITE, ListAct.EXPORT)
OF_SESSIONS = (ListAct.PUBLISH, ListAct.COPY, ListAct.EXPORT, ListAct.DELETE)
OF_MAILS = (ListAct.PAUSE, ListAct.RESUME, ListAct.AGAIN, ListAct.EXPORT, ListAct.DROP)


class NobodyChosen(Refusal):
    """An act for nobody."""

    says = _l("Vink eerst aan wie je bedoelt.")
    tone = "warning"


class NothingChosen(Refusal):
    """An act for nothing, or for nothing that it can be done with."""

    says = _l("Vink eerst aan wat je bedoelt.")
    tone = "warning"


class ChosenTooMany(Refusal):
    """More than can be undone or looked over together."""

    says = _l("Dit kan voor hoogstens %(most)s tegelijk. Maak de keuze kleiner.")
    tone = "warning"


@dataclass(frozen=True)
class Shown:
    """A list on a page with what is chosen of it."""

    page: Pagination
    choice: Choice
    acts: Collection[ListAct]
    kept: str
    """What was ticked on other pages."""


def show_list(page: Pagination, row_ids: Collection[int], *acts: ListAct) -> Shown:
    """The list as it stands on the page, which shows rows with these numbers."""
    choice = choice_of_request()
    return Shown(page, choice, acts, write_numbers(choice.elsewhere(row_ids)))


def choice_of_request() -> Choice:
    return read_choice(request.args)


def act_of_request(*acts: ListAct) -> ListAct | None:
    """Which of these the reader pressed; None for another."""
    pressed = request.args.get("do", "")
    return next((act for act in acts if act == pressed), None)


def or_whole_list(choice: Choice, act: ListAct | None) -> Choice:
    """The choice; who takes a list along and ticked nobody means the list as it is narrowed down."""
    return choice if choice or act is not ListAct.EXPORT else EVERYTHING


def columns_of_request() -> set[int]:
    """Places of the columns that a table is asked to have, from 0."""
    numbers = (read_row_number(text) for text in request.form.getlist("column"))
    return {number - 1 for number in numbers if number}


def address_of_act(address: str) -> str:
    """An address with the choice and filter of this request."""
    return f"{address}?{request.query_string.decode()}"
