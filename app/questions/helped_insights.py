"""What helped an asker becomes an insight of a session of the same network; nobody who answered is named in it."""

import sqlalchemy as sa
from flask_babel import gettext

from app.accounts.models import Account
from app.database import db
from app.events.models import Event, EventState
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import insights
from app.network.models import Network
from app.questions import answers
from app.questions.models import NetworkQuestion

MOST_SESSIONS = 50


def list_sessions(network: Network) -> list[Event]:
    """The latest sessions with a report: an insight in one that everybody reads stands in the library at once."""
    wanted = sa.select(Event).join(Impression, Impression.event_id == Event.id)
    wanted = wanted.where(Event.network_id == network.id, Event.state == EventState.PUBLISHED, ~Event.confidential)
    wanted = wanted.where(Impression.state != ImpressionState.WITHDRAWN)
    wanted = wanted.order_by(Event.starts_at.desc(), Event.id.desc())
    return list(db.session.scalars(wanted.limit(MOST_SESSIONS)))


def propose_text(question: NetworkQuestion) -> str:
    """What helped, in the words of the asker and of the answers that they ticked, without a name.

    A yes to be named is one to members; the library is for everybody.
    """
    ticked = [each for each in answers.list_for_team(question) if each.helps and each.removed_at is None]
    return "\n\n".join(part for part in (question.helped, *(each.shown for each in ticked)) if part)


def add_insight(question: NetworkQuestion, event: Event, title: str, text: str, by: Account) -> None:
    """Put it in the report of a session, with a note for its readers.

    Raises what impressions.note_impression_change raises.
    """
    note = gettext("Toegevoegd: wat hielp bij een vraag aan het netwerk.")
    question.insight = insights.add_explained_insight(event, title, text, by, note)
