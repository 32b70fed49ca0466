"""The list of themes that administrators keep: order, names, from when until when; joining two, and what is to be settled."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.network.vocabulary import theme_uses
from app.themes import settling, themes
from app.themes.forms import JoinThemeForm, ThemeForm
from app.themes.models import Theme, ThemeMerge
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("themes", __name__, url_prefix="/organise/themes")


def _load_theme(theme_id: int) -> Theme | None:
    return db.session.get(Theme, theme_id)


def _load_join(theme_merge_id: int) -> ThemeMerge | None:
    return db.session.get(ThemeMerge, theme_merge_id)


@organisers.route("", methods=["GET", "POST"], needs=Need.ADMIN)
def list_managed_themes() -> ResponseReturnValue:
    """All themes in their order, and a new one."""
    form = ThemeForm()
    if form.validate_on_submit():
        with acting(form) as act:
            theme = themes.create_theme(form.details())
            act.say(gettext("%(name)s is toegevoegd.", name=theme.words))
        if not act.refused:
            return redirect(url_for("themes.list_managed_themes"), 303)
    return render_template(
        "themes/managed.html", themes=themes.list_themes(), unsettled=len(themes.list_unsettled()), form=form
    ), 422 if form.errors else 200


@organisers.route("/<int:theme_id>", methods=["GET", "POST"], needs=Need.ADMIN, subject=_load_theme)
def edit_theme(theme: Theme) -> ResponseReturnValue:
    form = ThemeForm(theme).of(theme)
    if form.validate_on_submit():
        with acting(form) as act:
            themes.change_theme(theme, form.details())
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(url_for("themes.list_managed_themes"), 303)
    join_form = JoinThemeForm(theme, formdata=None)
    return render_template(
        "themes/theme_form.html", theme=theme, form=form, join_form=join_form, used=theme_uses.count_uses(theme)
    ), 422 if form.errors else 200


@organisers.post("/<int:theme_id>/up", needs=Need.ADMIN, subject=_load_theme)
def move_theme_up(theme: Theme) -> ResponseReturnValue:
    themes.move_theme_up(theme)
    db.session.commit()
    return redirect(url_for("themes.list_managed_themes"), 303)


@organisers.post("/<int:theme_id>/remove", needs=Need.ADMIN, subject=_load_theme)
def remove_theme(theme: Theme) -> ResponseReturnValue:
    name = theme.words
    with acting() as act:
        theme_uses.remove_theme(theme)
    if act.refused:
        return redirect(url_for("themes.edit_theme", theme_id=theme.id), 303)
    undo.offer_undo_of_change(name, url_for("themes.list_managed_themes"))
    return redirect(url_for("themes.list_managed_themes"), 303)


@organisers.post("/<int:theme_id>/join", needs=Need.ADMIN, subject=_load_theme)
def join_theme(theme: Theme) -> ResponseReturnValue:
    """All that is about this theme is about another one from now on."""
    form = JoinThemeForm(theme)
    if not form.validate():
        flash(gettext("Kies een thema."), "error")
        return redirect(url_for("themes.edit_theme", theme_id=theme.id), 303)
    kept, back = db.session.get(Theme, int(form.theme.data)) or abort(404), _page_of(theme)
    said = gettext("‘%(gone)s’ is nu ‘%(kept)s’.", gone=theme.words, kept=kept.words)
    with acting() as act:
        merge = theme_uses.join_themes(kept, theme)
    if act.refused:
        return redirect(url_for("themes.edit_theme", theme_id=theme.id), 303)
    undo.offer_undo("theme_join", "", {"merge": merge.id}, back, said)
    return redirect(back, 303)


@undo.restorer("theme_join", needs=Need.ADMIN)
def _undo_join(kept: dict[str, Any]) -> None:
    theme_uses.undo_join(db.session.get(ThemeMerge, kept["merge"]) or abort(404))


@organisers.post("/joined/<int:theme_merge_id>/undo", needs=Need.ADMIN, subject=_load_join)
def undo_join(merge: ThemeMerge) -> ResponseReturnValue:
    with acting() as act:
        theme_uses.undo_join(merge)
        act.say(gettext("Teruggezet."))
    return redirect(url_for("themes.list_unsettled_themes"), 303)


@organisers.get("/settle", needs=Need.ADMIN)
def list_unsettled_themes() -> str:
    """What was typed freely once, with the theme that was probably meant."""
    known, unsettled = themes.list_themes(), themes.list_unsettled()
    return render_template(
        "themes/settle.html",
        proposed=[(theme, settling.propose_theme(theme, known), JoinThemeForm(theme)) for theme in unsettled],
        joins=theme_uses.undoable_joins(),
    )


@organisers.post("/<int:theme_id>/keep", needs=Need.ADMIN, subject=_load_theme)
def keep_theme(theme: Theme) -> ResponseReturnValue:
    """It is a theme of its own."""
    with acting() as act:
        themes.settle_theme(theme)
        act.say(gettext("‘%(name)s’ blijft een thema.", name=theme.words))
    return redirect(url_for("themes.list_unsettled_themes"), 303)


def _page_of(theme: Theme) -> str:
    return url_for("themes.list_unsettled_themes" if theme.unsettled else "themes.list_managed_themes")
