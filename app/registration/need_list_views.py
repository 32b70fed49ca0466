"""The kitchen list and the access list: to look at, to print, to mail; and the names behind one answer."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import access_log, rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.events.models import Event, Preset
from app.registration import need_list_mails, need_lists
from app.registration.forms import NeedListForm
from app.registration.need_lists import NeedList
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("need_lists", __name__, url_prefix="/organise/events/<slug>/<any(kitchen, access):which>")
_PRESETS = {"kitchen": Preset.DIETARY, "access": Preset.ACCESSIBILITY}
"""Which question each list is of, by what it is called in an address."""


def _list_of(event: Event, which: str) -> NeedList:
    return need_lists.load_need_list(event, _PRESETS[which], rights.current_viewer())


@organisers.get("", needs=Need.ORGANISE, subject=_list_of, shows=Shows.NEEDS)
def show_need_list(event: Event, needs: NeedList) -> ResponseReturnValue:
    return _page(event, needs)


def _page(event: Event, needs: NeedList, form: NeedListForm | None = None, **values: object) -> str:
    remembered = {"address": needs.mailed.address} if needs.mailed else None
    return render_template(
        "registration/need_list.html",
        event=event,
        needs=needs,
        which=_name_of(needs),
        lists=_PRESETS,
        form=form or NeedListForm(formdata=None, data=remembered),
        letter=need_list_mails.write_need_list(event, needs)
        if needs.question and need_list_mails.can_mail(event)
        else None,
        **values,
    )


def _name_of(needs: NeedList) -> str:
    return next(name for name, preset in _PRESETS.items() if preset == needs.preset)


@organisers.post("/names", needs=Need.ORGANISE, subject=_list_of, shows=Shows.NAMED_NEEDS)
def show_names(event: Event, needs: NeedList) -> ResponseReturnValue:
    """Who gave one answer, for whoever must see to it; the log keeps who asked."""
    chosen = next((each for each in needs.answers if each.key == request.form.get("answer")), None)
    if chosen is None or needs.question is None:
        abort(404)
    given = need_lists.list_who_answered(needs.question, chosen.key, rights.current_viewer())
    return _page(event, needs, chosen=chosen, given=given)


@organisers.post("/mail", needs=Need.ORGANISE, subject=_list_of)
def mail_need_list(event: Event, needs: NeedList) -> ResponseReturnValue:
    """Mail the list that the organiser sees, to an address that the session remembers.

    What was not right shows the list again, so the log notes that too; `shows=` is of pages that went well.
    """
    form, seal = NeedListForm(), request.form.get("seal", "")
    if form.validate_on_submit():
        with acting(form) as act:
            need_list_mails.mail_need_list(event, needs.preset, form.address.data, seal, rights.current_viewer())
            act.say(gettext("De lijst is onderweg naar %(address)s.", address=form.address.data))
        if not act.refused:
            return redirect(url_for("need_lists.show_need_list", slug=event.slug, which=_name_of(needs)), 303)
        needs = _list_of(event, _name_of(needs))
    access_log.remember_page(Shows.NEEDS, event, sessions.account())
    return _page(event, needs, form), 422
