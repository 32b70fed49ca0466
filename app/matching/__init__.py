"""Matching: rounds in which people of a network meet for intervision, as buddies or at each other's work."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.digests.digest_requests import Request
    from app.network.models import Membership
    from app.network.people.models import Person
    from app.outbox.message_writing import Written
    from app.outbox.models import Message, Reason
    from app.polls.models import Poll
    from app.row_journal import RowJournal


def wire() -> None:
    from app.digests import digest_requests
    from app.matching import models  # noqa: F401
    from app.network import memberships
    from app.network.imports import merges
    from app.network.people import people
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind
    from app.polls import polls

    message_writing.register_writer(MessageKind.MATCH_CALL, _write_calls, _look_at_calls)
    message_writing.register_writer(MessageKind.MATCH_NEWS, _write_news, _look_at_news)
    digest_requests.register_teller(MessageKind.MATCH_CALL, _tell_in_digest)
    people.erasing.connect(_stop_everywhere)
    memberships.restricted.connect(_stop_everywhere)
    people.erased.connect(_forget_person)
    memberships.left.connect(_leave_network)
    memberships.came_back.connect(_come_back)
    merges.merging.connect(_combine)
    polls.chosen.connect(_note_first_meeting)


def bind(app: Flask) -> None:
    from app.matching import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)


def _write_calls(messages: "list[Message]") -> "Sequence[Written]":
    from app.matching import calls

    return calls.write_calls(messages)


def _look_at_calls(messages: "list[Message]") -> "dict[int, Reason]":
    from app.matching import calls

    return calls.look_again(messages)


def _tell_in_digest(messages: "list[Message]") -> "list[Request]":
    from app.matching import calls

    return calls.tell_in_digest(messages)


def _write_news(messages: "list[Message]") -> "Sequence[Written]":
    from app.matching import news

    return news.write_news(messages)


def _look_at_news(messages: "list[Message]") -> "dict[int, Reason]":
    from app.matching import news

    return news.look_again(messages)


def _stop_everywhere(person: "Person") -> None:
    from app.matching import leaving

    leaving.stop_everywhere(person)


def _forget_person(person: "Person") -> None:
    from app.matching import leaving

    leaving.forget_person(person)


def _leave_network(membership: "Membership") -> None:
    from app.matching import leaving

    leaving.leave_network(membership)


def _come_back(membership: "Membership", **about: Any) -> None:
    from app.matching import leaving

    leaving.come_back(membership, **about)


def _combine(kept: "Person", gone: "Person", journal: "RowJournal") -> None:
    from app.matching import leaving

    leaving.combine_enrolments(kept, gone, journal)


def _note_first_meeting(poll: "Poll") -> None:
    from app.matching import group_meetings

    group_meetings.note_first_meeting(poll)
