"""The pages that the pictures of the help show: on the demo at STANDSTILL, as whoever has the task sees them."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
import time_machine
from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

from app import tokens
from app.accounts import accounts, sessions
from app.database import db
from app.help.tasks import Task
from app.invitations.models import Invitation
from app.me import sessions as own_sessions
from app.network.models import Membership, Network
from app.network.people.models import Person
from app.tokens import Purpose
from tests.databases import STANDSTILL

HOST = "http://leerkring.test"
TEXTS = Path(__file__).parent / "texts"
"""What stood on each page when its picture was taken."""
LANGUAGES = ("nl", "en")
SHARPNESS, QUALITY = 1.5, 60
"""Pixels of a picture for one of a page, and how much WebP keeps of it: words that can be read, in some 35 KB."""
_ADMIN = "beheer@leerkring.example"
_NETWORK, _SESSION = "/organise/networks/digitale-transformatie", "/organise/events/datagedreven-werken"
_FREE, _PAST = "/organise/events/algoritmes-uitleggen", "/organise/events/ai-aan-het-loket"
_DAY, _SETTLED = "/organise/events/expeditie-2100", "/organise/events/hitte-in-de-kern"
_COMING, _HELD = "/organise/events/van-denken-naar-doen", "/organise/events/meten-wat-telt"


def _invited(language: str) -> Invitation:
    """The invitation of somebody who reads this language."""
    wanted = sa.select(Invitation).join(Invitation.person).where(Person.language == language)
    return db.session.scalars(wanted.order_by(Invitation.event_id, Invitation.id)).first()


def _page_of_invited(language: str) -> str:
    found = _invited(language)
    return f"/i/{tokens.make_token(Purpose.INVITATION, found.id, found.token_version)}"


def _member(language: str) -> Person:
    """Somebody of the Academie who reads this language."""
    wanted = sa.select(Person).join(Membership, Membership.person_id == Person.id).join(Network)
    wanted = wanted.where(Network.slug == "brabant-academie", Person.language == language)
    return db.session.scalars(wanted.order_by(Person.id)).first()


def _member_to_erase(language: str) -> str:
    wanted = sa.select(sa.func.min(Membership.person_id)).join(Network).where(Network.slug == "digitale-transformatie")
    return f"{_NETWORK}/people/{db.session.scalar(wanted)}/erase"


PAGES: dict[str, str | Callable[[str], str]] = {
    "answer-an-invitation": _page_of_invited,
    "sessions-in-my-calendar": "/subscribe",
    "less-mail-or-none": "/me/mail",
    "find-each-other": "/members/brabant-academie/people",
    "ask-your-network": "/networks/brabant-academie/questions",
    "make-a-session": f"{_NETWORK}/events/new",
    "workshops-to-choose": f"{_DAY}/choices",
    "plan-a-course": "/organise/networks/brabant-academie/courses/editions/1",
    "put-in-the-offer": "/organise/networks/brabant-academie/catalogue",
    "share-material": f"{_SETTLED}/materials",
    "import-a-list": f"{_NETWORK}/import",
    "pick-or-paste-people": f"{_FREE}/path/who",
    "make-an-audience": f"{_NETWORK}/audiences/10001",
    "match-people": "/organise/networks/brabant-academie/matching/2",
    "write-the-mail": f"{_SESSION}/waves/3/text/nl",
    "invitations-and-reminders": f"{_SESSION}/waves",
    "send-now-or-later": f"{_SESSION}/path/send",
    "see-who-comes": _COMING,
    "move-or-cancel": f"{_SESSION}/cancel",
    "at-the-door": f"{_HELD}/day",
    "badges": f"{_HELD}/day/badges",
    "letters-of-attendance": f"{_SETTLED}/attendance",
    "catch-lessons": f"{_PAST}/learned",
    "publish-an-impression": f"{_PAST}/impression",
    "the-digest": f"{_NETWORK}/digest",
    "give-a-colleague-access": f"{_NETWORK}/team",
    "questions-about-privacy": _member_to_erase,
    "make-a-network": "/organise/networks/new",
}
"""Where in the demo the picture of a task is taken."""


_OWN = {"members": "member", "networks": "member"}
"""Addresses begin with it where a member of the Academie looks."""


class Demo:
    """The application with the demo, asked at STANDSTILL by an administrator, somebody on their own pages, or whoever has a link."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        with time_machine.travel(STANDSTILL, tick=False), app.app_context():
            secrets = {"organise": {"account": sessions.open_session(accounts.find_account(_ADMIN))}}
            for language in LANGUAGES:
                secrets[f"me {language}"] = {"person": own_sessions.open_session(_invited(language).person)}
                secrets[f"member {language}"] = {"person": own_sessions.open_session(_member(language))}
            db.session.commit()
            signer = app.session_interface.get_signing_serializer(app)
            self._cookies = {
                where: {app.config["SESSION_COOKIE_NAME"]: signer.dumps(each)} for where, each in secrets.items()
            }

    def address(self, task: Task, language: str) -> str:
        found = PAGES[task.slug]
        with self._app.app_context():
            return found if isinstance(found, str) else found(language)

    def ask(self, address: str, language: str) -> TestResponse:
        """What this address answers in a language; organisers' pages and own pages to who signed in, others to a stranger."""
        part = _OWN.get(address.split("/")[1], address.split("/")[1])
        cookies = {"language": language} | self._cookies.get(f"{part} {language}", self._cookies.get(part, {}))
        told = "; ".join(f"{name}={value}" for name, value in cookies.items())
        with time_machine.travel(STANDSTILL, tick=False):
            return self._app.test_client(use_cookies=False).get(address, base_url=HOST, headers={"Cookie": told})


def read_main(page: str) -> str:
    """What stands in the main part of a page, a line per piece of text."""
    texts = html.document_fromstring(page).xpath("//main//text()[not(parent::script or parent::style)]")
    return "\n".join(text for each in texts if (text := " ".join(each.split()))) + "\n"
