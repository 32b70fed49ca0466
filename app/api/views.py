"""Version 1 of the API: read networks, events, who comes and audiences, with the rights of the token's account."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response, g, request
from flask.views import MethodView
from flask_smorest import Api, Blueprint, Page, abort
from flask_smorest.pagination import PaginationParameters
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import HTTPException

from app.accounts import access_log, accounts, rights
from app.accounts.access_log import Shows
from app.accounts.models import Account
from app.api.schemas import (
    AudienceQuery,
    AudienceSchema,
    EventQuery,
    EventSchema,
    FiguresSchema,
    MemberQuery,
    MemberSchema,
    NetworkSchema,
    ParticipantQuery,
    ParticipantSchema,
)
from app.database import db
from app.events import event_queries
from app.events.models import Event
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.models import Network
from app.network.seeing import Viewer
from app.registration import cockpit
from app.registration.cockpit import Funnel, InvitedFilter, InvitedLine
from app.web import doors


class OwnErrorsOnly(Api):
    """flask-smorest answers the errors of its own pages alone; the rest of the site has pages of its own."""

    def _register_error_handlers(self) -> None:
        pass


api = OwnErrorsOnly()
blueprint = Blueprint("v1", __name__, url_prefix="/api/v1", description="Networks, events and registrations")
blueprint.register_error_handler(HTTPException, api.handle_http_exception)
_SECURITY: list[dict[str, list[str]]] = [{"token": []}]

_NAMES_NOBODY = {"v1.Networks", "v1.Events", "v1.OneEvent", "v1.EventFigures", "v1.Audiences"}


class SelectPage(Page):
    """Pages of a SELECT, counted by the database."""

    @property
    def item_count(self) -> int:
        return db.session.scalars(
            sa.select(sa.func.count()).select_from(self.collection.order_by(None).subquery())
        ).one()

    @property
    def items(self) -> list[Any]:
        parameters = self.page_params
        return list(db.session.scalars(self.collection.offset(parameters.first_item).limit(parameters.page_size)))


@blueprint.before_request
def _demand_token() -> None:
    """All but the description needs the key of an active account."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    row = accounts.load_api_token(token.strip()) if scheme.lower() == "bearer" else None
    if row is None:
        abort(401, message="Send a valid token: Authorization: Bearer …")
    doors.demand_patience(f"api {row.account_id}")
    accounts.note_use_of_api_token(row)
    g.api_account = row.account
    g.api_networks = None if row.all_networks else {network.id for network in row.networks}


@blueprint.after_request
def _note_who_took_people_along(response: Response) -> Response:
    """All but what names nobody stands in the log."""
    account = g.get("api_account")
    if response.status_code == 401:
        access_log.remember_failed_sign_in(None)
    elif response.status_code == 200 and account is not None and request.endpoint not in _NAMES_NOBODY:
        access_log.remember_page(Shows.COPY, g.get("place"), account)
    return response


def _account() -> Account:
    account: Account = g.api_account
    return account


def _networks() -> list[Network]:
    """The networks that the account may see and the key is for."""
    return [each for each in db.session.scalars(rights.networks_of_account(_account())) if _is_for(each.id)]


def _is_for(network_id: int) -> bool:
    return g.api_networks is None or network_id in g.api_networks


def _may_read(network_id: int) -> bool:
    return _is_for(network_id) and rights.may_read(_account(), network_id)


def _viewer() -> Viewer:
    """With the eyes of the account, in the networks that the key is for."""
    viewer = rights.viewer(_account())
    return viewer if g.api_networks is None else viewer.narrowed_to(g.api_networks)


def _visible(query: dict[str, Any]) -> list[int]:
    """Ids of the networks that the account may see, or of the asked one alone."""
    return [network.id for network in _networks() if query.get("network") in {None, network.slug}]


def _event(slug: str) -> Event:
    event = event_queries.find_event(slug)
    if event is None or not _may_read(event.network_id):
        abort(404, message="There is no such event.")
    g.place = event
    return event


@blueprint.route("/networks")
class Networks(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.response(200, NetworkSchema(many=True))
    def get(self) -> list[Network]:
        """Networks that you may see."""
        return _networks()


@blueprint.route("/events")
class Events(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.arguments(EventQuery, location="query")
    @blueprint.response(200, EventSchema(many=True))
    @blueprint.paginate(SelectPage, page_size=50, max_page_size=200)
    def get(self, query: dict[str, Any]) -> sa.Select[Event]:
        """Events of your networks, by their start."""
        wanted = (
            sa.select(Event)
            .where(Event.network_id.in_(_visible(query)))
            .order_by(Event.starts_at, Event.id)
            .options(joinedload(Event.network), selectinload(Event.themes))
        )
        return wanted.where(Event.ends_at > query["since"]) if "since" in query else wanted


@blueprint.route("/events/<slug>")
class OneEvent(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.response(200, EventSchema)
    def get(self, slug: str) -> Event:
        """One event."""
        return _event(slug)


@blueprint.route("/events/<slug>/figures")
class EventFigures(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.response(200, FiguresSchema)
    def get(self, slug: str) -> Funnel:
        """How many were invited, answered, come and wait."""
        return cockpit.count_funnel(_event(slug))


@blueprint.route("/events/<slug>/participants")
class Participants(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.arguments(ParticipantQuery, location="query")
    @blueprint.response(200, ParticipantSchema(many=True))
    def get(self, query: dict[str, Any], slug: str) -> list[InvitedLine]:
        """Who was invited and where they stand; organisers only."""
        event = _event(slug)
        if not rights.may_organise(_account(), event.network_id):
            abort(403, message="Readers see no addresses.")
        return list(cockpit.list_invited(event, InvitedFilter(standing=query["standing"]), _viewer()))


@blueprint.route("/audiences")
class Audiences(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.arguments(AudienceQuery, location="query")
    @blueprint.response(200, AudienceSchema(many=True))
    @blueprint.paginate(SelectPage, page_size=50, max_page_size=200)
    def get(self, query: dict[str, Any]) -> sa.Select[Audience]:
        """Saved audiences of your networks, by name."""
        wanted = (
            sa.select(Audience).where(Audience.network_id.in_(_visible(query))).order_by(Audience.name, Audience.id)
        )
        return wanted.options(joinedload(Audience.network))


@blueprint.route("/audiences/<int:audience_id>/people")
class AudiencePeople(MethodView):
    @blueprint.doc(security=_SECURITY)
    @blueprint.arguments(MemberQuery, location="query")
    @blueprint.response(200, MemberSchema(many=True))
    @blueprint.paginate()
    def get(
        self, query: dict[str, Any], audience_id: int, pagination_parameters: PaginationParameters
    ) -> Sequence[Any]:
        """Who is in an audience now: the same people as on its page and in a wave; organisers only."""
        audience = db.session.get(Audience, audience_id)
        if audience is None or not _may_read(audience.network_id):
            abort(404, message="There is no such audience.")
        if not rights.may_organise(_account(), audience.network_id):
            abort(403, message="Readers see no addresses.")
        g.place = audience
        page, size = pagination_parameters.page, pagination_parameters.page_size
        rule, network_id, viewer = audience.rule, audience.network_id, _viewer()
        reach = audiences.count_reach(rule, network_id, viewer)
        found = audiences.page_of_audience(
            rule, network_id, viewer, reach, left_out=query["left_out"], number=page, size=size
        )
        pagination_parameters.item_count = found.total
        return found.items
