"""Reports over the demo's agenda: a yearly one over last year that everybody may read, and a draft of this year."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app import clock
from app.accounts.models import Account
from app.agendas import koppels
from app.agendas.models import Agenda, AgendaTheme, OfficeKind
from app.database import db
from app.indicators import figures
from app.progress import editions, freezing, reports, words
from app.progress.models import Part, Readers, Report, ReportEdition, ReportKind, Scope
from app.progress.reports import ReportDetails


@dataclass(frozen=True)
class Told:
    """What stands in a report about a theme."""

    happened: str
    next: str
    koppel: str = ""


IN_ALL = Told(
    "De zes thema’s liepen dit jaar door. Gemeenten, waterschappen en provincie vonden elkaar op sessies en in gesprekken. "
    "Eén thema liep achter, omdat veel jaarstukken van gemeenschappelijke regelingen te laat kwamen.",
    "We houden de koers vast. In het voorjaar bespreken Gedeputeerde Staten en het bestuur van de VBG deze rapportage samen.",
)
BY_THEME = {
    "Digitale transformatie": Told(
        "Op de sessies kwamen vooral strategen en informatiemanagers. De vraag verschoof van **wat kan er** naar **wie doet wat**.",
        "Een sessie over de gezamenlijke inkoop van software, en een vervolg op de sessie over datagedreven werken.",
        "Wat hielp: gemeenten die al verder zijn, lieten zien hoe zij het deden. Dat houden we erin.",
    ),
    "Brede welvaart": Told(
        "Het praktijknetwerk kwam bij elkaar en verzamelde voorbeelden van gemeenten die brede welvaart in hun begroting zetten.",
        "De voorbeelden worden een werkboek. Onderwijs en bedrijven lezen mee.",
        "Van denken naar doen gaat sneller als iemand zijn begroting op tafel legt.",
    ),
    "Financiële situatie Brabantse gemeenten": Told(
        "Er waren gesprekken met gemeenten die hun begroting moeilijk rond kregen. Samen vroegen we het Rijk om duidelijkheid.",
        "We volgen wat het Rijk besluit, en bespreken met alle gemeenten wat dat betekent.",
        "De gesprekken waren open. Dat we samen optrokken, gaf ons verhaal gewicht.",
    ),
    "Toekomstbestendig bestuur in Brabant": Told(
        "We onderzochten waar raadsleden, bestuurders en ambtenaren elkaar nu ontmoeten, en wat er ontbreekt.",
        "Een proef met een leeratelier, in één regio.",
    ),
    "Klimaatadaptatie": Told(
        "De netwerkdag is voorbereid, samen met Limburg. Jongeren maakten een deel van het programma.",
        "De netwerkdag houden, en de lessen delen met wie er niet bij was.",
        "Jongeren stelden de vragen die wij vergaten.",
    ),
    "Brabantse norm weerbare overheid": Told(
        "Gemeenten kregen hulp bij het uitvoeren van de norm. Medewerkers volgden een training.",
        "We bieden de training nog een keer aan, ook aan waterschappen.",
        "De norm werkt als bestuur en werkvloer er samen over praten.",
    ),
}


def add_reports(agenda: Agenda, freezes: Account, checks: Account) -> None:
    """Once, with who has it frozen and who looks at it: last year published, this year with some of its words."""
    year = figures.year_now(agenda)
    if year - 1 < agenda.starts_on.year or reports.list_reports(agenda):
        return
    last = _plan(agenda, ReportKind.YEARLY, date(year - 1, 12, 31), Readers.PUBLIC)
    for row in reports.themes_of(last):
        _write(last, row, freezes)
    words.write_words(last, Part.HAPPENED, IN_ALL.happened, by=freezes)
    words.write_words(last, Part.NEXT, IN_ALL.next, by=freezes)
    editions.ask_for_edition(last, freezes)
    this = _plan(agenda, ReportKind.INTERIM, _interim_day(year), Readers.INTERNAL)
    for row in reports.themes_of(this)[:2]:
        _write(this, row, freezes)
    db.session.commit()
    freezing.freeze_wanted_editions()
    edition = db.session.scalars(select(ReportEdition).where(ReportEdition.report_id == last.id)).one()
    editions.check_edition(edition, checks)
    editions.publish_edition(edition)
    db.session.commit()


def _plan(agenda: Agenda, kind: ReportKind, day: date, readers: Readers) -> Report:
    proposed = reports.propose_report(kind, day)
    details = ReportDetails(
        proposed.title, kind, Scope.ALL, readers, day, proposed.words_due_on, max(proposed.due_on, day)
    )
    return reports.plan_report(agenda, details)


def _interim_day(year: int) -> date:
    """The first day of the year on which an interim report looks that has still to be frozen, or the last of them."""
    days = [date(year, *day) for day in reports.INTERIM_DAYS]
    return next((day for day in days if day >= clock.today() - timedelta(days=60)), days[-1])


def _write(report: Report, row: AgendaTheme, by: Account) -> None:
    told = BY_THEME.get(row.theme.name_nl)
    if told is None:
        return
    for part, text in ((Part.HAPPENED, told.happened), (Part.NEXT, told.next)):
        if part in words.parts_of(report, row):
            words.write_words(report, part, text, row=row, by=by)
    executive = next((each for each in koppels.offices_on(row) if each.kind == OfficeKind.EXECUTIVE), None)
    if told.koppel and executive:
        report.asked_at = report.asked_at or clock.now()
        words.write_words(report, Part.KOPPEL, told.koppel, office=executive)
