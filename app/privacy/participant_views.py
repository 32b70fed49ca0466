"""Wanting to stay, by the link in the letter that asks."""

from operator import attrgetter

from flask import render_template
from flask.typing import ResponseReturnValue

from app.network.people.models import Person
from app.privacy import contact, stay_letters
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link

personal = PersonalPages("privacy", __name__)
_STAY = Link(stay_letters.person_of_stay_link, language=attrgetter("language"))


@personal.get("/stay/<token>", link=_STAY)
def show_stay(person: Person) -> ResponseReturnValue:
    return render_template("privacy/stay.html", person=person, stays=False)


@personal.post("/stay/<token>", link=_STAY)
def stay(person: Person) -> ResponseReturnValue:
    with acting():
        contact.note_wish_to_stay(person)
    return render_template("privacy/stay.html", person=person, stays=True)
