"""Links of old to somebody's own pages, and the one under every mail: each leads to its place, behind the sign-in.

A mail is forwarded, and so is the link under it. It says where to sign in and to whom the mail for that goes, and shows
nothing of whose it is. Who is signed in as that person goes on at once.
"""

from operator import attrgetter

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import wording
from app.me import leaving, sessions, sign_ins
from app.me.sign_ins import address_that_works
from app.network.people.models import Departure, Person
from app.web import own_sign_in
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.member_doors import MemberPages
from app.web.personal import PREFERENCES, Link, head_alone

personal = PersonalPages("own_links", __name__, link=PREFERENCES)
members = MemberPages("own_links", __name__)
_DEPARTURE = Link(leaving.departure_of_link, language=attrgetter("person.language"))
_PLACES = {
    "": "preferences.show_preferences",
    "data": "own_data.show_own_data",
    "leave": "preferences.show_leaving",
    "prove": "me.show_own_page",
}


@personal.get("/preferences/<token>")
@personal.get("/preferences/<token>/<any(data, leave, prove):part>")
def open_place(person: Person, part: str = "") -> ResponseReturnValue:
    if sessions.is_signed_in_as(person):
        return redirect(url_for(_PLACES[part]), 303)
    return head_alone() or _render(person)


@personal.post("/preferences/<token>", limit="60/hour")
@personal.post("/preferences/<token>/<any(data, leave, prove):part>", limit="60/hour")
def ask_sign_in(person: Person, part: str = "") -> ResponseReturnValue:
    address = address_that_works(person)
    if address is None:
        return _render(person, 422)
    digest = sign_ins.ask_of(person, address)
    return own_sign_in.go_to_code(digest, wording.mask_address(address.address), url_for(_PLACES[part]))


@members.get("/preferences/mine")
@members.get("/preferences/mine/<any(data, leave, prove):part>")
def open_own_place(person: Person, part: str = "") -> ResponseReturnValue:
    """As it stood in browsers that had opened such a link."""
    return redirect(url_for(_PLACES[part]), 303)


@personal.get("/come-back/<token>", link=_DEPARTURE)
def show_coming_back(departure: Departure) -> ResponseReturnValue:
    return head_alone() or render_template("me/come_back.html", done=departure.undone_at is not None)


@personal.post("/come-back/<token>", link=_DEPARTURE)
def come_back(departure: Departure) -> ResponseReturnValue:
    with acting(words={leaving.CannotComeBack: ""}):
        leaving.come_back(departure)
    return render_template("me/come_back.html", done=True)


def _render(person: Person, status: int = 200) -> ResponseReturnValue:
    return render_template("me/by_link.html", person=person, address=address_that_works(person)), status
