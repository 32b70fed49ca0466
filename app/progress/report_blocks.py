"""A frozen report as blocks from its first line to its last: page, paper and files all write these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import SimpleNamespace

from flask_babel import gettext, ngettext

from app import wording
from app.indicators.figure_words import NOTHING
from app.indicators.models import Aspect
from app.indicators.numbers import format_figure
from app.papers.blocks import BULLETS, Block, Cell, Prose, Style, Table
from app.progress.contents import Amount, IndicatorLine, Municipality, Reach, ReportContents
from app.progress.indicator_words import Bars, definition_table, indicator_blocks
from app.progress.lack_words import say_by_theme
from app.progress.models import Readers, ReportEdition
from app.progress.theme_blocks import reach_blocks, sign_cell, sign_of, theme_blocks, words_blocks
from app.reports import small_cells


@dataclass(frozen=True)
class Tile:
    """A municipality on the map, as web/tile_map.html draws it."""

    organisation: SimpleNamespace
    status: str
    figure: str
    words: str


@dataclass(frozen=True)
class TileMap:
    """Municipalities as tiles; a table beside it says the same."""

    title: str
    tiles: list[Tile]
    meanings: list[tuple[str, str]]


AnyBlock = Block | Prose | Table | Bars | TileMap


def list_blocks(contents: ReportContents, edition: ReportEdition) -> Iterator[AnyBlock]:
    """All of it, for paper and files."""
    yield from _head(contents, edition)
    yield from list_body(contents)


def list_body(contents: ReportContents) -> Iterator[AnyBlock]:
    """What stands under the title, for a page that says by itself which edition it is."""
    yield from _year(contents)
    yield from _map(contents)
    if contents.indicators:
        yield Block(Style.HEADING_1, gettext("De hele agenda"))
        yield from indicator_blocks(contents, gettext("de hele agenda"), contents.indicators, Style.HEADING_2)
    for theme in contents.themes:
        yield from theme_blocks(contents, theme)
    if contents.next:
        yield Block(Style.HEADING_1, gettext("Hoe nu verder"))
        yield from words_blocks(contents.next)
    yield from _meanings(contents)
    yield from _rules(contents)
    if contents.missing:
        yield Block(Style.HEADING_1, gettext("Wat er niet in staat"))
    for line in say_by_theme(contents.missing, contents.reference_day.year):
        yield Block(Style.BULLET, line)


def _head(contents: ReportContents, edition: ReportEdition) -> Iterator[Block]:
    """What it is about, on which day it looks, when that was counted, and which edition it is."""
    report = edition.report
    yield Block(Style.TITLE, contents.title)
    yield Block(Style.TEXT, f"{report.kind.words} · {contents.agenda} · {', '.join(contents.parties)}")
    day, counted = wording.format_day(contents.reference_day), wording.format_day_and_hour(contents.counted_at)
    yield Block(Style.TEXT, gettext("Stand op %(day)s, geteld op %(counted)s.", day=day, counted=counted))
    yield Block(Style.TEXT, _say_edition(edition))
    if edition.reason:
        yield Block(Style.TEXT, gettext("Wat deze uitgave verbetert: %(reason)s", reason=edition.reason))


def _say_edition(edition: ReportEdition) -> str:
    if edition.published_at is None:
        return gettext("Uitgave %(number)s, nog niet gepubliceerd.", number=edition.number)
    day = wording.format_day(edition.published_at)
    words = gettext("Uitgave %(number)s, gepubliceerd op %(day)s.", number=edition.number, day=day)
    internal = gettext("Alleen voor wie meewerkt.") if edition.readers == Readers.INTERNAL else ""
    return f"{words} {internal}".strip()


def _year(contents: ReportContents) -> Iterator[Block | Prose | Table]:
    """The year in figures, beside the year before, and how the themes stand."""
    year = contents.reference_day.year
    yield Block(Style.HEADING_1, gettext("Het jaar %(year)s in cijfers", year=year))
    yield from reach_blocks(contents.year)
    if contents.promised:
        words = ngettext("van %(num)s afspraak gedaan", "van %(num)s afspraken gedaan", contents.promised)
        yield Block(Style.TEXT, words, figure=format_figure(contents.kept))
    if contents.insights:
        yield Block(
            Style.TEXT, ngettext("inzicht", "inzichten", contents.insights), figure=format_figure(contents.insights)
        )
    if contents.before:
        yield _beside(contents, contents.before)
    if contents.happened:
        yield from words_blocks(contents.happened)
    if contents.themes:
        heading = [gettext("Thema"), *(contents.labels[each] for each in Aspect)]
        rows: list[list[str | Cell]] = [
            [each.name, *(sign_cell(sign_of(each, aspect)) for aspect in Aspect)] for each in contents.themes
        ]
        yield Table(gettext("Hoe de thema’s ervoor staan"), heading, rows)


def _beside(contents: ReportContents, before: Reach) -> Table:
    rows = [[words, *map(_say_number, numbers)] for words, *numbers in list_comparison(contents, before)]
    year = contents.reference_day.year
    day = wording.format_short_day(contents.reference_day)
    heading = [
        gettext("Wat"),
        gettext("%(year)s, tot en met %(day)s", year=year, day=day),
        gettext("%(year)s, dezelfde dagen", year=year - 1),
    ]
    return Table(gettext("Dit jaar naast het jaar ervoor"), heading, rows, (1, 2))


def list_comparison(contents: ReportContents, before: Reach | None) -> list[tuple[str, int | None, int | None]]:
    """The year and the one before: sessions, people, organisations, talks and municipalities; None is left out."""
    now, past = contents.year, before or Reach(None, None, None, None)
    return [
        (gettext("Sessies"), now.sessions, past.sessions),
        (gettext("Mensen, ieder één keer"), now.people, past.people),
        (gettext("Organisaties, elk één keer"), now.organisations, past.organisations),
        (gettext("Organisaties met een gesprek"), now.talked_with, past.talked_with),
        (gettext("Gemeenten die er waren"), contents.municipalities_reached, contents.municipalities_before),
    ]


def _say_number(number: int | None) -> str:
    return say_left_out() if number is None else format_figure(number)


def say_left_out() -> str:
    return gettext("niet genoemd")


def _map(contents: ReportContents) -> Iterator[Block | Table | TileMap]:
    """Which municipalities came in the year, on the map and by region."""
    places, year = contents.municipalities, contents.reference_day.year
    if not places:
        return
    yield Block(Style.HEADING_1, gettext("Gemeenten"))
    if contents.municipalities_reached is not None:
        words = ngettext(
            "In %(year)s was er %(num)s van de %(all)s gemeenten minstens één keer.",
            "In %(year)s waren er %(num)s van de %(all)s gemeenten minstens één keer.",
            contents.municipalities_reached,
            all=len(places),
            year=year,
        )
        yield Block(Style.TEXT, words)
    meanings = [
        ("coming", gettext("was er in %(year)s, met het aantal keer", year=year)),
        ("invited", _say_few_times(year)),
        ("none", gettext("in %(year)s nog niet bereikt", year=year)),
    ]
    shown = {_status(each) for each in places}
    meanings = [each for each in meanings if each[0] in shown]
    title = gettext("Kaart van de gemeenten in %(year)s; de tabel eronder zegt hetzelfde", year=year)
    yield TileMap(title, [_tile(each, year) for each in places], meanings)
    heading = [
        gettext("Regio"),
        gettext("Was er in %(year)s", year=year),
        gettext("In %(year)s nog niet bereikt", year=year),
    ]
    name = gettext("Gemeenten per regio in %(year)s", year=year)
    yield Table(name, heading, [_region(*each) for each in _by_region(places)])
    day = wording.format_day(contents.organisations_as_of)
    note = gettext("Gemeenten zoals ze waren op %(day)s.", day=day)
    yield Block(Style.TEXT, "", note=f"{_say_times(places)} {note}".strip())


def _say_times(places: Sequence[Municipality]) -> str:
    """What stands behind the name of who came."""
    least = small_cells.SMALLEST_SHOWN
    few, many = any(each.attendances < 0 for each in places), any(each.attendances > 0 for each in places)
    if few and many:
        return gettext("Tussen haakjes hoe vaak; staat er niets, dan was het minder dan %(least)s keer.", least=least)
    if few:
        return gettext("Elke gemeente die er was, was er minder dan %(least)s keer.", least=least)
    return gettext("Tussen haakjes hoe vaak.") if many else ""


def _say_few_times(year: int) -> str:
    return gettext("was er in %(year)s, minder dan %(least)s keer", year=year, least=small_cells.SMALLEST_SHOWN)


def _tile(place: Municipality, year: int) -> Tile:
    where = SimpleNamespace(name=place.name, grid_row=place.row, grid_col=place.column)
    status, said = _status(place), say_attendances(place)
    words = (
        gettext("in %(year)s nog niet bereikt", year=year)
        if status == "none"
        else gettext("in %(year)s %(count)s keer aanwezig", year=year, count=said)
    )
    return Tile(where, status, said if status != "none" else "", words)


def _status(place: Municipality) -> str:
    """How the map draws it."""
    return "none" if not place.attendances else "invited" if place.attendances < 0 else "coming"


def say_attendances(place: Municipality) -> str:
    """How often somebody came; of a handful only that it is few."""
    return f"< {small_cells.SMALLEST_SHOWN}" if place.attendances < 0 else str(place.attendances)


def _by_region(places: Sequence[Municipality]) -> list[tuple[str, list[Municipality]]]:
    ordered = sorted(places, key=lambda each: (each.region, each.name))
    return [(region, list(found)) for region, found in groupby(ordered, key=lambda each: each.region)]


def _region(name: str, places: list[Municipality]) -> list[str | Cell]:
    reached = ", ".join(
        f"{each.name} ({each.attendances})" if each.attendances > 0 else each.name
        for each in places
        if each.attendances
    )
    return [name, reached or NOTHING, ", ".join(each.name for each in places if not each.attendances) or NOTHING]


def _meanings(contents: ReportContents) -> Iterator[Block | Table]:
    yield Block(Style.HEADING_1, gettext("Wat de tekens betekenen"))
    labels = ", ".join(contents.labels[each] for each in Aspect)
    yield Block(
        Style.TEXT,
        gettext("Iemand zet ze, per thema, over: %(labels)s. Ze volgen niet uit een berekening.", labels=labels),
    )
    heading = [gettext("Teken"), gettext("Wat dat betekent")]
    rows = [[str(sign.words), meaning] for sign, meaning in contents.meanings.items()]
    yield Table(gettext("Tekens van deze agenda"), heading, rows)


def _rules(contents: ReportContents) -> Iterator[Block | Table]:
    """How was counted: what each indicator counts, and what is left out."""
    yield Block(Style.HEADING_1, gettext("Hoe we tellen"))
    yield Block(Style.TEXT, gettext("Wat meetelt: %(scope)s.", scope=contents.scope.words))
    words = gettext(
        "Mensen en organisaties tellen één keer, hoe vaak ze ook kwamen. De thema’s zijn samen dus niet het totaal. "
        "Vertrouwelijke sessies tellen mee en worden niet genoemd."
    )
    yield Block(Style.TEXT, words)
    if leaves_out(contents):
        words = gettext(
            "Aantallen van 1 tot en met %(most)s laten we weg, en soms nog een ander aantal, zodat niemand ze kan "
            "uitrekenen. ‘≥ 12’ betekent: van de jaren die we mogen noemen 12, en van een ander jaar een klein aantal.",
            most=small_cells.SMALLEST_SHOWN - 1,
        )
        yield Block(Style.TEXT, words)
    if contents.indicators:
        yield definition_table(gettext("de hele agenda"), contents.indicators)
    for theme in contents.themes:
        if theme.indicators:
            yield definition_table(theme.name, theme.indicators)


def leaves_out(contents: ReportContents) -> bool:
    """Whether a number is left out somewhere."""
    reaches = [
        contents.year,
        *([contents.before] if contents.before else []),
        *(each.reach for each in contents.themes),
    ]
    numbers = [
        number for each in reaches for number in (each.sessions, each.people, each.organisations, each.talked_with)
    ]
    sessions = [session for each in contents.themes for session in each.sessions]
    numbers += [number for each in sessions for number in (each.people, each.organisations)]
    numbers += [each.untold_sessions for each in contents.themes]
    lines = [*contents.indicators, *(line for each in contents.themes for line in each.indicators)]
    few = any(each.few or each.at_least is not None for line in lines for each in _amounts(line))
    return None in numbers or few or any(each.attendances < 0 for each in contents.municipalities)


def _amounts(line: IndicatorLine) -> list[Amount]:
    figures = [line.year, line.agenda, *([line.before] if line.before else [])]
    return [each.realised for each in figures if each.realised]


@dataclass(frozen=True)
class Group:
    """Blocks that stand together on a page: items of one list, large figures, or a single other one."""

    kind: str
    blocks: list[AnyBlock]
    anchor: str = ""
    """By which an address leads to it: of a heading that begins a part."""

    @property
    def begins_part(self) -> bool:
        return bool(self.anchor)


def group_blocks(blocks: Iterator[AnyBlock]) -> list[Group]:
    """For a page, which writes a list around its items."""
    groups: list[Group] = []
    for block in blocks:
        kind = _kind_of(block)
        if groups and groups[-1].kind == kind and kind in {"bullets", "figures"}:
            groups[-1].blocks.append(block)
        else:
            begins = isinstance(block, Block) and block.style == Style.HEADING_1
            groups.append(Group(kind, [block], f"part-{len(groups)}" if begins else ""))
    return groups


def _kind_of(block: AnyBlock) -> str:
    if not isinstance(block, Block):
        return {Prose: "prose", Table: "table", Bars: "bars", TileMap: "map"}[type(block)]
    if block.figure:
        return "figures"
    if block.style in BULLETS:
        return "bullets"
    return "text" if block.style == Style.TEXT else "heading"
