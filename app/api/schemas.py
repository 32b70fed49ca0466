"""What the API says about networks, events and registrations."""

from marshmallow import Schema, fields

from app.network.people import job_positions
from app.network.people.models import Person

_THROUGH = (
    "Whether mail to that address is read by others too: a mailbox of an office or of somebody else; null without one"
)


class NetworkSchema(Schema):
    slug = fields.Str(metadata={"description": "Name in addresses"})
    name = fields.Str()
    summary = fields.Str()


class EventSchema(Schema):
    slug = fields.Str(metadata={"description": "Name in addresses"})
    network = fields.Str(attribute="network.slug", metadata={"description": "Slug of its network"})
    title = fields.Str()
    summary = fields.Str()
    format = fields.Str(attribute="format.value")
    state = fields.Str(attribute="state.value", metadata={"description": "draft, published or cancelled"})
    confidential = fields.Bool()
    starts_at = fields.AwareDateTime(metadata={"description": "UTC"})
    ends_at = fields.AwareDateTime(metadata={"description": "UTC"})
    zone = fields.Str(metadata={"description": "IANA name of the event's zone"})
    on_site = fields.Bool()
    venue = fields.Str()
    room = fields.Str()
    street = fields.Str()
    town = fields.Str()
    seats_on_site = fields.Int(allow_none=True, metadata={"description": "null: no limit"})
    online = fields.Bool()
    seats_online = fields.Int(allow_none=True, metadata={"description": "null: no limit"})
    themes = fields.List(
        fields.Str(),
        attribute="theme_slugs",
        metadata={"description": "What it is about: names of themes, as in the addresses of their pages"},
    )


class FiguresSchema(Schema):
    invited = fields.Int()
    answered = fields.Int()
    coming = fields.Int(attribute="all_coming")
    waiting = fields.Int()
    declined = fields.Int()


class ParticipantSchema(Schema):
    name = fields.Str(attribute="invitation.person.name")
    address = fields.Str(attribute="invitation.address.address", dump_default=None, allow_none=True)
    through = fields.Bool(
        attribute="invitation.address.through", dump_default=None, allow_none=True, metadata={"description": _THROUGH}
    )
    organisation = fields.Function(lambda line: line.position.organisation.name if line.position else None)
    standing = fields.Str(
        attribute="standing.value", metadata={"description": "coming, waiting, declined, substitute or silent"}
    )
    mode = fields.Function(lambda line: line.registration.mode.value if line.registration else None)
    present_on = fields.List(
        fields.Date(),
        attribute="days_there",
        metadata={"description": "Days of the event on which this person was there; empty for somebody who was not"},
    )


class AudienceSchema(Schema):
    id = fields.Int()
    network = fields.Str(attribute="network.slug", metadata={"description": "Slug of its network"})
    name = fields.Str()
    rule = fields.Raw(metadata={"description": "Groups joined by or, each a list of conditions joined by and"})


class MemberSchema(Schema):
    id = fields.Int(attribute="person.id")
    name = fields.Str(attribute="person.name")
    address = fields.Str(attribute="person.email", allow_none=True)
    through = fields.Function(lambda listed: _through(listed.person), metadata={"description": _THROUGH})
    organisation = fields.Function(lambda listed: _organisation(listed.person))
    left_out = fields.Function(
        lambda listed: listed.left_out and listed.left_out.value,
        metadata={"description": "Why this person gets no mail; null for somebody who does"},
    )


def _through(person: Person) -> bool | None:
    return next((each.through for each in person.addresses if each.preferred), None)


def _organisation(person: Person) -> str | None:
    position = job_positions.current_position(person)
    return position.organisation.name if position else None


class AudienceQuery(Schema):
    network = fields.Str(metadata={"description": "Only audiences of this network"})


class MemberQuery(Schema):
    left_out = fields.Bool(
        load_default=False, metadata={"description": "Who fits the audience but gets no mail, instead of who does"}
    )


class EventQuery(Schema):
    network = fields.Str(metadata={"description": "Only events of this network"})
    since = fields.AwareDateTime(metadata={"description": "Only events that end after this moment"})


class ParticipantQuery(Schema):
    standing = fields.Str(load_default="")
