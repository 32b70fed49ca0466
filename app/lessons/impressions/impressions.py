"""The life of an impression: draft → checked by a second organiser → published → corrected or withdrawn.

What others must act on goes out as a signal: `published` also after a correction, `withdrawn`.
"""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock, slugs
from app.accounts.models import Account
from app.database import add_once, db
from app.events.models import Event, Series
from app.lessons.impressions import facts
from app.lessons.impressions.models import Correction, Impression, ImpressionKind, ImpressionState
from app.lessons.insights.models import Commitment, Insight, Suggestion
from app.network.models import Network
from app.signals import Signal
from app.themes.models import Theme, impression_themes
from app.words import Refusal

published = Signal("An impression can be read by everybody, anew or corrected; sent with the impression.")
withdrawn = Signal("An impression can no longer be read; sent with the impression.")


class NeedsNote(Refusal):
    """A published impression is changed only with a note for its readers."""

    says = _l("De impressie is gepubliceerd. Pas haar inzichten aan op de pagina van de impressie.")


class StepNotAllowed(Refusal):
    """This step is not possible now."""

    says = {
        "own_work": _l("Je schreef hier zelf het laatst aan. Vraag een andere organisator om het na te kijken."),
        "not_checked": _l("Een tweede organisator moet de impressie eerst nakijken."),
        "empty": _l("De impressie is nog leeg. Schrijf een inleiding of voeg een inzicht toe."),
        "withdrawn": _l("De impressie is ingetrokken. Zet haar eerst terug."),
    }


def impression_of_event(event: Event) -> Impression | None:
    """The report that the event belongs to: its own, or that of its series."""
    return db.session.scalar(_of(event))


def _of(event: Event) -> sa.Select[Impression]:
    mine = Impression.event_id == event.id
    subject = sa.or_(mine, Impression.series_id == event.series_id) if event.series_id else mine
    return sa.select(Impression).where(subject).order_by(Impression.event_id.is_(None)).limit(1)


def select_impression_id() -> sa.Select[int]:
    """The report that each event of the query around it belongs to: its own, or that of its series."""
    subject = sa.or_(Impression.event_id == Event.id, Impression.series_id == Event.series_id)
    own_first = sa.select(Impression.id).where(subject).order_by(Impression.event_id.is_(None))
    return own_first.limit(1).correlate(Event)


def published_impression_of(event: Event) -> Impression | None:
    """The report of the event, if everybody may read it."""
    impression = impression_of_event(event)
    return impression if impression and impression.published else None


def impression_with_insights(event: Event) -> Impression | None:
    """As `impression_of_event`, with its insights, suggestions and commitments in a fixed number of queries."""
    impression = impression_of_event(event)
    return impression and db.session.scalar(_select_with_all().where(Impression.id == impression.id))


def ensure_impression(event: Event) -> Impression:
    """The report of the event, started from what is known when there is none yet."""
    impression = impression_of_event(event)
    if impression is None:
        whole = _whole_series(event)
        title = event.series.title if whole and event.series else event.title
        impression = Impression(
            network_id=event.network_id,
            event_id=None if whole else event.id,
            series_id=event.series_id if whole else None,
            title=title,
            slug=slugs.free_slug(Impression.slug, title, "impressie"),
            intro=event.summary,
            pitches="" if event.confidential else _speakers(event),
            themes=list(event.series.themes if whole and event.series else event.themes),
        )
        return impression if add_once(impression) else db.session.scalars(_of(event)).one()
    return impression


def find_impression(slug: str) -> Impression | None:
    """An impression with all that its page shows, in a fixed number of queries."""
    return db.session.scalar(_select_with_all().where(Impression.slug == slug))


def latest_impressions(network: Network, most: int = 5) -> list[Impression]:
    """The newest published impressions of a network."""
    wanted = sa.select(Impression).where(
        Impression.network_id == network.id, Impression.state == ImpressionState.PUBLISHED
    )
    return list(db.session.scalars(wanted.order_by(Impression.published_at.desc()).limit(most)))


def latest_impressions_of_all(most: int) -> list[Impression]:
    """The newest reports that everybody may read, of networks that are listed."""
    listed = Impression.network_id.in_(sa.select(Network.id).where(Network.listed))
    wanted = sa.select(Impression).where(listed, Impression.state == ImpressionState.PUBLISHED)
    wanted = wanted.order_by(Impression.published_at.desc(), Impression.id.desc()).limit(most)
    return list(db.session.scalars(wanted.options(joinedload(Impression.network), joinedload(Impression.event))))


def published_impressions_of_series(series: Series) -> list[Impression]:
    """The reports of a series, or of sessions in it, that everybody may read, newest first."""
    sessions = sa.select(Event.id).where(Event.series_id == series.id)
    of = sa.or_(Impression.series_id == series.id, Impression.event_id.in_(sessions))
    wanted = sa.select(Impression).where(of, Impression.state == ImpressionState.PUBLISHED)
    return list(db.session.scalars(wanted.order_by(Impression.published_at.desc(), Impression.id.desc())))


def published_impressions_of_events(events: Collection[Event]) -> list[Impression]:
    """The reports of these events that everybody may read, newest first."""
    of = Impression.event_id.in_([event.id for event in events])
    wanted = sa.select(Impression).where(of, Impression.state == ImpressionState.PUBLISHED)
    return list(db.session.scalars(wanted.order_by(Impression.published_at.desc(), Impression.id.desc())))


def note_impression_change(impression: Impression, by: Account, note: str = "") -> None:
    """Note that somebody changed the text: a checked draft must be checked again, a published one says what changed.

    Raises NeedsNote, or StepNotAllowed for a withdrawn one.
    """
    if impression.state == ImpressionState.WITHDRAWN:
        raise StepNotAllowed("withdrawn")
    if impression.state == ImpressionState.PUBLISHED:
        if not note:
            raise NeedsNote
        impression.corrections.append(Correction(note=note))
        db.session.flush()
        published.send(impression, again=True)
        return
    impression.state, impression.checked_by_id = ImpressionState.DRAFT, None
    impression.edited_by_id = by.id


def rewrite_impression(
    impression: Impression,
    texts: dict[str, str],
    themes: list[Theme],
    by_hand: dict[str, int],
    by: Account,
    note: str = "",
) -> None:
    """Change the text of a report, its themes and the figures entered by hand. Raises what `note_impression_change` raises."""
    for name, text in texts.items():
        setattr(impression, name, text)
    impression.themes = themes
    impression.by_hand = by_hand
    note_impression_change(impression, by, note)


def check_impression(impression: Impression, by: Account) -> None:
    """A second pair of eyes found it right. Raises StepNotAllowed for one's own work or an empty report."""
    if impression.state != ImpressionState.DRAFT:
        raise StepNotAllowed("withdrawn" if impression.state == ImpressionState.WITHDRAWN else "not_checked")
    if not (impression.insights or impression.intro):
        raise StepNotAllowed("empty")
    if impression.edited_by_id == by.id:
        raise StepNotAllowed("own_work")
    impression.state, impression.checked_by_id = ImpressionState.CHECKED, by.id


def publish_impression(impression: Impression) -> None:
    """Show it to everybody; figures and kinds of organisation are fixed. Raises StepNotAllowed unless it was checked."""
    if impression.state != ImpressionState.CHECKED:
        raise StepNotAllowed("not_checked")
    events = facts.events_of_impression(impression)
    impression.facts = {figure.value: count for figure, count in facts.count_figures(events).items()}
    if not facts.is_confidential(impression):
        impression.kinds = [ImpressionKind(kind=kind) for kind in facts.kinds_of_organisation(events)]
    impression.state, impression.published_at = ImpressionState.PUBLISHED, clock.now()
    db.session.flush()
    published.send(impression, again=False)


def withdraw_impression(impression: Impression, reason: str) -> None:
    """Take a published impression away; its address goes on saying why. Raises StepNotAllowed."""
    if impression.state != ImpressionState.PUBLISHED:
        raise StepNotAllowed("not_checked")
    impression.state, impression.withdrawn_at = ImpressionState.WITHDRAWN, clock.now()
    impression.withdrawn_reason = reason
    db.session.flush()
    withdrawn.send(impression)


def restore_impression(impression: Impression) -> None:
    """Show a withdrawn impression again, as it was."""
    if impression.state == ImpressionState.WITHDRAWN:
        impression.state, impression.withdrawn_at, impression.withdrawn_reason = ImpressionState.PUBLISHED, None, ""
        db.session.flush()
        published.send(impression, again=True)


def _select_with_all() -> sa.Select[Impression]:
    commitments = (
        selectinload(Impression.insights).selectinload(Insight.suggestions).selectinload(Suggestion.commitments)
    )
    return (
        sa.select(Impression)
        .options(
            joinedload(Impression.network),
            joinedload(Impression.event),
            joinedload(Impression.checked_by),
            selectinload(Impression.themes),
            selectinload(Impression.attachments),
            selectinload(Impression.corrections),
            commitments.options(joinedload(Commitment.person), joinedload(Commitment.organisation)),
        )
        .execution_options(populate_existing=True)
    )


def latest_impressions_about(theme: Theme, limit: int = 10) -> list[Impression]:
    """The reports about a theme that everybody may read, of networks that are listed, newest first."""
    listed = Impression.network_id.in_(sa.select(Network.id).where(Network.listed))
    about = sa.select(impression_themes.c.impression_id).where(impression_themes.c.theme_id == theme.id)
    wanted = sa.select(Impression).where(
        Impression.id.in_(about), Impression.state == ImpressionState.PUBLISHED, listed
    )
    wanted = wanted.order_by(Impression.published_at.desc(), Impression.id.desc()).limit(limit)
    return list(db.session.scalars(wanted.options(joinedload(Impression.network))))


def _whole_series(event: Event) -> bool:
    return event.series is not None and event.series.one_impression


def _speakers(event: Event) -> str:
    """The talks of the programme, one a line; who did not agree to it is not named."""
    lines = []
    for slot in event.slots:
        who = "; ".join(each.public_words for each in slot.speakers if each.agreed or each.affiliation)
        if who:
            lines.append(f"{slot.title} ({who})")
    return "\n".join(lines)
