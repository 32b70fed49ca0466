"""What the demo has on offer without a date, and courses of which people want to hear when they are planned."""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.catalogue import items
from app.catalogue.items import ItemDetails
from app.catalogue.models import CatalogueItem, ItemKind, LinkState
from app.courses import courses
from app.courses.courses import CourseDetails
from app.courses.models import Course, CourseInterest
from app.database import db
from app.network import network_queries
from app.network.models import Membership, Network, Standing
from app.network.vocabulary.models import Role

_ITEMS = (
    (
        "brabant-academie",
        ItemDetails(
            ItemKind.GUIDE, "Weerbaar tegen ondermijning", "Wat een gemeente vandaag kan doen om weerbaar te zijn tegen ondermijning.",
            "- Signalen herkennen\n- Afspraken binnen de organisatie\n- Wie je belt, en wanneer",
            "https://www.vng.nl/onderwerpen/ondermijning", maker="Vereniging van Nederlandse Gemeenten",
        ),
        ("bestuurder", "ambtenaar"),
    ),
    (
        "brabant-academie",
        ItemDetails(
            ItemKind.E_LEARNING, "Je eerste honderd dagen in de raad", "In zeven korte lessen: hoe de raad werkt, waar je over gaat en waar je hulp vindt.",
            "", "https://www.raadsleden.nl/", 90, "Nederlandse Vereniging voor Raadsleden",
        ),
        ("volksvertegenwoordiger", "griffier"),
    ),
    (
        "brede-welvaart",
        ItemDetails(
            ItemKind.PODCAST, "Brede welvaart in de begroting", "Twee wethouders vertellen hoe zij brede welvaart in hun begroting kregen, en wat niet lukte.",
            "", "https://www.brabant.nl/onderwerpen/brede-welvaart", 32, "Provincie Noord-Brabant",
        ),
        ("bestuurder",),
    ),
    (
        "klimaatadaptatie",
        ItemDetails(
            ItemKind.VIDEO, "Zuid-Nederland in 2100", "Hoe ziet ons land eruit met meer water, meer droogte en meer mensen? Een rondgang in twaalf minuten.",
            "", "https://www.brabant.nl/onderwerpen/klimaat", 12, "Provincie Noord-Brabant",
        ),
        (),
    ),
    (
        "digitale-transformatie",
        ItemDetails(
            ItemKind.GUIDE, "Begin klein met data", "Vijf vragen die je stelt voor je met data begint, met voorbeelden uit Brabantse gemeenten.",
            "", "https://www.digitaleoverheid.nl/", maker="Digitale Overheid",
        ),
        ("ambtenaar", "strateeg"),
    ),
)  # fmt: skip
_COURSES = (
    CourseDetails(
        "Regionale samenwerking voor raadsleden", "Raadsleden en griffiers die willen sturen op wat de regio doet.",
        "- Wie gaat waarover\n- Vooraf richting geven in plaats van achteraf instemmen\n- Oefenen met een casus uit je eigen regio",
        offered=True,
    ),
    CourseDetails(
        "Bestuurlijke integriteit in de praktijk", "Colleges en raden die samen over integriteit willen spreken, aan de hand van eigen voorbeelden.",
        "- Dilemma’s herkennen en bespreken\n- Afspraken maken over geschenken, nevenfuncties en contacten",
        offered=True, in_company=True,
    ),
)  # fmt: skip
_MEANT = ("volksvertegenwoordiger", "bestuurder")
_WAIT = (14, 3)
"""How many members want to hear when each of these courses is planned."""


def add_offer(networks: dict[str, Network]) -> None:
    """Once; the links count as looked at, since the demo asks the web for nothing."""
    if db.session.scalar(sa.select(CatalogueItem.id).limit(1)) is not None:
        return
    roles = {role.code: role for role in network_queries.list_roles()}
    for slug, details, meant in _ITEMS:
        network = networks[slug]
        item = items.add_item(network, details)
        item.roles, item.themes = [roles[code] for code in meant], network.themes[:1]
        item.link_state, item.link_checked_at = LinkState.WORKS, clock.now()
        item.published_at = clock.now() - timedelta(days=20 + item.id)
    academy = networks["brabant-academie"]
    for told, waiting in zip(_COURSES, _WAIT, strict=True):
        course = courses.create_course(academy, told)
        course.roles = _roles(roles)
        _add_interest(course, waiting)


def _add_interest(course: Course, waiting: int) -> None:
    members = sa.select(Membership.person_id).where(
        Membership.network_id == course.network_id, Membership.standing == Standing.MEMBER
    )
    for person_id in db.session.scalars(members.order_by(Membership.person_id.desc()).limit(waiting)):
        db.session.add(CourseInterest(course=course, person_id=person_id, mailed=True, confirmed_at=clock.now()))


def _roles(roles: dict[str, Role]) -> list[Role]:
    return [roles[code] for code in _MEANT]
