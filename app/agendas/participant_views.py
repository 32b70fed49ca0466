"""The page of somebody in a koppel: how their theme stands. It names nobody, so that a forwarded link tells of no one."""

from operator import attrgetter

from flask import render_template

from app.agendas import koppels, theme_contents
from app.agendas.models import Office
from app.reports import small_cells
from app.web.doors import PersonalPages
from app.web.personal import Link

personal = PersonalPages("koppel", __name__, link=Link(koppels.office_of_link, language=attrgetter("person.language")))


@personal.get("/koppels/<token>")
def show_theme_of_koppel(office: Office) -> str:
    row = office.agenda_theme
    return render_template(
        "agendas/theme.html",
        office=office,
        row=row,
        agenda=row.agenda,
        network=row.agenda.network,
        contents=theme_contents.read_theme_contents(row),
        least=small_cells.SMALLEST_SHOWN,
    )
