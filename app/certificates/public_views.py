"""Where anybody checks whether a certificate is genuine, by the number or the code that stands on it."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import rate_counts
from app.certificates import checking, letter_papers
from app.certificates.forms import NumberForm
from app.certificates.numbers import read_number
from app.extensions import limiter
from app.web.doors import PublicPages

public = PublicPages("check", __name__, private=True)
MOST_A_MINUTE = 60
"""Numbers that one address looks up; an office may share it, somebody who tries numbers gets nowhere."""


@public.get("/check")
def show_check() -> str:
    return render_template("certificates/check.html", form=NumberForm(formdata=None), checked=None, sought="")


@public.post("/check", limit="20 per minute")
def send_number() -> ResponseReturnValue:
    """What is no number goes on as it was typed, to the page that says the same of every number of none."""
    form = NumberForm()
    if not form.validate_on_submit():
        return render_template("certificates/check.html", form=form, checked=None, sought=""), 422
    return redirect(url_for("check.show_checked", number=read_number(form.number.data) or "0"), 303)


@public.get("/check/<number>")
def show_checked(number: str) -> ResponseReturnValue:
    if limiter.enabled and not rate_counts.may_go_on(f"check {request.remote_addr}", MOST_A_MINUTE):
        abort(429)
    checked = checking.check_number(number)
    page = render_template(
        "certificates/check.html",
        form=NumberForm(formdata=None),
        checked=checked,
        duration=letter_papers.format_duration(checked.minutes) if checked else "",
        sought=number,
    )
    return page, 200 if checked else 404
