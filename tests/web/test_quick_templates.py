"""A quick template writes what Jinja's own writes, and refuses what it refuses."""

from enum import StrEnum

import pytest
from jinja2 import DictLoader, Environment, UndefinedError, pass_context, pass_eval_context
from markupsafe import Markup

from app import quick_templates


class Kind(StrEnum):
    ODD = "<odd>"


class Shown:
    note, missing_key = "it's", None

    def __html__(self):
        return "<i>shown</i>"

    def greet(self, name, *, loud=False):
        return f"<{name}>{'!' if loud else ''}"

    def __call__(self, text):
        return f"called {text}"


@pass_context
def about(context, name):
    return context.resolve(name)


@pass_eval_context
def escaping(context):
    return context.autoescape


VALUES = {
    "plain": "Dag",
    "signs": "<b>\"Jan\" & 'Piet'</b>",
    "markup": Markup("<b>vet</b>"),
    "number": 3,
    "nothing": None,
    "kind": Kind.ODD,
    "shown": Shown(),
    "table": {"note": "<1>", "items": "hidden"},
    "rows": [{"a": "<"}, {"a": Markup("&amp;")}],
    "about": about,
    "escaping": escaping,
    "make": lambda text="<", **more: text + "".join(more),
}
TEMPLATES = [
    "{{ plain }} {{ signs }} {{ markup }} {{ number }} {{ nothing }} {{ kind }} {{ shown }} {{ absent }}|",
    "{{ shown.note }} {{ shown.greet('x', loud=true) }} {{ table.note }} {{ table.items() | length }} {{ table.absent }}",
    "{% for row in rows if row.a %}{{ loop.index }}{{ row.a }}{{ loop.last }}{% set x = row.a %}{{ about('x') }}{% endfor %}",
    "{% macro m(a, b=table.note) %}<u>{{ a }}{{ b }}{{ caller(a) if caller }}</u>{% endmacro %}{{ m(signs) }}"
    "{% call(x) m(markup, b=plain) %}{{ x }}{{ shown.note }}{% endcall %}",
    "{{ make() }}{{ make(signs, z=1) }}{{ shown('<') }}{{ about('signs') }}{{ escaping() }}{{ signs ~ markup }}",
    "{% set part %}{{ signs }}{% endset %}{{ part }}{% filter upper %}{{ signs }}{% endfilter %}{{ signs | safe }}",
    "{% autoescape false %}{{ signs }}{{ shown.note }}{% endautoescape %}{{ signs }}",
    "{% extends 'frame' %}{% block inside %}{% set y = signs %}{{ y }}{{ super() }}{{ about('y') }}{% endblock %}",
    "{% import 'parts' as parts %}{{ parts.show(shown) }}{{ parts.show(signs).lower() }}{{ 'a'.upper() }}",
]
REFUSED = [
    "{{ absent.note }}",
    "{{ nothing.note.more }}",
    "{{ absent() }}",
    "{{ shown.absent() }}",
    "{{ number.greet() }}",
]
FILES = {
    "frame": "<p>{% block inside %}{{ plain }}{{ signs }}{% endblock %}</p>",
    "parts": "{% macro show(x) %}{{ x }}{{ x.note }}{% endmacro %}",
}


def _render(template, *, quick, autoescape):
    environment = Environment(loader=DictLoader(FILES), autoescape=autoescape)  # both ways
    if quick:
        quick_templates.make_quick(environment)
    return environment.from_string(template).render(VALUES)


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize("template", TEMPLATES)
def test_it_writes_the_same(template, autoescape):
    wanted = _render(template, quick=False, autoescape=autoescape)
    assert _render(template, quick=True, autoescape=autoescape) == wanted


@pytest.mark.parametrize("template", REFUSED)
def test_it_refuses_the_same(template):
    with pytest.raises(UndefinedError) as wanted:
        _render(template, quick=False, autoescape=True)
    with pytest.raises(UndefinedError) as found:
        _render(template, quick=True, autoescape=True)
    assert str(found.value) == str(wanted.value)
