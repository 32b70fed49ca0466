"""The two mails to who wants to hear of the next edition: the link to confirm, and once, that there is one.

The second waits some minutes after an edition was published, so that a wrong press is put right before anybody reads of
it, and editions that are published together stand in one mail.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import selectinload

from app import clock, tokens, urls, wording
from app.courses import interests, public_courses
from app.courses.models import Course, CourseEdition, CourseInterest, CourseMeeting, EditionState
from app.database import db, take_row, too_often
from app.invitations.letters import course_facts
from app.invitations.letters.course_facts import DayLine
from app.network import correspondence, memberships, visits
from app.network.correspondence import Envelope
from app.network.models import Network
from app.network.people import mail_addresses
from app.network.people.models import Person
from app.outbox import letters
from app.outbox.kinds import MessageKind, Stop
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.outbox.models import Message
from app.setbacks import one_by_one
from app.tokens import Purpose

GRACE = timedelta(minutes=10)
"""Between publishing an edition and the mail about it."""
MOST_A_DAY = 3
"""Links to confirm to one address and network within a day; further ones are dropped unseen."""


@dataclass(frozen=True)
class NewEdition:
    """An edition as the mail tells of it."""

    title: str
    days: Sequence[DayLine]
    until: str
    open_to_all: bool


def link_of_interest(interest: CourseInterest) -> str:
    """Where they confirm, stop, or ask to hear once more."""
    return urls.next_edition_url(tokens.make_token(Purpose.NEXT_EDITION, interest.id))


def mail_interest_links() -> int:
    """Mail the link to every address that asked since the last time; return how many."""
    waiting = sa.select(CourseInterest.id).where(~CourseInterest.mailed).order_by(CourseInterest.id)
    return one_by_one.do_each("mail_interest_links", db.session.scalars(waiting).all(), _mail_link)


def tell_of_editions(now: datetime | None = None) -> int:
    """Plan the one mail to each who waits for an edition that was published a while before `now`; return how many."""
    now = now or clock.now()
    waiting = sa.select(CourseInterest.id).join(Course).join(Network, Network.id == Course.network_id)
    news = sa.select(CourseEdition.id).where(*_is_news(), CourseEdition.published_at <= now - GRACE)
    due = waiting.where(CourseInterest.confirmed_at.is_not(None), CourseInterest.told_at.is_(None), news.exists())
    due = due.where(Network.archived_at.is_(None), *_may_leave(now)).order_by(CourseInterest.id)
    return one_by_one.do_each("tell_of_editions", db.session.scalars(due).all(), _tell)


def _mail_link(interest_id: int) -> int | None:
    interest = take_row(CourseInterest, interest_id, ~CourseInterest.mailed)
    if interest is None:
        return None
    interest.mailed = True
    if _may_be_mailed(interest):
        _plan_link(interest)
    return 1


def _may_be_mailed(interest: CourseInterest) -> bool:
    """Not too often, and of a network that is not listed only who is in it."""
    network, owner = interest.course.network, interests.find_owner(interest)
    if network.archived_at is not None:
        return False
    if not network.listed and (owner is None or memberships.find_membership(owner.id, network.id) is None):
        return False
    return not too_often(
        Message.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        Message.kind == MessageKind.NEXT_ASKED,
        Message.network_id == network.id,
        mail_addresses.is_address(Message.recipient, interest.address or ""),
    )


def _plan_link(interest: CourseInterest) -> None:
    def fields() -> dict[str, object]:
        label = gettext("Bekijk wat je vroeg") if interest.waits else gettext("Ja, laat me de volgende weten")
        return {
            "leergang": interest.course.title,
            "netwerk": interest.course.network.name,
            "wacht": interest.waits,
            "dagen": interests.VALID.days,
            "knop": LetterBlock.render("button", link=link_of_interest(interest), label=label),
        }

    mail = _write_to_address(interest, MessageKind.NEXT_ASKED, fields)
    plan_finished_mail(mail, MessageKind.NEXT_ASKED, network_id=interest.course.network_id)


def _tell(interest_id: int) -> int | None:
    """Tell somebody, and that is that; who wants or gets no mail of the network now is not told, and it is over too."""
    interest = take_row(CourseInterest, interest_id, CourseInterest.told_at.is_(None))
    editions = _list_news(interest) if interest else []
    if interest is None or not editions:
        return None
    kind, mail = MessageKind.NEXT_EDITION, _write_news(interest, editions)
    if mail is None:
        interests.stop(interest)
        return 0
    interest.told_at = clock.now()
    about = {"network_id": interest.course.network_id, "person_id": interest.person_id}
    plan_finished_mail(mail, kind, priority=kind.priority, **about)
    return 1


def _list_news(interest: CourseInterest) -> list[CourseEdition]:
    """What was published since they asked, by when it begins."""
    meetings = selectinload(CourseEdition.meetings).joinedload(CourseMeeting.event)
    wanted = sa.select(CourseEdition).join(Course).join(CourseInterest, CourseInterest.course_id == Course.id)
    wanted = wanted.where(CourseInterest.id == interest.id, *_is_news()).options(meetings)
    found = list(db.session.scalars(wanted))
    return sorted(found, key=lambda each: (each.meetings_held[0].event.starts_at, each.id))


def _is_news() -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions on an edition and an interest that the one is news to who has the other."""
    return (
        CourseEdition.course_id == CourseInterest.course_id,
        CourseEdition.published_at > CourseInterest.asked_at,
        CourseEdition.state == EditionState.PUBLISHED,
        CourseEdition.closes_at > clock.now(),
        public_courses.is_shown(),
    )


def _may_leave(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """In the quiet hours only what is of networks that have none."""
    return () if clock.next_sending_moment(now) <= now else (~Network.quiet_hours,)


def _write_news(interest: CourseInterest, editions: Sequence[CourseEdition]) -> Mail | None:
    """The mail, or None when it cannot or may not go to them."""
    course, person = interest.course, interest.person
    page = urls.course_url(course.slug)

    def fields() -> dict[str, object]:
        link = visits.link_to_page(person, course.network, page) if person else page
        return {
            "voornaam": person.call_name if person else "",
            "leergang": course.title,
            "uitvoeringen": LetterBlock.render("new_editions", editions=[_line_of(each) for each in editions]),
            "knop": LetterBlock.render("button", link=link, label=gettext("Bekijk de leergang en schrijf je in")),
            "daarna": link_of_interest(interest),
        }

    kind = MessageKind.NEXT_EDITION
    if person is None:
        return _write_to_address(interest, kind, fields)
    address = correspondence.preferred_address(person)
    if address is None or address.bounced_at or _wants_no_mail(interest, person):
        return None
    with force_locale(person.language):
        words = _words_to_stop()
    envelope = Envelope(
        kind.because,
        address,
        course.network,
        unsubscribe_url=link_of_interest(interest),
        unsubscribe_address=memberships.unsubscribe_address(link_of_interest(interest)),
        unsubscribe_words=words,
        preferences_url=correspondence.link_to_preferences(person),
    )
    return correspondence.write_mail(person, kind.letter, fields, envelope)


def _wants_no_mail(interest: CourseInterest, person: Person) -> bool:
    """Whether they are no longer who they were, want nothing done with their data, or stopped all mail after they asked."""
    if person.erased_at or person.merged_into_id:
        return True
    membership = memberships.find_membership(person.id, interest.course.network_id)
    if membership is None:
        return False
    stopped = membership.unsubscribed_at is not None and membership.unsubscribed_at > interest.asked_at
    return stopped or membership.restricted_at is not None


def _line_of(edition: CourseEdition) -> NewEdition:
    first = edition.meetings_held[0].event
    until = wording.format_short_day(edition.closes_at, first.zone)
    return NewEdition(edition.title, course_facts.list_days(edition), until, first.open_to_all)


def _words_to_stop() -> str:
    return gettext("Geen bericht meer over deze leergang")


def _write_to_address(interest: CourseInterest, kind: MessageKind, fields: Callable[[], Mapping[str, object]]) -> Mail:
    """A mail to an address of which we know no name, as the network."""
    network, language, link = interest.course.network, interest.language, link_of_interest(interest)
    with force_locale(language):
        values, words = fields(), _words_to_stop()
        sender = gettext("%(network)s via %(site)s", network=network.name, site=letters.site_name())
    layout = correspondence.footer_of_network(network) | {"because": kind.because}
    if kind.stop is Stop.NOTHING:
        letter = letters.write_letter(letters.letter_source(kind.letter, language), values, language, layout)
        return Mail(letter, interest.address or "", "", sender)
    layout |= {"unsubscribe_url": link, "unsubscribe_words": words}
    letter = letters.write_letter(letters.letter_source(kind.letter, language), values, language, layout)
    return Mail(
        letter,
        interest.address or "",
        "",
        sender,
        unsubscribe_url=link,
        unsubscribe_address=memberships.unsubscribe_address(link),
        list_name=correspondence.list_name(network),
    )
