"""Who belongs to an audience right now. The same selection serves the page, the count, the wave and the API."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app.database import db
from app.network.audiences.audience_blocks import AudienceBlock, Rule, current_positions, rule_condition
from app.network.audiences.models import Audience
from app.network.models import Membership, Network, Standing
from app.network.people.models import EmailAddress, Person, Position
from app.network.seeing import CLOCKWORK, Viewer
from app.words import Worded

PER_PAGE = 50


class LeftOut(Worded):
    """Why somebody who fits an audience gets no mail of it."""

    UNSUBSCRIBED = "unsubscribed", _l("Wil geen mail van dit netwerk")
    RESTRICTED = "restricted", _l("Vroeg de gegevens nu niet te gebruiken")
    NO_ADDRESS = "no_address", _l("Heeft geen mailadres")
    BOUNCED = "bounced", _l("Mailadres werkt niet")


@dataclass(frozen=True)
class AudienceReach:
    """How many people at how many organisations an audience gives, and how many it leaves out for which reason."""

    people: int
    organisations: int
    left_out: dict[LeftOut, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedPerson:
    """Somebody who fits, and why they get no mail, if so."""

    person: Person
    left_out: LeftOut | None


def select_people_to_mail(rule: Rule, network_id: int, viewer: Viewer) -> sa.Select[Any]:
    """Select Person.id and EmailAddress.id of everybody in the audience who can be mailed."""
    return (
        _fitting(rule, network_id, viewer, Person.id, EmailAddress.id)
        .where(sa.or_(Membership.id.is_(None), Membership.gets_mail))
        .where(EmailAddress.id.is_not(None), EmailAddress.bounced_at.is_(None))
    )


def select_fitting_people(rule: Rule, network_id: int, viewer: Viewer) -> sa.Select[Any]:
    """Select `id` of everybody who fits the rule, with the `reason` why they get no mail, if any."""
    return _fitting(rule, network_id, viewer, Person.id.label("id"), _REASON.label("reason"))


def select_people_of_audience(audience: Audience, viewer: Viewer = CLOCKWORK) -> sa.Select[Any]:
    """The people of a saved audience, as `select_people_to_mail` gives them; for a wave, whoever its organisers meant."""
    return select_people_to_mail(audience.rule, audience.network_id, viewer)


def count_reach(rule: Rule, network_id: int, viewer: Viewer) -> AudienceReach:
    """Count the audience, by reason, and the organisations of the people who can be mailed."""
    fitting, current = (
        select_fitting_people(rule, network_id, viewer).subquery(),
        current_positions(),
    )
    rows = db.session.execute(
        sa.select(
            fitting.c.reason,
            sa.func.count(sa.distinct(fitting.c.id)),
            sa.func.count(sa.distinct(current.c.organisation_id)),
        )
        .outerjoin(current, current.c.person_id == fitting.c.id)
        .group_by(fitting.c.reason)
    )
    counts = {reason: (people_, organisations) for reason, people_, organisations in rows}
    left_out = {reason: counts[reason.value][0] for reason in LeftOut if reason.value in counts}
    return AudienceReach(*counts.get(None, (0, 0)), left_out)


def page_of_audience(
    rule: Rule,
    network_id: int,
    viewer: Viewer,
    counted: AudienceReach,
    *,
    left_out: bool = False,
    number: int | None = None,
    size: int = PER_PAGE,
) -> Pagination:
    """A page of ListedPerson by family name: who is in, or who fits but is left out; `counted` is the reach of the same rule.

    Without `number` it is the page that the request asks for.
    """
    fitting = select_fitting_people(rule, network_id, viewer).subquery()
    wanted = (
        sa.select(Person)
        .join(fitting, fitting.c.id == Person.id)
        .where(fitting.c.reason.is_not(None) if left_out else fitting.c.reason.is_(None))
        .order_by(Person.sort_name, Person.id)
        .options(
            selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role)),
            selectinload(Person.addresses),
        )
    )
    found = db.paginate(wanted, page=number, per_page=size, error_out=False, count=False)
    found.total = sum(counted.left_out.values()) if left_out else counted.people
    person_ids = [person.id for person in found.items]
    reasons = sa.select(fitting.c.id, fitting.c.reason).where(fitting.c.id.in_(person_ids))
    why = dict(db.session.execute(reasons).all()) if left_out and person_ids else {}
    found.items = [ListedPerson(person, LeftOut(why[person.id]) if left_out else None) for person in found.items]
    return found


def ensure_audience(network: Network, name: str, rule: Rule) -> Audience:
    """The network's audience of that name, made or brought up to this rule."""
    wanted = sa.select(Audience).where(Audience.network_id == network.id, Audience.name == name[:120])
    audience = db.session.scalar(wanted)
    if audience is None:
        audience = Audience(network_id=network.id, name=name[:120])
        db.session.add(audience)
    audience.rule = [list(group) for group in rule]
    db.session.flush()
    return audience


def add_audience(network: Network, name: str, rule: Rule) -> Audience:
    """Another audience: a name that there is already gets a number, so that nobody's audience becomes another."""
    name = name[:110]
    alike = sa.select(Audience.name).where(
        Audience.network_id == network.id, Audience.name.startswith(name, autoescape=True)
    )
    taken = set(db.session.scalars(alike))
    free = next(each for number in count(1) if (each := f"{name} ({number})" if number > 1 else name) not in taken)
    return ensure_audience(network, free, rule)


def everybody_in(network: Network) -> Audience:
    """The network's audience without conditions, made when there is none."""
    mine = db.session.scalars(sa.select(Audience).where(Audience.network_id == network.id).order_by(Audience.id))
    found = next((audience for audience in mine if not audience.rule), None)
    return found or ensure_audience(network, gettext("Iedereen in het netwerk"), [])


def make_condition(block: AudienceBlock, *values: Any, but: bool = False) -> dict[str, Any]:
    """A condition; with `but` it keeps these out."""
    return {"block": block.value, "values": list(values), "not": but}


_REASON = sa.case(
    (Membership.unsubscribed_at.is_not(None), LeftOut.UNSUBSCRIBED.value),
    (Membership.restricted_at.is_not(None), LeftOut.RESTRICTED.value),
    (EmailAddress.id.is_(None), LeftOut.NO_ADDRESS.value),
    (EmailAddress.bounced_at.is_not(None), LeftOut.BOUNCED.value),
)


def _fitting(rule: Rule, network_id: int, viewer: Viewer, *columns: Any) -> sa.Select[Any]:
    """Everybody who answers to the rule and did not leave the network, with membership and address beside them."""
    return (
        sa.select(*columns)
        .select_from(Person)
        .outerjoin(Membership, (Membership.person_id == Person.id) & (Membership.network_id == network_id))
        .outerjoin(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.preferred)
        .where(rule_condition(rule, network_id, viewer), Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .where(sa.or_(Membership.id.is_(None), Membership.standing != Standing.LEFT))
    )
