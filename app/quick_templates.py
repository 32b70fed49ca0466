"""Templates that do the same in fewer calls.

Jinja calls functions of its own for each value that it writes (three), name that it looks up (one), attribute that it
reads (one), macro (five) and other call that it makes (three). What is plain, a text without signs of HTML, an attribute
that is there, a function of ours, needs none of them here; all else goes the way of Jinja itself.
"""

import re
from collections.abc import Callable, Mapping
from itertools import repeat
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup

_NEEDS_ESCAPING = re.compile("[&<>\"']").search
_NOTHING: dict[str, Any] = {}


def make_quick(environment: Environment) -> None:
    """Let templates of this environment be compiled and carried out in this way; before the first of them is."""
    environment.code_generator_class = _Code
    environment.context_class = _Context
    environment.needs_escaping = _NEEDS_ESCAPING  # type: ignore[attr-defined]  # what _Code writes asks it
    environment.nothing = _NOTHING  # type: ignore[attr-defined]  # the same
    environment.make_globals = lambda d: {**environment.globals, **(d or {})}  # type: ignore[method-assign]  # one dict, copied in one go


def say_quickly(environment: Environment, language: Callable[[], str], texts: Mapping[str, Mapping[str, str]]) -> None:
    """Let a text without values that stands between `_(…)` be looked up in the HTML of its language, without a call."""
    environment.language, environment.texts = language, texts  # type: ignore[attr-defined]  # what _Code writes asks them


class _Code(CodeGenerator):
    """Writes Python with the plain case in place; the names in it are those that Jinja gives to every template."""

    _value = ""
    """What the value is called that is being written."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        """Begin to write a value into HTML: as it is when it is HTML, or a text that reads the same in it; else escaped."""
        if not _goes_into_html(frame, finalize):
            super()._output_child_pre(node, frame, finalize)
            return
        self._value = self.temporary_identifier()
        self.write(f"({self._value} if type({self._value} := ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _goes_into_html(frame, finalize):
            super()._output_child_post(node, frame, finalize)
            return
        plain = f"type({self._value}) is str and not environment.needs_escaping({self._value})"
        number = f"str({self._value}) if type({self._value}) is int"
        self.write(f") is Markup or {plain} else {number} else escape({self._value}))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """What a row of the database has loaded stands in itself, and reading it there asks nothing of SQLAlchemy."""
        owner, found = self.temporary_identifier(), self.temporary_identifier()
        self.write(f"({found} if ({found} := (")
        self.write(f"{found} if '_sa_instance_state' in ({found} := getattr({owner} := ")
        self.visit(node.node, frame)
        self.write(f", '__dict__', environment.nothing)) else environment.nothing).get({node.attr!r}, missing))")
        self.write(f" is not missing or ({found} := getattr({owner}, {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr({owner}, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if text := self._text_alone(node, frame):
            self.write(f"environment.texts[environment.language()][{text!r}]")
        else:
            super().visit_Call(node, frame, forward_caller=forward_caller)

    def _text_alone(self, node: nodes.Call, frame: Frame) -> str:
        """The text between `_(…)` without values in HTML, when `_` is ours; empty for all other calls."""
        called, given = node.node, node.args[0] if len(node.args) == 1 else None
        others = node.kwargs or node.dyn_args or node.dyn_kwargs
        if not isinstance(called, nodes.Name) or not isinstance(given, nodes.Const) or others:
            return ""
        ours = called.name == "_" and frame.symbols.find_load(frame.symbols.ref("_")) == (VAR_LOAD_RESOLVE, "_")
        in_html = frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
        return given.value if ours and in_html and hasattr(self.environment, "texts") else ""

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        """What was put together is HTML already: it becomes so by name, without being looked through."""
        if force_unescaped or frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super().return_buffer_contents(frame, force_unescaped)
        else:
            self.writeline(f"return str.__new__(Markup, concat({frame.buffer}))")


def _goes_into_html(frame: Frame, finalize: Any) -> bool:
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None


_TAKES_EVAL_CONTEXT = pass_eval_context(lambda context: None).jinja_pass_arg  # type: ignore[attr-defined]  # Jinja sets it
_PLAIN = {FunctionType, MethodType}


class _Names(dict[str, Any]):
    """Names of a template with what it set itself, of which none is missed by a KeyError."""

    def __missing__(self, name: str) -> Any:
        return missing


class _Context(Context):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vars = _Names(self.parent)
        self.resolve_or_missing = self.vars.__getitem__  # type: ignore[method-assign, assignment]  # no function of ours

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function; what wants the context itself, and objects that can be called, Jinja calls."""
        kind = type(__obj)
        if kind is not Macro and kind not in _PLAIN:
            return super().call(__obj, *args, **kwargs)
        wanted = _TAKES_EVAL_CONTEXT if kind is Macro else getattr(__obj, "jinja_pass_arg", None)
        if wanted is not None and wanted is not _TAKES_EVAL_CONTEXT:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        if wanted is None:
            return __obj(*args, **kwargs)
        if (
            kind is not Macro
            or __obj.caller
            or __obj.catch_kwargs
            or __obj.catch_varargs
            or __obj.explicit_caller
            or len(args) > len(__obj.arguments)
        ):
            return __obj(__self.eval_ctx, *args, **kwargs)
        args += tuple(map(kwargs.pop, __obj.arguments[len(args) :], repeat(missing)))
        if kwargs or not __self.eval_ctx.autoescape:
            return __obj(__self.eval_ctx, *args, **kwargs)
        return str.__new__(Markup, __obj._func(*args))
