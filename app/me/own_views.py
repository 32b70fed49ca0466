"""The pages of Mijn Leerkring that bring together what stands elsewhere; those that change something are beside their rules."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts.access_log import Shows
from app.database import db
from app.feeds import personal_feed
from app.lessons.insights import commitment_letters
from app.me import leaving, overview, record, sessions, sign_ins
from app.network.people.models import Person
from app.rows import read_row_number
from app.web.member_doors import MemberPages

members = MemberPages("me", __name__, url_prefix="/me")


@members.get("")
def show_own_page(person: Person) -> ResponseReturnValue:
    years = record.list_years(person)
    latest = next(iter(years), None)
    return render_template(
        "me/own_page.html",
        person=person,
        own=overview.make_overview(person),
        latest=latest,
        lines=years.get(latest or 0, []),
        left=leaving.latest_departure(person),
        link_to_commitment=commitment_letters.link_to_commitment,
    )


@members.get("/done")
def show_record(person: Person) -> ResponseReturnValue:
    return render_template("me/record.html", person=person, years=record.list_years(person), total_of=record.total_of)


@members.get("/done/<int:year>.pdf", shows=Shows.COPY)
def download_year(person: Person, year: int) -> ResponseReturnValue:
    """The lines that are ticked, on paper for whom one works."""
    lines = record.list_years(person).get(year) or abort(404)
    ticked = {read_row_number(each) for each in request.args.getlist("line")}
    chosen = [each for each in lines if each.event.id in ticked]
    if not chosen:
        flash(gettext("Vink aan wat er in de PDF komt."), "warning")
        return redirect(url_for("me.show_record"), 303)
    try:
        answer = Response(record.write_year(person, year, chosen), mimetype="application/pdf")
    except OSError:
        flash(gettext("Hier kan nu geen PDF gemaakt worden."), "error")
        return redirect(url_for("me.show_record"), 303)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{year}.pdf")
    return answer


@members.get("/calendar")
def show_calendar(person: Person) -> ResponseReturnValue:
    feeds = {kind: personal_feed.link_to_personal_feed(person, kind) for kind in personal_feed.KINDS}
    return render_template("me/calendar.html", person=person, feeds=feeds)


@members.post("/calendar")
def renew_calendar(person: Person) -> ResponseReturnValue:
    """Give the person's calendars new addresses; the old ones stop working."""
    personal_feed.renew_personal_feeds(person)
    db.session.commit()
    flash(gettext("Je agenda’s hebben een nieuw adres. De oude adressen werken niet meer."), "ok")
    return redirect(url_for("me.show_calendar"), 303)


@members.get("/devices")
def list_devices(person: Person) -> ResponseReturnValue:
    found = sessions.list_sessions(person)
    return render_template("me/devices.html", person=person, sessions=found, here=sessions.current_session_id())


@members.post("/devices/<int:person_session_id>/end")
def end_device(person: Person, person_session_id: int) -> ResponseReturnValue:
    if not sessions.end_session(person, person_session_id):
        abort(404)
    db.session.commit()
    flash(gettext("Daar ben je uitgelogd."), "ok")
    return redirect(url_for("me.list_devices"), 303)


@members.post("/devices/end")
def end_other_devices(person: Person) -> ResponseReturnValue:
    """Sign out everywhere but here; a mail to sign in that lies somewhere signs nobody in any more either."""
    sign_ins.forget_requests(person)
    ended = sessions.end_sessions(person.id, but=sessions.current_session_id())
    db.session.commit()
    flash(
        ngettext("Je bent op %(num)s andere plek uitgelogd.", "Je bent op %(num)s andere plekken uitgelogd.", ended),
        "ok",
    )
    return redirect(url_for("me.list_devices"), 303)
