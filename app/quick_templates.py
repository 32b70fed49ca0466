"""Templates that do the same in fewer calls.

Jinja calls functions of its own for each value that it writes (three), attribute that it reads (one) and call that it
makes (three). What is plain, a text without signs of HTML, an attribute that is there, a function of ours, needs none of
them here; all else goes the way of Jinja itself.
"""

import re
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro

_NEEDS_ESCAPING = re.compile("[&<>\"']").search


def make_quick(environment: Environment) -> None:
    """Let templates of this environment be compiled and carried out in this way; before the first of them is."""
    environment.code_generator_class = _Code
    environment.context_class = _Context
    environment.needs_escaping = _NEEDS_ESCAPING  # type: ignore[attr-defined]  # what _Code writes asks it


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
        self.write(f") is Markup or {plain} else escape({self._value}))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        owner, found = self.temporary_identifier(), self.temporary_identifier()
        self.write(f"({found} if ({found} := getattr({owner} := ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else environment.getattr({owner}, {node.attr!r}))")


def _goes_into_html(frame: Frame, finalize: Any) -> bool:
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None


_TAKES_EVAL_CONTEXT = pass_eval_context(lambda context: None).jinja_pass_arg  # type: ignore[attr-defined]  # Jinja sets it
_PLAIN = {FunctionType, MethodType}


class _Context(Context):
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
        return __obj(__self.eval_ctx, *args, **kwargs)
