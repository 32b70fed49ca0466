"""Where organisers' pages stand: the tabs of a network and of a session, in the order of the work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class For(Enum):
    """Whom a place is shown to; who may open its pages is decided by their doors."""

    READERS = auto()
    READERS_UNLESS_CONFIDENTIAL = auto()
    ORGANISERS = auto()


@dataclass(frozen=True)
class Place:
    """A page that a tab leads to, with the endpoints (or whole blueprints, 'waves.') of the pages that belong to it."""

    words: LazyString
    endpoint: str
    covers: tuple[str, ...] = ()
    shown_to: For = For.ORGANISERS
    values: dict[str, Any] = field(default_factory=dict)

    def holds(self, endpoint: str) -> bool:
        return endpoint == self.endpoint or endpoint in self.covers or f"{endpoint.partition('.')[0]}." in self.covers


@dataclass(frozen=True)
class Tab:
    words: LazyString
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Shown:
    """A tab or place on a page; `current` is what aria-current says: 'page', 'true' for a page within it, or nothing."""

    words: LazyString
    address: str
    current: str | None
    places: Sequence["Shown"] = ()


NETWORK = (
    Tab(
        _l("Sessies"),
        (
            Place(_l("Alle sessies"), "network.show_network", ("planning.create_event", "sessions."), For.READERS),
            Place(_l("Leergangen"), "courses.list_courses", ("courses.", "completion."), For.READERS),
            Place(_l("Aanbod zonder datum"), "offer.list_items", ("offer.",), For.READERS),
            Place(_l("Datumprikkers"), "polls.list_polls", ("polls.",)),
            Place(_l("Agenda’s van partners"), "elsewhere.list_outside_calendars"),
        ),
    ),
    Tab(
        _l("Mensen"),
        (
            Place(_l("Leden"), "people.list_members", ("people.", "own_letters.write_to"), For.READERS),
            Place(_l("Doelgroepen"), "audiences.list_audiences", ("audiences.",), For.READERS),
            Place(_l("Contactmomenten"), "contact_moments.list_talks", ("contact_moments.",), For.READERS),
            Place(_l("Koppelrondes"), "matching.list_rounds", ("matching.",), For.READERS),
            Place(_l("Wil lid worden"), "joining.list_requests"),
            Place(_l("Gemelde berichten"), "reported.list_reported", ("reported.",)),
            Place(_l("Importeer een lijst"), "imports.upload_list", ("imports.",)),
        ),
    ),
    Tab(
        _l("Opbrengst"),
        (
            Place(_l("Wat we leerden"), "outcomes.show_outcomes", (), For.READERS),
            Place(_l("Nieuwsoverzicht"), "digest.show_digest_page", ("digest.",)),
            Place(_l("Vragen van leden"), "network_questions.list_questions", ("network_questions.",)),
            Place(
                _l("Samenwerkingsagenda’s"),
                "agendas.list_agendas",
                ("agendas.", "koppels.", "figures.", "progress.", "editions.", "report_files."),
            ),
        ),
    ),
    Tab(_l("Jaar"), (Place(_l("Jaar"), "year.show_year", ("year.",), For.READERS),)),
    Tab(
        _l("Instellingen"),
        (
            Place(_l("Netwerk"), "network.edit_network_settings"),
            Place(_l("Beeld"), "faces.choose_network_picture"),
            Place(_l("Team"), "team.list_colleagues"),
            Place(_l("Teksten van mails"), "letters.list_letters", ("letters.",)),
            Place(_l("Logboek"), "team.list_network_log"),
        ),
    ),
)
SESSION = (
    Tab(_l("Overzicht"), (Place(_l("Overzicht"), "cockpit.show_cockpit", ("cockpit.",), For.READERS),)),
    Tab(
        _l("Inhoud"),
        (
            Place(_l("Gegevens"), "planning.edit_event", ("planning.", "privacy.hold_event")),
            Place(
                _l("Programma"), "planning.show_programme", ("planning.edit_slot", "planning.edit_round", "speakers.")
            ),
            Place(_l("Keuzes"), "breakouts.show_choices", ("breakouts.",)),
            Place(_l("Materiaal"), "materials.list_materials", ("materials.",)),
            Place(_l("Vragen"), "planning.list_questions", ("planning.edit_question",)),
            Place(_l("Beeld"), "faces.choose_event_picture"),
        ),
    ),
    Tab(
        _l("Uitnodigen"),
        (
            Place(
                _l("Uitnodigingen en herinneringen"),
                "waves.list_waves",
                ("waves.", "letters.", "own_letters.", "path."),
                For.READERS,
            ),
            Place(_l("Mails"), "board.show_delivery_board", ("board.",), For.READERS_UNLESS_CONFIDENTIAL),
            Place(_l("Plekken per organisatie"), "seats.list_allotments"),
        ),
    ),
    Tab(
        _l("De dag"),
        (
            Place(_l("Inchecken"), "day.show_day", ("day.", "door.")),
            Place(_l("Badges en zaal"), "badges.show_badges", ("badges.", "screen.")),
            Place(_l("Keuken en toegang"), "need_lists.show_need_list", ("need_lists.",), values={"which": "kitchen"}),
            Place(_l("Bewijs van deelname"), "certificates.show_letters", ("certificates.",)),
        ),
    ),
    Tab(
        _l("Opbrengst"),
        (
            Place(
                _l("Lessen"),
                "learned.show_lessons",
                ("learned.", "suggestions.", "catching."),
                For.READERS_UNLESS_CONFIDENTIAL,
            ),
            Place(_l("Afspraken"), "learned.list_commitments", ("commitments.",), For.READERS_UNLESS_CONFIDENTIAL),
            Place(_l("Evaluatie"), "evaluation.show_evaluation", ("evaluation.",), For.READERS_UNLESS_CONFIDENTIAL),
            Place(_l("Impressie"), "impression.show_impression", ("impression.",), For.READERS_UNLESS_CONFIDENTIAL),
        ),
    ),
)


def show_tabs(tabs: tuple[Tab, ...], slug: str, *, organises: bool, confidential: bool = False) -> list[Shown]:
    """The tabs of this network or session for whoever looks, with where the page of this request stands.

    A tab leads to the first of its places; one without a place for whoever looks is left out.
    """
    here = place_of(tabs, request.endpoint or "")
    return list(_shown(tabs, slug, here, {audience for audience in For if _for(audience, organises, confidential)}))


def place_of(tabs: tuple[Tab, ...], endpoint: str) -> Place | None:
    """Where a page stands; a place that is its own page goes before one that covers its blueprint."""
    places = [place for tab in tabs for place in tab.places]
    exact = (place for place in places if endpoint == place.endpoint or endpoint in place.covers)
    return next(exact, None) or next((place for place in places if place.holds(endpoint)), None)


def _shown(tabs: tuple[Tab, ...], slug: str, here: Place | None, audiences: set[For]) -> Iterator[Shown]:
    for tab in tabs:
        places = [_show_place(place, slug, here) for place in tab.places if place.shown_to in audiences]
        if places:
            inside = next((place.current for place in places if place.current), None)
            yield Shown(tab.words, places[0].address, inside and ("true" if len(places) > 1 else inside), places)


def _show_place(place: Place, slug: str, here: Place | None) -> Shown:
    address = url_for(place.endpoint, slug=slug, **place.values)
    current = None if place is not here else "page" if request.endpoint == place.endpoint else "true"
    return Shown(place.words, address, current)


def _for(audience: For, organises: bool, confidential: bool) -> bool:
    match audience:
        case For.READERS:
            return True
        case For.READERS_UNLESS_CONFIDENTIAL:
            return organises or not confidential
        case For.ORGANISERS:
            return organises
