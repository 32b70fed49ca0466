"""What belongs in somebody's digest: what they have not seen, were not mailed, and want to hear of.

For a batch of people at once, in a fixed number of queries: the news of the site is the
same for all of them; what each has had already is looked up per batch.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import clock
from app.database import db, insert_new
from app.digests import digest_requests, organiser_words
from app.digests.digest_requests import Request
from app.digests.models import OrganiserWord, SeenItem
from app.events import capacity
from app.events.models import Event, EventState
from app.invitations.models import HistoryEntry, Invitation, Step
from app.lessons.impressions import follow_up_letters
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import commitment_queries
from app.lessons.insights.models import Commitment
from app.network.models import Delivery, Network, Standing
from app.network.people.models import Person
from app.outbox import errands, message_queue, message_states
from app.outbox.models import IN_HAND, Message, MessageState
from app.questions.models import NetworkQuestion, QuestionDelivery
from app.registration.models import Registration, RegistrationState

if TYPE_CHECKING:
    from app.lessons.insights.use_questions import AskedUse, DueReport

AHEAD = timedelta(days=60)
"""How far sessions are announced."""
BACK = timedelta(days=60)
"""How old an impression may be to be news."""
_UNSENT = [*message_states.NEVER_LEFT, MessageState.BOUNCED, MessageState.HELD]


@dataclass(frozen=True)
class HeldNews:
    """What waited for the digest about one event: an invitation, a save the date, a reminder, the last one last."""

    messages: list[Message]
    invitation: Invitation


@dataclass(frozen=True)
class QuestionNews:
    """A question to the network, and what its reader has of it; nothing where a digest is looked at that does not go out."""

    question: NetworkQuestion
    delivery: QuestionDelivery | None


@dataclass
class NetworkSection:
    """The news of one network for one person."""

    network: Network
    invitations: list[HeldNews] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    word: OrganiserWord | None = None
    questions: list[QuestionNews] = field(default_factory=list)
    sessions: list[Event] = field(default_factory=list)
    freed: list[Event] = field(default_factory=list)
    full: set[int] = field(default_factory=set)
    """Ids of sessions where whoever registers now waits."""
    impressions: list[Impression] = field(default_factory=list)

    def items(self) -> list[str]:
        """What is told here, as it is remembered in digest_seen."""
        return [
            *(f"held:{held.messages[-1].id}" for held in self.invitations),
            *(f"asked:{request.message.id}" for request in self.requests),
            *([f"word:{self.word.id}"] if self.word else []),
            *(f"question:{asked.question.id}" for asked in self.questions),
            *(f"event:{event.id}" for event in self.sessions),
            *(f"free:{event.id}" for event in self.freed),
            *(f"impression:{impression.id}" for impression in self.impressions),
        ]


@dataclass
class Digest:
    """All the news for one person. Without a section there is none; commitments and questions alone are no news."""

    person: Person
    sections: list[NetworkSection]
    commitments: list[Commitment]
    uses: "list[AskedUse]" = field(default_factory=list)
    """Sessions of which they are asked now what they did with the suggestions."""

    def items(self) -> list[str]:
        return [item for section in self.sections for item in section.items()]


@dataclass(frozen=True)
class SiteNews:
    """What there is to tell at all, by id of network."""

    networks: dict[int, Network]
    words: dict[int, OrganiserWord]
    sessions: dict[int, list[Event]]
    freed: dict[int, list[Event]]
    full: set[int]
    impressions: dict[int, list[Impression]]
    reports: "list[DueReport]"
    """Whose suggestions it is time to ask about."""
    questions: dict[int, list[NetworkQuestion]]

    @classmethod
    def load(cls) -> "SiteNews":
        from app.lessons.insights import use_questions
        from app.questions import questions  # a command that writes no digest need not load it

        sessions = _open_sessions()
        return cls(
            networks={network.id: network for network in db.session.scalars(sa.select(Network).order_by(Network.name))},
            words=organiser_words.current_organiser_words(),
            sessions=_by_network(sessions),
            freed=_by_network(_freed_sessions(sessions)),
            full={event.id for event in sessions if _is_full(event)},
            impressions=_by_network(_fresh_impressions()),
            reports=use_questions.list_due_reports(),
            questions=_by_network(questions.load_open()),
        )


def gather_digests(people: Collection[Person], news: SiteNews | None = None) -> dict[int, Digest]:
    """The digest of each of these people by id; they need their memberships loaded."""
    from app.lessons.insights import use_questions
    from app.questions import deliveries

    news = news or SiteNews.load()
    person_ids = [person.id for person in people]
    had, promised, held, asked, delivered = (
        _told_before(person_ids, news),
        commitment_queries.open_commitments_of(person_ids),
        _held_by_person(people),
        digest_requests.list_requests(person_ids),
        deliveries.find_for(person_ids) if news.questions else {},
    )
    questions = use_questions.list_questions(person_ids, news.reports)
    digests = {}
    for person in people:
        own, requests = held.get(person.id, {}), asked.get(person.id, {})
        found = [
            _section_of_network(network_id, person, news, had[person.id], own, requests)
            for network_id in {*_wanted_networks(person), *own, *requests}
        ]
        for section in found:
            section.questions = _questions_for(person, section.network.id, news, had[person.id], delivered)
        sections = [section for section in found if section.items()]
        sections.sort(key=lambda section: section.network.name)
        wanted = _wanted_networks(person)
        uses = [each for each in questions.get(person.id, []) if each.impression.network_id in wanted]
        digests[person.id] = Digest(person, sections, promised.get(person.id, []), uses[: use_questions.MOST])
    return digests


def remember_told(digests: Iterable[Digest]) -> None:
    """Keep what was told, so that it is not told again."""
    from app.lessons.insights import use_questions
    from app.questions import deliveries

    digests = list(digests)
    held = [held for each in digests for section in each.sections for held in section.invitations]
    asked = [request.message.id for each in digests for section in each.sections for request in section.requests]
    message_queue.bundle_messages([*(message.id for each in held for message in each.messages), *asked])
    news = [news for each in digests for section in each.sections for news in section.questions]
    deliveries.note_told([each.delivery.id for each in news if each.delivery])
    rows = [{"person_id": each.person.id, "item": item} for each in digests for item in each.items()]
    if rows:
        db.session.execute(insert_new(SeenItem.__table__, "person_id", "item"), rows)
    use_questions.remember_asked(asked for each in digests for asked in each.uses)


def _wanted_networks(person: Person) -> list[int]:
    """Networks of which somebody wants the news."""
    return [
        membership.network_id
        for membership in person.memberships
        if membership.delivery != Delivery.NO_NEWS and membership.gets_mail
    ]


def _section_of_network(
    network_id: int,
    person: Person,
    news: SiteNews,
    had: set[str],
    held: dict[int, list[HeldNews]],
    asked: dict[int, list[Request]],
) -> NetworkSection:
    section = NetworkSection(
        news.networks[network_id], held.get(network_id, []), asked.get(network_id, []), full=news.full
    )
    if network_id not in _wanted_networks(person):
        return section

    def unseen(kind: str, rows: list[Any]) -> list[Any]:
        return [row for row in rows if f"{kind}:{row.id}" not in had]

    word = news.words.get(network_id)
    section.word = word if word and f"word:{word.id}" not in had else None
    section.sessions = unseen("event", news.sessions.get(network_id, []))
    section.freed = unseen("free", news.freed.get(network_id, []))
    section.impressions = unseen("impression", news.impressions.get(network_id, []))
    return section


def _questions_for(
    person: Person,
    network_id: int,
    news: SiteNews,
    had: set[str],
    delivered: dict[tuple[int, int], QuestionDelivery],
) -> list[QuestionNews]:
    """What others ask the members of a network of which somebody wants the news."""
    asked = news.questions.get(network_id, [])
    is_member = any(each.network_id == network_id and each.standing == Standing.MEMBER for each in person.memberships)
    if not asked or not is_member or network_id not in _wanted_networks(person):
        return []
    return [
        QuestionNews(each, delivered.get((person.id, each.id)))
        for each in asked
        if each.person_id != person.id and f"question:{each.id}" not in had
    ]


def _held_by_person(people: Collection[Person]) -> dict[int, dict[int, list[HeldNews]]]:
    """What waits for the digest of each person, by network: one mail an event, as long as it can be answered."""
    stopped = {(person.id, each.network_id) for person in people for each in person.memberships if not each.gets_mail}
    wanted = (
        sa.select(sa.NotNullable(Message.person_id), sa.NotNullable(Message.network_id), Message, Invitation)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(Invitation.event)
        .where(Message.person_id.in_([person.id for person in people]), IN_HAND, ~errands.IS_HELD)
        .where(Invitation.answer.is_(None), Event.state == EventState.PUBLISHED, Event.closes_at > clock.now())
        .order_by(Event.starts_at, Message.id)
        .options(contains_eager(Invitation.event))
    )
    found: dict[int, dict[int, dict[int, HeldNews]]] = {}
    for person_id, network_id, message, invitation in db.session.execute(wanted):
        if (person_id, network_id) not in stopped:
            own = found.setdefault(person_id, {}).setdefault(network_id, {})
            own.setdefault(invitation.event_id, HeldNews([], invitation)).messages.append(message)
    return {person: {network: list(held.values()) for network, held in own.items()} for person, own in found.items()}


def _told_before(people: list[int], news: SiteNews) -> dict[int, set[str]]:
    """What each person was told before, by a digest, by another mail, or by having answered."""
    had: dict[int, set[str]] = {person_id: set() for person_id in people}
    for person_id, item in db.session.execute(
        sa.select(SeenItem.person_id, SeenItem.item).where(SeenItem.person_id.in_(people))
    ):
        had[person_id].add(item)
    events = [event.id for rows in news.sessions.values() for event in rows]
    mailed = sa.select(sa.NotNullable(Message.person_id), sa.NotNullable(Message.event_id)).where(
        Message.person_id.in_(people), Message.event_id.in_(events), Message.state.not_in(_UNSENT)
    )
    for person_id, event_id in db.session.execute(mailed):
        had[person_id].add(f"event:{event_id}")
    answered = (
        sa.select(Invitation.person_id, Invitation.event_id, Invitation.answer.is_(None), Registration.state)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.person_id.in_(people), Invitation.event_id.in_(events))
    )
    for person_id, event_id, silent, state in db.session.execute(answered):
        had[person_id].add(f"event:{event_id}")
        if not silent or state in {RegistrationState.CONFIRMED, RegistrationState.WAITING}:
            had[person_id].add(f"free:{event_id}")
    reports = [impression.id for rows in news.impressions.values() for impression in rows]
    keys = {
        f"{kind}:{report}:{person}": (person, report)
        for kind in (follow_up_letters.THANKS, follow_up_letters.MISSED)
        for report in reports
        for person in people
    }
    told = sa.select(sa.NotNullable(Message.key)).where(Message.key.in_(keys), Message.state.not_in(_UNSENT))
    for key in db.session.scalars(told) if keys else ():
        person_id, report = keys[key]
        had[person_id].add(f"impression:{report}")
    return had


def _open_sessions() -> list[Event]:
    """Public sessions that people can still register for."""
    now = clock.now()
    wanted = (
        sa.select(Event)
        .where(Event.state == EventState.PUBLISHED, ~Event.confidential)
        .where(Event.closes_at > now, Event.starts_at < now + AHEAD)
        .order_by(Event.starts_at, Event.id)
    )
    return list(db.session.scalars(wanted))


def _freed_sessions(sessions: list[Event]) -> list[Event]:
    """Sessions that were full once and have seats again."""
    limited = [event for event in sessions if event.seats_on_site or event.seats_online]
    full_once = (
        sa.select(Invitation.event_id)
        .join(HistoryEntry, HistoryEntry.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_([event.id for event in limited]), HistoryEntry.step == Step.WAITING)
        .distinct()
    )
    event_ids = set(db.session.scalars(full_once)) if limited else set()
    return [event for event in limited if event.id in event_ids and _has_room(event)]


def _has_room(event: Event) -> bool:
    return any(not outlook.full for mode, outlook in capacity.outlook(event).items() if event.seats(mode))


def _is_full(event: Event) -> bool:
    return bool(event.seats_on_site or event.seats_online) and not capacity.has_room(event)


def _fresh_impressions() -> list[Impression]:
    """Published reports whose own mails have left; people who got one are not told again."""
    wanted = (
        sa.select(Impression)
        .where(Impression.state == ImpressionState.PUBLISHED, Impression.published_at > clock.now() - BACK)
        .where(Impression.followed_up_at.is_not(None))
        .order_by(Impression.published_at.desc())
        .options(joinedload(Impression.event), selectinload(Impression.insights))
    )
    return list(db.session.scalars(wanted))


def _by_network(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.network_id, []).append(row)
    return found
