"""No text keeps a pattern of the program busy for more than its length is worth (ReDoS, OWASP ASVS 1.2.9)."""

import ast
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.settings import ROOT

LENGTH = 5_000
LONGEST = 0.03
"""Seconds of processor; what is in proportion takes one or two milliseconds, what goes by the square a hundred."""
TRIES = 3
"""A processor that was at something else makes one of them long, not all."""
USUAL = " a0-.@/#:<[(\n"
_METHODS = ("match", "fullmatch", "search", "split", "sub", "findall", "finditer")
_USES = re.compile(rf"\b(\w+)\.({'|'.join(_METHODS)})\(")


def _patterns() -> Iterator[tuple[str, str, list[str]]]:
    """Where each pattern stands, the pattern with its flags, and how it is used."""
    sources = {path: path.read_text() for path in sorted(Path(ROOT, "app").rglob("*.py"))}
    uses = defaultdict(set)
    for source in sources.values():
        for name, method in _USES.findall(source):
            uses[name].add(method)
    for path in [path for path, source in sources.items() if "import re\n" in source]:
        for node in ast.walk(ast.parse(sources[path])):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            call = node.value if target else node
            if not _is_of_re(call) or (target is None and call.func.attr == "compile"):
                continue
            if not isinstance(call.args[0], ast.Constant):
                continue
            used = [call.func.attr] if target is None else sorted(uses[getattr(target, "id", "")])
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
                for length in (200, LENGTH):
                    text = unit * (length // len(unit)) + end
                    took = _least_time(getattr(compiled, way), text.encode() if of_bytes else text)
                    assert took < LONGEST, f"{took:.2f} s for {length} of {unit!r}"


def _least_time(use: Callable[[str | bytes], object], text: str | bytes) -> float:
    """Seconds of processor, of as few tries as say that it is not long."""
    for _ in range(TRIES):
        begun = time.process_time()
        use(text)
        took = time.process_time() - begun
        if took < LONGEST:
            break
    return took


def test_what_goes_by_the_square_takes_too_long():
    assert _least_time(re.compile(r"(\w+\.)+@").search, "a." * (LENGTH // 2)) > LONGEST
