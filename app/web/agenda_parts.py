"""What the page of an agenda shows that its presses take for granted (seen.py)."""

from app.agendas.models import Agenda
from app.network.models import Network
from app.web.seen import Part, Parts

_SAID = ("title", "text", "starts_on", "ends_on", "signed_on", "ratified_on")


def parts_of_agenda(network: Network, agenda: Agenda) -> Parts:
    """What everybody will read, or could read until now."""
    themes = [(each.theme_id, each.place, each.ambition, each.starts_on, each.ends_on) for each in agenda.themes]
    return {
        Part.STATE: agenda.state,
        Part.TEXT: [
            *(str(getattr(agenda, name)) for name in _SAID),
            *(party.name for party in agenda.parties),
            *map(str, themes),
        ],
        Part.PEOPLE: [
            str((office.id, office.person_id, office.title, office.starts_on, office.ends_on))
            for each in agenda.themes
            for office in each.offices
        ],
    }
