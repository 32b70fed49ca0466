"""The figures of an agenda: read by who may read its network, kept by its organisers."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.agendas.models import Agenda
from app.database import only_reading
from app.indicators import (
    counting,
    counts,
    figure_words,
    figures,
    indicators,
    member_lists,
    money,
    numbers,
    readings,
    signs,
    targets,
)
from app.indicators.forms import IndicatorForm, MoneyForm, ReadingForm, SignsForm, TargetForm
from app.indicators.models import Aim, Aspect, Indicator, Measure, ReadingKind
from app.indicators.signs import Answers
from app.indicators.targets import Decision
from app.lessons.impressions import attachments
from app.network.models import Network
from app.sheets import TableKind
from app.themes.models import Theme
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table, send_upload
from app.web.forms import Form

_WORDS = {"number": numbers.format_figure, "say_target": figure_words.say_target}
"""What every template of this room may say."""
organisers = OrganiserPages("figures", __name__, url_prefix="/organise/networks/<slug>/agendas/<int:agenda_id>/figures")
_ONE = "/<int:indicator_id>"


def _theme_of_agenda(network: Network, agenda_id: int, theme_id: int) -> tuple[Agenda, Theme] | None:
    agenda = indicators.agenda_of_network(network, agenda_id)
    on_agenda = {each.theme_id: each.theme for each in agenda.themes} if agenda else {}
    return (agenda, on_agenda[theme_id]) if agenda and theme_id in on_agenda else None


@organisers.get("", needs=Need.READ, subject=indicators.agenda_of_network)
def show_figures(network: Network, agenda: Agenda) -> str:
    """All indicators of an agenda by theme, as they were last counted."""
    year = _asked_year(agenda)
    found = figures.list_figures(agenda, year)
    return render_template(
        "indicators/figures.html",
        network=network,
        agenda=agenda,
        year=year,
        years=figures.years_of(agenda),
        viewer=rights.current_viewer(),
        figures=figures.group_by_theme(found),
        signs=signs.signs_now(signs.list_signs(agenda), figures.period_of(agenda, year).last),
        amounts=money.amounts_now(money.list_amounts(agenda)),
        aspects=list(Aspect),
        answers_now=signs.answers_now,
        label_of=signs.label_of,
        meaning_of=signs.meaning_of,
        does_not_add_up=money.does_not_add_up,
        **_WORDS,
    )


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=indicators.agenda_of_network)
def create_indicator(network: Network, agenda: Agenda) -> ResponseReturnValue:
    form = IndicatorForm(agenda, rights.current_viewer())
    if request.method == "GET" and request.args.get("theme", "") in {str(each.theme_id) for each in agenda.themes}:
        form.theme.data = request.args["theme"]
        form.about.data = [form.theme.data]
    if form.validate_on_submit() and (made := _create_from_form(agenda, form)):
        return redirect(_address_after(network, made), 303)
    return _form_page(network, agenda, form)


def _address_after(network: Network, made: Indicator) -> str:
    """Its page, or an empty form when another one was asked."""
    if "again" not in request.form:
        return _address(network, made)
    return url_for("figures.create_indicator", slug=network.slug, agenda_id=made.agenda_id)


def _create_from_form(agenda: Agenda, form: IndicatorForm) -> Indicator | None:
    made = None
    with acting(form, at="targets") as act:
        years = figures.years_of(agenda)
        aims = targets.read_row_of_targets(form.targets.data or "", years)
        made = indicators.add_indicator(agenda, form.name.data, form.theme_id, form.rule())
        for year, cell in aims.items():
            decision = Decision(form.decision.data, clock.today(), sessions.account(), cell.reason)
            targets.set_target(made, year, cell.aim, cell.value, decision)
        act.say(_say_made(made))
    return None if act.refused else made


def _say_made(made: Indicator) -> str:
    if made.versions[-1].measure == Measure.BY_HAND:
        return gettext("‘%(name)s’ staat erbij. De cijfers vul je met de hand in.", name=made.name)
    return gettext("‘%(name)s’ staat erbij, en wordt binnen een paar minuten geteld.", name=made.name)


@organisers.route(f"{_ONE}/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=indicators.indicator_of_network)
def edit_indicator(network: Network, indicator: Indicator) -> ResponseReturnValue:
    form = IndicatorForm(indicator.agenda, rights.current_viewer(), indicator).of(indicator)
    if form.validate_on_submit():
        with acting(form) as act:
            indicators.change_indicator(
                indicator, form.name.data, form.theme_id, form.rule(), form.valid_from.data, form.reason.data or ""
            )
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(_address(network, indicator), 303)
    return _form_page(network, indicator.agenda, form, indicator)


@organisers.get(_ONE, needs=Need.READ, subject=indicators.indicator_of_network, shows=Shows.PEOPLE)
def show_indicator(network: Network, indicator: Indicator) -> str:
    """One indicator: its rule, what was aimed for, what was realised and the list behind that."""
    year = _asked_year(indicator.agenda)
    period = figures.period_of(indicator.agenda, year)
    figure = figures.figure_of(indicator, year)
    viewer = rights.current_viewer()
    return render_template(
        "indicators/indicator.html",
        network=network,
        agenda=indicator.agenda,
        indicator=indicator,
        figure=figure,
        year=year,
        years=figures.years_of(indicator.agenda),
        members=member_lists.list_members(indicator, period, viewer),
        most=member_lists.MOST_ON_A_PAGE,
        kinds=member_lists.count_kinds(indicator, period, viewer),
        viewer=viewer,
        by_hand=figure.version.measure == Measure.BY_HAND,
        countable=figure.version.measure == Measure.BY_HAND or counting.is_countable(figure.version.measure),
        say_hidden=member_lists.say_hidden,
        **_WORDS,
        replaced={each.replaces_id for each in indicator.readings},
        narrowed=indicators.say_narrowing(figure.version, viewer),
    )


@organisers.get(f"{_ONE}/list.{TABLE}", needs=Need.READ, subject=indicators.indicator_of_network, shows=Shows.COPY)
def export_members(network: Network, indicator: Indicator, ending: str) -> Response:
    """The list behind a figure, with how many rows it leaves out."""
    year = _asked_year(indicator.agenda)
    period = figures.period_of(indicator.agenda, year)
    viewer = rights.current_viewer()
    members = member_lists.list_members(indicator, period, viewer) or abort(404)
    content = member_lists.write_members(TableKind(ending), figures.figure_of(indicator, year), members, viewer)
    return send_table(content, ending, f"{indicator.agenda.slug}-{indicator.id}")


@organisers.post(f"{_ONE}/count", needs=Need.ORGANISE, subject=indicators.indicator_of_network)
def count_indicator(network: Network, indicator: Indicator) -> ResponseReturnValue:
    """Count now, instead of when the clockwork comes to it."""
    with acting() as act:
        counts.count_now(indicator)
        act.say(gettext("Geteld."))
    return redirect(_address(network, indicator, _asked_year(indicator.agenda)), 303)


@organisers.route(
    f"{_ONE}/target", methods=["GET", "POST"], needs=Need.ORGANISE, subject=indicators.indicator_of_network
)
def set_target(network: Network, indicator: Indicator) -> ResponseReturnValue:
    form = TargetForm(indicator.agenda)
    if form.validate_on_submit():
        with acting(form) as act:
            decision = Decision(
                form.decision.data, form.decided_on.data or clock.today(), sessions.account(), form.reason.data or ""
            )
            targets.set_target(indicator, int(form.year.data) or None, Aim(form.aim.data), form.value.data, decision)
            act.say(gettext("Opgeslagen. Wat er eerst stond blijft zichtbaar."))
        if not act.refused:
            return redirect(_address(network, indicator), 303)
    return _small_page("indicators/target.html", network, indicator, form)


@organisers.route(
    f"{_ONE}/reading", methods=["GET", "POST"], needs=Need.ORGANISE, subject=indicators.indicator_of_network
)
def add_reading(network: Network, indicator: Indicator) -> ResponseReturnValue:
    """A figure by hand; with `replaces` in the address instead of an earlier one, which stays."""
    replaces = readings.reading_of(indicator, request.args.get("replaces", type=int))
    form = ReadingForm(indicator)
    if replaces and request.method == "GET":
        for name in ("kind", "day", "value", "out_of", "source", "link"):
            form[name].data = getattr(replaces, name)
    if form.validate_on_submit():
        with acting(form) as act:
            file = _clean(form)
            readings.add_reading(indicator, form.reading(file), sessions.account(), replaces)
            if indicator.versions[-1].measure == Measure.BY_HAND and form.kind.data == ReadingKind.REALISED:
                counts.count_now(indicator)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(_address(network, indicator), 303)
    return _small_page("indicators/reading.html", network, indicator, form, replaces=replaces)


def _clean(form: ReadingForm) -> attachments.CleanFile | None:
    upload = form.upload()
    if upload is None:
        return None
    with only_reading():
        return attachments.clean_attachment(*upload)


@organisers.get(
    f"{_ONE}/readings/<int:reading_id>/file",
    needs=Need.READ,
    subject=indicators.indicator_of_network,
    shows=Shows.FIGURES,
)
def download_proof(network: Network, indicator: Indicator, reading_id: int) -> Response:
    """The file that proves a figure."""
    reading = readings.reading_of(indicator, reading_id) or abort(404)
    return send_upload(reading.file_content or abort(404), reading.file_name)


@organisers.route("/signs/<int:theme_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_theme_of_agenda)
def set_signs(network: Network, found: tuple[Agenda, Theme]) -> ResponseReturnValue:
    agenda, theme = found
    form = SignsForm(agenda)
    if form.validate_on_submit():
        with acting(form) as act:
            answers = Answers(form.cause.data or "", form.consequence.data or "", form.correction.data or "")
            day = form.day.data or clock.today()
            signs.set_signs(agenda, theme.id, day, form.signs(), answers, sessions.account())
            act.say(gettext("Opgeslagen. Wat er eerst stond blijft zichtbaar."))
        if not act.refused:
            return redirect(
                url_for("figures.set_signs", slug=network.slug, agenda_id=agenda.id, theme_id=theme.id), 303
            )
    earlier = [each for each in signs.list_signs(agenda) if each.theme_id == theme.id]
    return render_template(
        "indicators/signs.html",
        network=network,
        agenda=agenda,
        theme=theme,
        form=form,
        earlier=earlier,
        label_of=signs.label_of,
    ), 422 if form.errors else 200


@organisers.route("/money/<int:theme_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_theme_of_agenda)
def enter_amounts(network: Network, found: tuple[Agenda, Theme]) -> ResponseReturnValue:
    agenda, theme = found
    form = MoneyForm(agenda)
    if form.validate_on_submit():
        with acting(form, at="row") as act:
            amounts = money.read_amounts(form.row.data) if form.row.data else form.amounts()
            money.enter_amounts(agenda, theme.id, int(form.year.data), amounts, form.source.data, sessions.account())
            act.say(gettext("Opgeslagen. Wat er eerst stond blijft zichtbaar."))
        if not act.refused:
            return redirect(
                url_for("figures.enter_amounts", slug=network.slug, agenda_id=agenda.id, theme_id=theme.id), 303
            )
    earlier = [each for each in money.list_amounts(agenda) if each.theme_id == theme.id]
    return render_template(
        "indicators/money.html", network=network, agenda=agenda, theme=theme, form=form, earlier=earlier, **_WORDS
    ), 422 if form.errors else 200


def _asked_year(agenda: Agenda) -> int | None:
    """The year of the address, this year without one; None for all of the agenda."""
    asked = request.args.get("year", type=int)
    if asked == counts.WHOLE:
        return None
    return asked if asked in figures.years_of(agenda) else figures.year_now(agenda)


def _address(network: Network, indicator: Indicator, year: int | None = None) -> str:
    return url_for(
        "figures.show_indicator", slug=network.slug, agenda_id=indicator.agenda_id, indicator_id=indicator.id, year=year
    )


def _form_page(
    network: Network, agenda: Agenda, form: IndicatorForm, indicator: Indicator | None = None
) -> ResponseReturnValue:
    page = render_template("indicators/form.html", network=network, agenda=agenda, form=form, indicator=indicator)
    return page, 422 if form.errors else 200


def _small_page(
    template: str, network: Network, indicator: Indicator, form: Form, **values: object
) -> ResponseReturnValue:
    page = render_template(
        template, network=network, agenda=indicator.agenda, indicator=indicator, form=form, **_WORDS, **values
    )
    return page, 422 if form.errors else 200
