"""What a report says of one theme: what was agreed, whether it was reached, done and paid for, and what comes next."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from flask_babel import gettext, ngettext

from app import wording
from app.indicators import money, signs
from app.indicators.figure_words import NOTHING
from app.indicators.models import Aspect
from app.indicators.numbers import format_figure
from app.papers.blocks import Block, Cell, Prose, Style, Table
from app.progress.contents import MoneyLine, Reach, ReportContents, SessionHeld, SignSet, ThemePart, WordsSaid
from app.progress.indicator_words import Bars, indicator_blocks
from app.reports import small_cells

Blocks = Iterator[Block | Prose | Table | Bars]


def theme_blocks(contents: ReportContents, theme: ThemePart) -> Blocks:
    yield Block(Style.HEADING_1, theme.name)
    yield from _days(contents, theme)
    yield from _agreed(contents, theme)
    yield Block(Style.HEADING_2, gettext("Is bereikt wat we wilden?"))
    yield from _signs(contents, theme)
    if theme.indicators:
        yield from indicator_blocks(contents, theme.name, theme.indicators, Style.HEADING_3)
    else:
        yield Block(Style.TEXT, gettext("Bij dit thema hoort geen indicator."))
    yield Block(Style.HEADING_2, gettext("Is gedaan wat we zouden doen?"))
    yield from _done(contents, theme)
    yield Block(Style.HEADING_2, gettext("Heeft het gekost wat het mocht?"))
    yield from _money(contents, theme)
    yield Block(Style.HEADING_2, gettext("Wat gaan we doen?"))
    yield from words_blocks(theme.next)


def _days(contents: ReportContents, theme: ThemePart) -> Blocks:
    """When it joined the agenda midway, or ended before it."""
    if theme.starts_on > contents.agenda_starts_on:
        yield Block(Style.TEXT, gettext("Op de agenda vanaf %(day)s.", day=wording.format_day(theme.starts_on)))
    if theme.ends_on < contents.agenda_ends_on:
        words = gettext("Op de agenda tot en met %(day)s.", day=wording.format_day(theme.ends_on))
        after = gettext("Ging over in ‘%(theme)s’.", theme=theme.successor) if theme.successor else ""
        yield Block(Style.TEXT, f"{words} {after}".strip())


def _agreed(contents: ReportContents, theme: ThemePart) -> Blocks:
    yield Block(Style.HEADING_2, gettext("Wat spraken we af?"))
    if theme.ambition:
        yield Prose(theme.ambition)
    else:
        yield Block(Style.TEXT, gettext("Daarover staat nog niets op de agenda."))
    if theme.koppel:
        day = wording.format_day(contents.reference_day)
        yield Block(Style.TEXT, gettext("Het koppel voor dit thema op %(day)s:", day=day))
    for seat in theme.koppel:
        vacant = gettext("%(party)s: vacant", party=seat.party)
        yield Block(Style.BULLET, f"{seat.office}, {seat.party}" if seat.office else vacant)


def _signs(contents: ReportContents, theme: ThemePart) -> Blocks:
    """What was set, and at length what is not on course."""
    if not theme.signs:
        yield Block(Style.TEXT, gettext("Voor dit thema zijn geen tekens gezet."))
        return
    heading = [gettext("Waarover"), gettext("Teken"), gettext("Wat dat betekent"), gettext("Gezet op")]
    rows: list[list[str | Cell]] = [
        [contents.labels[each.aspect], sign_cell(each), contents.meanings[each.sign], wording.format_day(each.day)]
        for each in theme.signs
    ]
    yield Table(gettext("Tekens: %(name)s", name=theme.name), heading, rows)
    for cause, consequence, correction in signs.answers_now(theme.signs):
        about = [
            contents.labels[each.aspect]
            for each in theme.signs
            if (each.cause, each.consequence, each.correction) == (cause, consequence, correction)
        ]
        yield Block(Style.HEADING_3, gettext("Waarom niet alles op koers is: %(labels)s", labels=", ".join(about)))
        yield Block(Style.BULLET, gettext("Oorzaak: %(words)s", words=cause))
        yield Block(Style.BULLET, gettext("Gevolg: %(words)s", words=consequence))
        yield Block(Style.BULLET, gettext("Wat we doen: %(words)s", words=correction))


def sign_cell(sign: SignSet | None) -> Cell:
    """A letter and a word; a dash where nobody set one."""
    return Cell("", str(sign.sign.words), sign.sign.tone) if sign else Cell(NOTHING)


def sign_of(theme: ThemePart, aspect: Aspect) -> SignSet | None:
    return next((each for each in theme.signs if each.aspect == aspect), None)


def _done(contents: ReportContents, theme: ThemePart) -> Blocks:
    yield from words_blocks(theme.happened)
    yield from _reach(contents, theme)
    if theme.sessions or theme.untold_sessions != 0:
        yield Block(Style.HEADING_3, gettext("Sessies"))
    for session in theme.sessions:
        yield Block(Style.BULLET, session.title, address=session.address, note=_about_session(session))
    if theme.untold_sessions != 0:
        yield Block(Style.TEXT, _say_untold(theme.untold_sessions))
    if theme.insights:
        yield Block(Style.HEADING_3, gettext("Wat we leerden"))
    for insight in theme.insights:
        yield Block(Style.BULLET, insight.title, address=insight.address)
    yield from _promises(theme)
    if theme.koppel_words:
        yield Block(Style.HEADING_3, gettext("Woord van het koppel"))
    for words in theme.koppel_words:
        yield from words_blocks(words)


def _reach(contents: ReportContents, theme: ThemePart) -> Iterator[Block]:
    """The figures of the days that count, and which those are; without a session no row of noughts."""
    if theme.reach.sessions == 0 and not theme.reach.talked_with:
        words = gettext("In %(year)s was er nog geen sessie over dit thema.", year=contents.reference_day.year)
        yield Block(Style.TEXT, words)
        return
    first, last = map(wording.format_day, _days_counted(contents, theme))
    yield Block(Style.TEXT, gettext("Van %(first)s tot en met %(last)s:", first=first, last=last))
    yield from reach_blocks(theme.reach)


def _days_counted(contents: ReportContents, theme: ThemePart) -> tuple[date, date]:
    """The first and the last: those of the year until the reference day on which it stood on the agenda."""
    last = min(theme.ends_on, contents.reference_day)
    return max(theme.starts_on, date(last.year, 1, 1)), last


def reach_blocks(reach: Reach) -> Iterator[Block]:
    """Sessions, people and organisations as large figures, without those that are left out."""
    sessions, people, organisations, talked = reach.sessions, reach.people, reach.organisations, reach.talked_with
    if sessions is not None:
        yield _figure(sessions, ngettext("sessie", "sessies", sessions))
    if people is not None:
        yield _figure(people, ngettext("deelnemer", "deelnemers", people))
    if organisations is not None:
        yield _figure(organisations, ngettext("organisatie", "organisaties", organisations))
    if talked:
        yield _figure(talked, ngettext("organisatie gesproken", "organisaties gesproken", talked))


def _figure(number: int, words: str) -> Block:
    return Block(Style.TEXT, words, figure=format_figure(number))


def _about_session(session: SessionHeld) -> str:
    """'do 11 december 2025 · Oosterhout · 43 mensen, 21 organisaties'."""
    least = small_cells.SMALLEST_SHOWN
    people = (
        gettext("minder dan %(least)s mensen", least=least)
        if session.people is None
        else ngettext("%(num)s persoon", "%(num)s mensen", session.people)
    )
    organisations = (
        gettext("minder dan %(least)s organisaties", least=least)
        if session.organisations is None
        else ngettext("%(num)s organisatie", "%(num)s organisaties", session.organisations)
    )
    place = wording.say_place(session.place, online=session.online)
    return " · ".join(filter(None, (wording.format_day(session.day), place, f"{people}, {organisations}")))


def _say_untold(number: int | None) -> str:
    if number is None:
        return gettext("Er tellen nog enkele sessies mee waarover we hier niets vertellen.")
    return ngettext(
        "Er telt nog %(num)s sessie mee waarover we hier niets vertellen.",
        "Er tellen nog %(num)s sessies mee waarover we hier niets vertellen.",
        number,
    )


def _promises(theme: ThemePart) -> Blocks:
    if not theme.promised:
        return
    yield Block(Style.HEADING_3, gettext("Wat er is beloofd"))
    words = ngettext(
        "Van %(num)s afspraak is gedaan: %(kept)s.",
        "Van %(num)s afspraken zijn gedaan: %(kept)s.",
        theme.promised,
        kept=theme.kept,
    )
    yield Block(Style.TEXT, words)
    for each in theme.promises:
        by = gettext("voor %(day)s", day=wording.format_day(each.due_on))
        done = gettext("gedaan") if each.done else gettext("nog niet gedaan")
        yield Block(Style.BULLET, each.what, note=f"{by} · {done}")


def _money(contents: ReportContents, theme: ThemePart) -> Blocks:
    amount = theme.money
    if amount is None:
        yield Block(Style.TEXT, gettext("Over geld is bij dit thema niets ingevuld."))
        return
    name = gettext("Geld in %(year)s, in duizenden euro’s: %(name)s", year=contents.reference_day.year, name=theme.name)
    heading = [gettext("Wat"), *money_heading()]
    yield Table(name, heading, [[gettext("Lasten"), *map(_say_money, money_of(amount))]], (1, 2, 3, 4))
    if amount.change is not None and money.does_not_add_up(amount):
        words = gettext(
            "Begroting en wijziging (%(change)s) zijn samen niet precies het bedrag na wijziging: zo staat het in de bron.",
            change=format_figure(amount.change),
        )
        yield Block(Style.TEXT, words)
    if amount.source:
        yield Block(Style.TEXT, gettext("Bron: %(source)s", source=amount.source))


def money_heading() -> list[str]:
    return [gettext("Begroting"), gettext("Wijziging"), gettext("Na wijziging"), gettext("Gerealiseerd")]


def money_of(amount: MoneyLine) -> list[Decimal | None]:
    return [amount.budget, amount.change, amount.changed, amount.realised]


def _say_money(number: Decimal | None) -> str:
    return NOTHING if number is None else format_figure(number)


def words_blocks(words: WordsSaid | None) -> Iterator[Block | Prose]:
    """What somebody wrote, as whom and when."""
    if words is None:
        yield Block(Style.TEXT, gettext("Hierover is niets geschreven."))
        return
    yield Prose(words.text)
    when = wording.format_day_and_hour(words.written_at)
    yield Block(
        Style.TEXT,
        "",
        note=gettext("Geschreven door %(who)s, %(when)s", who=words.by or gettext("de organisatoren"), when=when),
    )
