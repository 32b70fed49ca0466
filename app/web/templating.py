"""What templates may use: words for days and hours, Markdown, and small helpers of the pages."""

from datetime import timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from app import clock, markdown, quick_templates, translating, urls, wording
from app.accounts import merge_requests, organisation_requests, rights, sessions
from app.events import course_meetings, event_days, special_days
from app.events.models import EventFormat, Mode
from app.feeds import public_feed
from app.network import controllers
from app.network.models import Network
from app.network.people import job_positions
from app.web import doors, face_styles, languages, places, seen, tile_names, unsaved


class OwnTemplate(Template):
    """A template whose macros are made once: none of ours is given names of its own beside the context."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def bind(app: Flask) -> None:
    quick_templates.make_quick(app.jinja_env)
    app.jinja_env.template_class = OwnTemplate
    app.jinja_env.filters.update(
        day=wording.format_day,
        short_day=wording.format_short_day,
        month=wording.format_month,
        hour=wording.format_hour,
        weekday=wording.format_weekday,
        groupby_month=_by_month,
        groupby_kind=_by_kind,
        position=job_positions.current_position,
        tile_lines=tile_names.tile_lines,
        region_key=public_feed.region_slug,
        colour_class=face_styles.colour_class,
        markdown=markdown.markdown_to_html,
        place=wording.format_place,
        venue=wording.format_venue,
        address=wording.format_address,
        dialled=wording.dial,
        masked=wording.mask_address,
    )
    app.jinja_env.globals.update(
        hours_of_event=event_days.format_hours_of_event,
        days_in_words=event_days.list_days_in_words,
        meeting_of=course_meetings.meeting_shown,
        takes_several_days=event_days.takes_several_days,
        day_and_hour=wording.format_day_and_hour,
        until=wording.format_until,
        say_zone=wording.say_zone,
        remarks_on=special_days.remarks_on,
        say_remarks=special_days.say_remarks,
        local=clock.to_local,
        now=clock.now,
        Mode=Mode,
        EventFormat=EventFormat,
        one_hour=timedelta(hours=1),
        other_language=_other_language,
        url_with=_url_with,
        sent_fields=unsaved.sent,
        sent_texts=unsaved.texts,
        url_for=_url_for,
        csrf_token=_csrf_token,
        seen=_write_seen,
        whose=lambda: g.get("whose"),
        may_visit=_may_visit,
        responsible=_responsible,
        absolute_url=urls.absolute_url,
        face_of_page=face_styles.face_of_page,
        own_colours=face_styles.own_colours,
        network_tabs=lambda network, organises: places.show_tabs(places.NETWORK, network.slug, organises=organises),
        session_tabs=lambda event, organises: places.show_tabs(
            places.SESSION, event.slug, organises=organises, confidential=event.confidential
        ),
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    """The signed-in account is looked up only for a page that has a session."""
    account = sessions.current_account() if request.path.startswith(("/organise", "/sign-in")) else g.get("account")
    return {
        "account": account,
        "language": translating.language(),
        "site_name": current_app.config["SITE_NAME"],
        "site_owner": wording.name_site_owner(),
        "demo": current_app.config["DEMO"] and not current_app.config["MAIL_SERVER"],
        "contact_address": current_app.config["CONTACT_ADDRESS"],
        "count_waiting_requests": lambda: organisation_requests.count_waiting() + merge_requests.count_waiting(),
        "organises": account is not None and rights.organises_anything(account),
        "may_organise": lambda network_id: account is not None and rights.may_organise(account, network_id),
    }


@pass_context
def _responsible(context: Context) -> controllers.Controller:
    """Who is responsible for the data of the network that a page is about, or of the site."""
    return controllers.controller_of(face_styles.about_network(context))


def _by_month(events: list[Any]) -> list[tuple[str, list[Any]]]:
    """Events in the order they have, under the month in which they start."""
    return [
        (month, list(group))
        for month, group in groupby(events, lambda event: wording.format_month(event.starts_at, event.zone))
    ]


def _by_kind(organisations: list[Any]) -> list[tuple[str, list[Any]]]:
    """Organisations with a figure, which come sorted by kind, under the name of their kind."""
    return [(str(kind.words), list(group)) for kind, group in groupby(organisations, lambda row: row[0].kind)]


def _csrf_token() -> str:
    """The token of the running request, which each of its forms carries."""
    token: str = getattr(g, "csrf_token", None) or generate_csrf()
    return token


def _may_visit(network: Network) -> bool:
    """Whether who looks may open the page of a network."""
    if network.listed:
        return True
    from app.web import visiting

    return visiting.may_visit(network)


def _write_seen(endpoint: str, *objects: Any) -> Markup:
    """What the page of a press at this endpoint shows, for a hidden field of its form."""
    page = doors.page_of(endpoint)
    if page is None or page.seen is None:
        raise TypeError(f"{endpoint} does not say seen=")
    return seen.write_fields(page.seen, objects)


def _other_language() -> tuple[str, str, str]:
    """Code, name and address of the language this page can switch to."""
    code = "en" if translating.language() == "nl" else "nl"
    return code, languages.LANGUAGES[code], _url_with(lang=code)


_url_for = lru_cache(5_000, typed=True)(url_for)
"""An address is put together once; it depends on nothing but its endpoint and values."""


def _url_with(**changes: Any) -> str:
    """This page's address with some of its query replaced; None drops a value."""
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), **changes}
    return url_for(
        request.endpoint or "events.show_agenda", **{name: value for name, value in values.items() if value is not None}
    )
