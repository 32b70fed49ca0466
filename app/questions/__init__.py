"""Questions to a network: a member asks, an organiser lets it through, the digest brings it, answers come by mail or page."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.network.models import Membership
    from app.network.people.models import Person


def wire() -> None:
    from app.network import memberships
    from app.network.people import people
    from app.questions import models  # noqa: F401

    memberships.left.connect(_leave)
    memberships.came_back.connect(_come_back)
    memberships.restricted.connect(_restrict)
    people.erased.connect(_erase)


def bind(app: Flask) -> None:
    from app.questions import link_views, organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, link_views)


def _leave(membership: "Membership") -> None:
    from app.questions import questions

    questions.leave(membership)


def _come_back(membership: "Membership", **about: Any) -> None:
    from app.questions import questions

    questions.come_back(membership, about["since"])


def _restrict(person: "Person") -> None:
    from app.questions import answers

    answers.take_names_back(person)


def _erase(person: "Person") -> None:
    from app.questions import questions

    questions.erase_asker(person)
