"""The first steps of a network, ticked off by what is there: nobody has to say that they are done."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account, Grant
from app.database import db
from app.events.models import Event
from app.invitations.waves.models import Wave
from app.network import controllers
from app.network.models import Membership, Network, Standing
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.words import Worded


class FirstStep(Worded):
    """In the order in which they are easiest."""

    OWNER = "owner", _l("Zeg wie verantwoordelijk is voor de gegevens")
    FACE = "face", _l("Geef het netwerk een gezicht")
    COLLEAGUES = "colleagues", _l("Geef collega’s toegang")
    PEOPLE = "people", _l("Voeg mensen toe")
    SESSION = "session", _l("Maak de eerste sessie")
    TEST_MAIL = "test_mail", _l("Stuur jezelf een testmail")


@dataclass(frozen=True)
class Begin:
    """How far a network is that has not mailed an invitation yet; a site without networks is nowhere."""

    done: frozenset[FirstStep] = frozenset()

    @property
    def steps(self) -> list[FirstStep]:
        """Who is responsible is asked where the site does not say so already."""
        return [step for step in FirstStep if step != FirstStep.OWNER or not controllers.is_controller_named()]

    @property
    def next_step(self) -> FirstStep | None:
        """None when all were done."""
        return next((step for step in self.steps if step not in self.done), None)


def look_at_begin(network: Network, account: Account) -> Begin | None:
    """Which first steps were taken; None once all were, or once people were mailed about a session: then it has begun."""
    mailed = sa.exists().where(Wave.event_id == Event.id, Event.network_id == network.id, Wave.ran_at.is_not(None))
    found = db.session.execute(sa.select(mailed, *(_was_done(step, network, account) for step in FirstStep))).one()
    done = frozenset(step for step, was_done in zip(FirstStep, found[1:], strict=True) if was_done)
    begin = Begin(done)
    return begin if begin.next_step and not (found[0] or network.archived_at) else None


def _was_done(step: FirstStep, network: Network, account: Account) -> sa.ColumnElement[bool]:
    match step:
        case FirstStep.OWNER:
            return sa.literal(controllers.is_controller_named(network))
        case FirstStep.FACE:
            return sa.literal(bool(network.summary or network.description))
        case FirstStep.COLLEAGUES:
            return sa.exists().where(Grant.network_id == network.id, Grant.account_id != account.id)
        case FirstStep.PEOPLE:
            return sa.exists().where(Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
        case FirstStep.SESSION:
            return sa.exists().where(Event.network_id == network.id)
        case FirstStep.TEST_MAIL:
            return sa.exists().where(
                Message.network_id == network.id,
                Message.kind == MessageKind.TEST,
                sa.func.lower(Message.recipient) == account.email.lower(),
            )
