"""A quick template writes what Jinja's own writes, and refuses what it refuses."""

from enum import StrEnum

import pytest
from jinja2 import DictLoader, Environment, UndefinedError, pass_context, pass_eval_context
from markupsafe import Markup

from app import quick_templates


class Kind(StrEnum):
    ODD = "<odd>"


class Row:
    """As SQLAlchemy's: what is loaded stands in the object itself, and the class reads what is not."""

    kind = property(lambda self: Kind.ODD)

    def __init__(self):
        self._sa_instance_state, self.name = object(), "<row>"

    def shout(self):
        return self.name.upper()


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
    "row": Row(),
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
    "{% macro m(a, b='<', c=none) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(signs, c=shown) }}{{ m() }}{{ m(1, 2, 3) }}{{ m(b=signs).upper() }}",
    "{% macro m(a) %}{{ a }}{{ varargs|length }}{{ kwargs.b }}{% endmacro %}{{ m(signs, 2, b=markup) }}{{ m() }}",
    "{% set mine = signs %}{% set plain = mine ~ number %}{{ plain }}{% include 'named' %}{% for plain in [1] %}{{ plain }}{% endfor %}{{ plain }}",
    "{{ row.name }}{{ row.kind }}{{ row.absent }}{{ row.shout() }}{{ number.real }}{{ rows[0].a }}",
    "{% import 'parts' as parts %}{{ parts.show(shown) }}{{ parts.show(signs).lower() }}{{ 'a'.upper() }}",
]
REFUSED = [
    "{{ absent.note }}",
    "{{ nothing.note.more }}",
    "{{ absent() }}",
    "{{ shown.absent() }}",
    "{{ number.greet() }}",
    "{{ row.absent.more }}",
]
MISCALLED = ["m(1, 2)", "m(b=1)", "m(1, a=2)"]
FILES = {
    "frame": "<p>{% block inside %}{{ plain }}{{ signs }}{% endblock %}</p>",
    "named": "{{ plain }}{{ mine }}{{ absent }}",
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


@pytest.mark.parametrize("call", MISCALLED)
def test_a_macro_refuses_the_same_arguments(call):
    template = "{% macro m(a) %}{{ a }}{% endmacro %}{{ " + call + " }}"
    with pytest.raises(TypeError) as wanted:
        _render(template, quick=False, autoescape=True)
    with pytest.raises(TypeError) as found:
        _render(template, quick=True, autoescape=True)
    assert str(found.value) == str(wanted.value)


def test_what_a_row_has_loaded_is_not_asked_of_its_class():
    class Asked(Row):
        title = property(lambda self: pytest.fail("asked"), lambda self, value: None)

    row = Asked()
    row.__dict__["title"] = "<geladen>"
    environment = Environment(autoescape=True)
    quick_templates.make_quick(environment)
    assert environment.from_string("{{ row.title }}").render(row=row) == "&lt;geladen&gt;"


def test_a_text_alone_is_said_in_the_language_of_the_moment_unless_a_template_says_otherwise():
    spoken, texts = ["nl"], {"nl": {"Dag": Markup("Dag <b>")}, "en": {"Dag": Markup("Hello")}}
    environment = Environment(autoescape=True)
    quick_templates.make_quick(environment)
    quick_templates.say_quickly(environment, lambda: spoken[0], texts)
    environment.globals["_"] = lambda text, **values: f"<{text % values}>"
    page = environment.from_string(
        "{{ _('Dag') }} {{ _('%(a)s', a=1) }}{% macro m(_) %} {{ _('Dag') }}{% endmacro %}{{ m(shout) }}"
    )
    said = [page.render(shout=str.upper) for spoken[0] in ("nl", "en")]
    assert said == ["Dag <b> &lt;1&gt; DAG", "Hello &lt;1&gt; DAG"]
