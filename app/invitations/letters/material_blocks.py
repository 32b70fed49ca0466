"""The block of a letter that leads its reader to the material of a session, to what that reader may open alone."""

from collections.abc import Sequence

from app.invitations import invitation_links
from app.invitations.letters.invitation_mail import PREVIEW_ID
from app.invitations.models import Invitation
from app.materials import reading
from app.materials.models import Material
from app.outbox.letters import LetterBlock


def write_material_block(invitation: Invitation, materials: Sequence[Material] | None = None) -> LetterBlock:
    """The block for somebody who was invited. `materials` are theirs, where those of many were read together."""
    if materials is None:
        materials = _read_materials(invitation)
    rows = [(each.title, each.minutes, invitation_links.link_to_material(invitation, each.id)) for each in materials]
    return LetterBlock.render("materials", rows=rows)


def _read_materials(invitation: Invitation) -> Sequence[Material]:
    if invitation.id == PREVIEW_ID:
        return reading.example_materials(invitation.event)
    return reading.materials_of_invited([invitation.id]).get(invitation.id, [])
