"""The material of a session as it is opened: from its public page, by a personal link, or on one's own pages.

A link or recording goes on to where it is; so its address here stays when the organiser changes that.
"""

from flask import abort, redirect
from flask.typing import ResponseReturnValue

from app.invitations.models import Invitation
from app.materials import materials, reading
from app.materials.models import Material
from app.materials.reading import Reader
from app.me import overview
from app.network.people.models import Person
from app.web import downloads, visiting
from app.web.doors import PersonalPages, PublicPages
from app.web.member_doors import MemberPages
from app.web.personal import INVITATION, head_alone

public = PublicPages("materials", __name__)
personal = PersonalPages("materials", __name__, link=INVITATION)
members = MemberPages("materials", __name__)


@public.get("/events/<slug>/materials/<int:material_id>")
def open_material(slug: str, material_id: int) -> ResponseReturnValue:
    event = visiting.find_visible_event(slug) or abort(404)
    return _give(reading.readable_material(event, material_id, visiting.reader_of(event)))


@personal.get("/i/<token>/materials/<int:material_id>", endpoint="open_material_by_link")
@personal.get("/my/<slug>/materials/<int:material_id>")
def open_own_material(invitation: Invitation, material_id: int) -> ResponseReturnValue:
    reader = Reader([invitation.id], [invitation.person_id])
    return head_alone() or _give(reading.readable_material(invitation.event, material_id, reader))


@members.get("/me/sessions/<slug>/materials/<int:material_id>")
def open_own_copy(person: Person, slug: str, material_id: int) -> ResponseReturnValue:
    """Of any session that somebody was invited to, as long as it is kept."""
    invitation = overview.find_invitation(person, slug) or abort(404)
    reader = Reader([invitation.id], [person.id])
    return _give(reading.readable_material(invitation.event, material_id, reader))


def _give(material: Material | None) -> ResponseReturnValue:
    if material is None:
        abort(404)
    if material.address:
        return redirect(material.address)
    return downloads.send_upload(materials.read_content(material) or abort(404), material.file_name)
