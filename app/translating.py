"""Translation as Flask-Babel does it, with what it looks up for every text looked up once a request or once a text."""

from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

import flask_babel
from babel.support import Translations
from flask import Flask
from flask.globals import _cv_app as _context
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.utils import cached_property

from app import quick_templates


def language() -> str:
    """The language that is spoken now: of the running request, or as it was forced; Dutch outside of any."""
    try:
        locale = _context.get().g._flask_babel.babel_locale
    except (LookupError, AttributeError):
        locale = None
    locale = locale or get_locale()
    return locale.language if locale else "nl"


def _state() -> SimpleNamespace | None:
    """What Flask-Babel keeps of a request; it asks for it with each text, and its own way takes ten calls."""
    context = _context.get(None)
    if context is None:
        return None
    here = context.g
    state: SimpleNamespace | None = here.__dict__.get("_flask_babel")
    if state is None:
        state = here._flask_babel = SimpleNamespace()
    return state


flask_babel._get_current_context = _state


class Texts(Domain):
    """Our catalogues, found by the language alone."""

    def gettext(self, string: str, **variables: object) -> str:
        said = _said(language(), string)
        return said % variables if variables else said

    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str:
        return _counted(language(), singular, plural, num) % {"num": num, **variables}

    def get_translations(self) -> Translations:
        found = self.cache.get(language())
        if found is None:
            found = self.cache[language()] = super().get_translations()
        return found


class Translator(Babel):
    """Flask-Babel with our catalogues, also for templates."""

    @cached_property
    def domain_instance(self) -> Texts:
        return Texts(domain=self.domain)

    def init_app(self, app: Flask, **options: Any) -> None:
        super().init_app(app, **options)
        app.jinja_env.globals.update(_=_translate, gettext=_translate, ngettext=_translate_number)
        quick_templates.say_quickly(app.jinja_env, language, _IN_HTML)


@pass_eval_context
def _translate(context: EvalContext, text: str, /, **values: Any) -> str:
    if values:
        return _marked(language(), text, context.autoescape) % values
    return _whole(language(), text, context.autoescape)


@pass_eval_context
def _translate_number(context: EvalContext, one: str, more: str, number: int, /, **values: Any) -> str:
    return _words(_counted(language(), one, more, number), context.autoescape) % {"num": number, **values}


@lru_cache(10_000)
def _said(language: str, text: str) -> str:
    return str(flask_babel.get_translations().ugettext(text))


@lru_cache(10_000)
def _counted(language: str, one: str, more: str, number: int) -> str:
    return str(flask_babel.get_translations().ungettext(one, more, number))


@cache
def _marked(language: str, text: str, markup: bool) -> str:
    """A text of a template as it is said in this language, with places for its values."""
    return _words(_said(language, text), markup)


def _words(text: str, markup: bool) -> str:
    """A text of ours, into which values of others are escaped."""
    return Markup(text) if markup else text  # noqa: S704 - it stands in a template or catalogue


@cache
def _whole(language: str, text: str, markup: bool) -> str:
    """A text without values; its percent signs are written twice all the same."""
    return _marked(language, text, markup) % {}


class _Said(dict[str, str]):
    """Texts without values as HTML says them in one language, each looked up when it is first asked for."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, text: str) -> str:
        said = self[text] = _whole(self._language, text, True)
        return said


class _Languages(dict[str, _Said]):
    def __missing__(self, language: str) -> _Said:
        said = self[language] = _Said(language)
        return said


_IN_HTML = _Languages()
