"""What causes mail asks first: whom it concerns, what was and will be, and why. Then it can be held back for a minute."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.events.models import Event
from app.events.planning import Notice
from app.registration import change_notices
from app.registration.change_notices import Concerned
from app.web.forms import Form, LinesField
from app.web.versions import Difference


class NoticeForm(Form):
    """Whether and with which words those concerned hear of a change; its button says the first."""

    notice_reason = LinesField(
        _l("Wil je er iets bij zeggen?"),
        500,
        rows=3,
        description=_l("Dit staat in de mail, zoals waarom het verandert."),
    )


def decided() -> Notice | None:
    """What the organiser answered about the mail; None when that has to be asked yet, or what they wrote is too long."""
    form = NoticeForm()
    if request.form.get("notice") not in {"send", "silent"} or not form.notice_reason.validate(form):
        return None
    return Notice(request.form["notice"] == "send", form.notice_reason.data or "", change_notices.HOLD)


def decided_about(event: Event) -> Notice | None:
    """The same; where nobody would hear of it there is nothing to ask."""
    return decided() if change_notices.count_concerned(event).total else Notice()


def ask(
    event: Event, differences: list[Difference], concerned: Concerned | None = None, let_in: int = 0
) -> ResponseReturnValue:
    """The page that asks. It sends the form that caused it once more, with the answer.

    It says whom the change concerns, and how many who wait would get a place.
    """
    concerned = change_notices.count_concerned(event) if concerned is None else concerned
    form = NoticeForm()
    form.notice_reason.validate(form)
    return render_template(
        "events/notice.html",
        event=event,
        form=form,
        concerned=concerned,
        let_in=let_in,
        total=concerned.total + let_in,
        differences=differences,
    ), 422 if form.notice_reason.errors else 200


def say_saved(notice: Notice, told: int, let_in: int = 0) -> str:
    """What the page after it says."""
    if let_in and notice.send and not told:
        return ngettext(
            "Opgeslagen. %(num)d persoon van de wachtlijst heeft een plek en krijgt daar een mail over.",
            "Opgeslagen. %(num)d mensen van de wachtlijst hebben een plek en krijgen daar een mail over.",
            let_in,
        )
    if not told and not let_in:
        return gettext("Opgeslagen.")
    if not notice.send:
        return gettext("Opgeslagen. Niemand krijgt hierover een mail.")
    return ngettext(
        "Opgeslagen. %(num)d persoon krijgt een mail met de nieuwe gegevens.",
        "Opgeslagen. %(num)d mensen krijgen een mail met de nieuwe gegevens.",
        told,
    )
