"""No text keeps a pattern of the program busy for more than its length is worth (ReDoS, OWASP ASVS 1.2.9)."""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT

LENGTH = 20_000
LONGEST = 0.5
"""Seconds of processor; what is in proportion takes a few milliseconds."""
USUAL = " a0-.@/#:<[(\n"
_METHODS = ("match", "fullmatch", "search", "split", "sub", "findall", "finditer")


def _patterns() -> Iterator[tuple[str, str, list[str]]]:
    """Where each pattern stands, the pattern with its flags, and how it is used."""
    sources = {path: path.read_text() for path in sorted(Path(ROOT, "app").rglob("*.py"))}
    everything = "\n".join(sources.values())
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            call = node.value if target else node
            if not _is_of_re(call) or (target is None and call.func.attr == "compile"):
                continue
            if not isinstance(call.args[0], ast.Constant):
                continue
            if target is None:
                used = [call.func.attr]
            else:
                name = re.escape(getattr(target, "id", "") or "x^")
                used = sorted(set(re.findall(rf"\b{name}\.({'|'.join(_METHODS)})\(", everything)))
            flags = next(
                (ast.unparse(each) for each in call.args[1:] if re.match(r"re\.[A-Z]", ast.unparse(each))), "0"
            )
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield place, call.args[0].value, flags, ["search" if each in _METHODS[2:] else each for each in used]


def _is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "re"
        and node.func.attr in {"compile", *_METHODS}
    )


PATTERNS = list(_patterns())


@pytest.mark.parametrize(
    ("pattern", "flags", "used"), [each[1:] for each in PATTERNS], ids=[each[0] for each in PATTERNS]
)
def test_takes_time_in_proportion(pattern, flags, used):
    compiled = re.compile(pattern, eval(flags))
    of_bytes = isinstance(pattern, bytes)
    letters = sorted({*USUAL, *re.sub(r"\\.", "", pattern.decode() if of_bytes else pattern)})
    for way in set(used):
        for unit in [*letters, *(f"{a}{b}" for a in " a.@<" for b in letters)]:
            for end in ("", "!", "\x01"):
                for length in (200, 2000, LENGTH):
                    text = unit * (length // len(unit)) + end
                    begun = time.process_time()
                    getattr(compiled, way)(text.encode() if of_bytes else text)
                    took = time.process_time() - begun
                    assert took < LONGEST, f"{took:.1f} s for {length} of {unit!r}"
