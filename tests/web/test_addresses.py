"""Every address that a page, a mail or a view writes down is one that the program answers, with what it takes."""

import ast
from collections.abc import Iterator
from inspect import Parameter, signature
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from jinja2 import nodes
from werkzeug.routing import Rule

from app.web.member_doors import MemberPages
from app.web.network_members import NetworkMemberPages
from tests.databases import application

TEMPLATES = [path for root in ("templates", "mail_templates") for path in Path(root).rglob("*.*")]
SENT = ("request.args", "request.values")
READS = {f"{part}.{way}" for part in SENT for way in ("get", "getlist")}
READ_IN_TURN = {"keep", "go"}
OF_FLASK = {"_anchor", "_external"}
OF_LINKS = {"token", "slug", "kind"}
"""Parts of an address by which a personal link is found."""


class Written(NamedTuple):
    """An address as it is written down: where, of which page, and which names are handed to it."""

    where: str
    endpoint: str
    given: frozenset[str]


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Flask:
    folder = tmp_path_factory.mktemp("addresses")
    return application(f"sqlite:///{folder / 'none.sqlite'}", folder)


def test_every_address_that_is_written_down_is_one_that_is_answered(program):
    written = [*_written_in_templates(program), *_written_in_code()]
    wrong = [each for each in written if _rule_of(program, each) is None]
    assert wrong == []
    assert len(written) > 700


def test_what_an_address_has_beyond_its_parts_is_read_from_the_query(program):
    asked = _names_in_queries() | READ_IN_TURN | OF_FLASK
    written = [*_written_in_templates(program), *_written_in_code()]
    assert [each for each in written if not each.given - _rule_of(program, each).arguments <= asked] == []


def test_every_part_of_an_address_is_taken_by_its_page(program):
    pages = [(rule, page) for rule in program.url_map.iter_rules() if (page := _page_of(program, rule))]
    assert [str(rule) for rule, page in pages if not _takes(page, rule)] == []


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("url_for('waves.show_wave', slug=1, number=2)", {"slug", "number"}),
        ("url_for('waves.' ~ 'show_wave', slug=1)", {"slug"}),
        ("url_for('waves.gone' if a else 'waves.gone_too', slug=1, wave_id=2)", {"slug", "wave_id"}),
    ],
)
def test_an_address_that_is_not_answered_is_noticed(program, text, given):
    written = list(_written_in({"x.html": program.jinja_env.parse("{{ " + text + " }}")}))
    assert {each.given for each in written} == {frozenset(given)}
    assert {_rule_of(program, each) for each in written} == {None}


def test_the_pages_of_a_macro_are_those_it_is_called_with(program):
    tree = program.jinja_env.parse(
        "{% macro press(page) %}{{ url_for('waves.' ~ page, **kwargs) }}{% endmacro %}{{ press('a', slug=1) }}{{ press('b') }}"
    )
    assert {each[1:] for each in _written_in({"x.html": tree})} == {
        ("waves.a", frozenset({"slug"})),
        ("waves.b", frozenset()),
    }


def _rule_of(program: Flask, written: Written) -> Rule | None:
    """The fullest of the addresses of a page that can be made of what is given."""
    rules = program.url_map.iter_rules(written.endpoint) if written.endpoint in program.view_functions else ()
    return max(
        (rule for rule in rules if rule.arguments <= written.given), key=lambda r: len(r.arguments), default=None
    )


def _page_of(program: Flask, rule: Rule):
    return getattr(program.view_functions[rule.endpoint], "page", None)


def _takes(page, rule: Rule) -> bool:
    """Whether what a rule has in its address is what its link, place and subject are found by and what its view takes."""
    found_by = OF_LINKS & rule.arguments if page.link else {"slug"} if page.place else set()
    if isinstance(page.door, NetworkMemberPages):
        found_by.add("slug")
    found_by |= set(page.named) & rule.arguments
    objects = bool(page.link) or (page.place is not None) + (page.subject is not None)
    if isinstance(page.door, MemberPages):
        objects = 2 if isinstance(page.door, NetworkMemberPages) else 1
    rest = list(signature(page.view).parameters.values())[objects:]
    left = rule.arguments - found_by
    return {each.name for each in rest if each.default is Parameter.empty} <= left <= {each.name for each in rest}


def _names_in_queries() -> set[str]:
    """The names that the program reads from the query of an address."""
    found = [node for path in Path("app").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    read = [node.args[0] for node in found if isinstance(node, ast.Call) and ast.unparse(node.func) in READS]
    read += [node.left for node in found if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in SENT]
    return {each.value for each in read if isinstance(each, ast.Constant)}


def _written_in_code() -> Iterator[Written]:
    for path in Path("app").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "url_for" and None not in _names(call.keywords):
                first = call.args[0]
                pages = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                for page in pages:
                    if isinstance(page, ast.Constant):
                        yield Written(f"{path}:{call.lineno}", page.value, frozenset(_names(call.keywords)))


def _names(keywords: list[ast.keyword]) -> set[str | None]:
    return {each.arg for each in keywords}


def _written_in_templates(program: Flask) -> Iterator[Written]:
    return _written_in({str(path): program.jinja_env.parse(path.read_text()) for path in TEMPLATES})


def _written_in(trees: dict[str, nodes.Template]) -> Iterator[Written]:
    macros = {
        id(call): macro
        for tree in trees.values()
        for macro in tree.find_all(nodes.Macro)
        for call in macro.find_all(nodes.Call)
    }
    calls = [(call, macros.get(id(call))) for tree in trees.values() for call in tree.find_all(nodes.Call)]
    for path, tree in trees.items():
        for call in tree.find_all(nodes.Call):
            if _name(call) == "url_for":
                for known, handed_on in _ways_to_call(macros.get(id(call)), calls):
                    given = {each.key for each in call.kwargs} | (handed_on if call.dyn_kwargs else set())
                    for page in _texts(call.args[0], known, tree):
                        yield Written(f"{path}:{call.lineno}", page, frozenset(given))


def _name(call: nodes.Call) -> str:
    return call.node.name if isinstance(call.node, nodes.Name) else ""


Known = dict[str, nodes.Expr]


def _ways_to_call(
    macro: nodes.Macro | None, calls: list[tuple[nodes.Call, nodes.Macro | None]]
) -> list[tuple[Known, set[str]]]:
    """For each call of a macro, wherever, also in another one: what its names stand for, and which go on in its `kwargs`."""
    if macro is None:
        return [({}, set())]
    own, ways = [each.name for each in macro.args], []
    for call, around in calls:
        if _name(call) == macro.name and around is not macro:
            named = {each.key: each.value for each in call.kwargs}
            said = dict(zip(own, call.args, strict=False)) | named
            for known, _ in _ways_to_call(around, calls):
                ways.append(({name: _known(node, known) for name, node in said.items()}, named.keys() - own))
    return ways or [({}, set())]


def _known(node: nodes.Expr, known: Known) -> nodes.Expr:
    return known.get(node.name, node) if isinstance(node, nodes.Name) else node


def _texts(node: nodes.Expr, known: dict[str, nodes.Expr], tree: nodes.Template) -> set[str]:
    """What an expression comes to: a text, one of two, texts put together, or what a macro or a loop makes of a name."""
    match node:
        case nodes.Const(value=str(text)):
            return {text}
        case nodes.CondExpr():
            return _texts(node.expr1, known, tree) | _texts(node.expr2, known, tree)
        case nodes.Concat():
            return {"".join(parts) for parts in product(*(_texts(each, known, tree) for each in node.nodes))}
        case nodes.Name(name=name) if name in known:
            return _texts(known[name], {}, tree)
        case nodes.Name(name=name) if items := [
            item for loop in tree.find_all(nodes.For) for item in _items(loop, name)
        ]:
            return set().union(*(_texts(item, {}, tree) for item in items))
    raise AssertionError(f"line {node.lineno}: of which page is this the address?")


def _items(loop: nodes.For, name: str) -> list[nodes.Expr]:
    """What a name stands for in a loop over items that are written out."""
    if not isinstance(loop.iter, nodes.Tuple | nodes.List):
        return []
    if isinstance(loop.target, nodes.Name):
        return loop.iter.items if loop.target.name == name else []
    places = [place for place, each in enumerate(loop.target.items) if each.name == name]
    return [item.items[place] for item in loop.iter.items for place in places]
