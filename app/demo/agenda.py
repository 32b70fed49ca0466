"""All that the demo knows of its collaboration agenda: what was agreed, what is counted, and the reports over it."""

import sqlalchemy as sa

from app.accounts.models import Account
from app.agendas.models import Agenda
from app.database import db
from app.demo import agenda_figures, agenda_reports, agreements, talks
from app.network.models import Network


def add_agenda(networks: dict[str, Network], organiser: Account, admin: Account) -> None:
    """Once; figures and reports come after what they count."""
    agreements.add_agreements(networks["digitale-transformatie"])
    talks.add_talks(networks["digitale-transformatie"], organiser)
    for agenda in db.session.scalars(sa.select(Agenda)).all():
        agenda_figures.add_figures(agenda)
        agenda_reports.add_reports(agenda, organiser, admin)
