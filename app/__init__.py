"""Leerkring: events and networks of knowledge-sharing public bodies.

What it is built with is imported where it is built: a process with a budget (app/budget.py) needs one function of it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app(environ: Mapping[str, str] | None = None, *, pages: bool = True) -> "Flask":
    """Build the application: settings, extensions, domains; with its pages, or for commands and the clockwork without."""
    from flask import Flask

    from app import quick_locals, settings
    from app.settings import ROOT
    from app.web import upload_limits

    quick_locals.make_quick()
    values = settings.load_settings(environ)
    app = Flask(
        __name__, template_folder=ROOT / "templates", static_folder=None, instance_path=str(values["INSTANCE_PATH"])
    )
    app.request_class = upload_limits.BoundedRequest
    app.ensure_sync = lambda work: work  # type: ignore[assignment, method-assign]  # no view waits; Flask looks at each function anew
    app.config.update(values)
    _configure(app)
    _bind_extensions(app)
    _wire_domains()
    if pages:
        _bind_pages(app)
    return app


def _configure(app: "Flask") -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import quick_postgres
    from app.web import upload_limits

    secure = app.config["BASE_URL"].startswith("https://")
    database = app.config["DATABASE_URL"]
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True}
        | ({} if database.startswith("sqlite") else quick_postgres.engine_options()),
        SESSION_COOKIE_NAME="__Host-leerkring" if secure else "leerkring",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_FORM_MEMORY_SIZE=upload_limits.FORM,
        BABEL_DEFAULT_LOCALE="nl",
        BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam",
        MAIL_USE_SSL=app.config["MAIL_PORT"] == 465,
        MAIL_SUPPRESS_SEND=False,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's own way


def _bind_extensions(app: "Flask") -> None:
    from app import cli, extensions, page_stamps, quick_postgres
    from app.web import languages, templating

    extensions.db.init_app(app)
    with app.app_context():
        quick_postgres.watch_connections(extensions.db.engine)
    page_stamps.wire()
    extensions.babel.init_app(app, locale_selector=languages.choose_language)
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    # A limit stands at a route, which counts by itself; this one looks for limits of the whole site, and there are none.
    asked = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [each for each in asked if each != extensions.limiter._check_request_limit]
    extensions.mail.init_app(app)
    templating.bind(app)
    cli.bind(app)


def _wire_domains() -> None:
    """Let domains hear of each other and write their letters, which goes on without pages as well."""
    from app import (
        accounts,
        agendas,
        attendance,
        catalogue,
        certificates,
        contact_moments,
        courses,
        digests,
        directory,
        inbox,
        indicators,
        invitations,
        lessons,
        matching,
        me,
        network,
        outbox,
        polls,
        privacy,
        progress,
        questions,
        registration,
        speakers,
        upkeep,
    )

    people = (accounts, outbox, network, invitations, registration, attendance, certificates, courses, lessons)
    for domain in (
        *people,
        catalogue,
        speakers,
        polls,
        questions,
        inbox,
        digests,
        directory,
        me,
        contact_moments,
        matching,
        agendas,
        indicators,
        progress,
        privacy,
        upkeep,
    ):
        domain.wire()


def _bind_pages(app: "Flask") -> None:
    from app import (
        accounts,
        agendas,
        api,
        attendance,
        breakouts,
        catalogue,
        certificates,
        contact_moments,
        courses,
        digests,
        directory,
        elsewhere,
        events,
        feeds,
        help,
        inbox,
        indicators,
        invitations,
        lessons,
        matching,
        materials,
        me,
        network,
        outbox,
        places,
        polls,
        privacy,
        progress,
        questions,
        registration,
        reports,
        speakers,
        themes,
        upkeep,
        web,
    )
    from app.web import doors, kept_pages

    people = (
        web,
        accounts,
        network,
        events,
        breakouts,
        elsewhere,
        invitations,
        registration,
        attendance,
        certificates,
        courses,
        lessons,
        catalogue,
        speakers,
    )
    for domain in (
        *people,
        polls,
        feeds,
        inbox,
        questions,
        digests,
        directory,
        me,
        outbox,
        reports,
        progress,
        indicators,
        agendas,
        contact_moments,
        matching,
        themes,
        places,
        materials,
        api,
        privacy,
        upkeep,
        help,
    ):
        domain.bind(app)
    doors.check(app)
    kept_pages.bind(app)
