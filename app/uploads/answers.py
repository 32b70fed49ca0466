"""How the cleaners answer from their process, in what JSON can hold."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

Answer = dict[str, Any]


class Unclean(Exception):
    """Why a file is refused, as CannotBeCleaned names it, with the part that it is about."""

    def __init__(self, problem: str, part: str = "") -> None:
        super().__init__(problem)
        self.problem, self.part = problem, part


def answers(*broken: type[Exception]) -> Callable[[Callable[..., bytes]], Callable[..., Answer]]:
    """Make a function of bytes (and words) to bytes one that answers; `broken` is what a library raises for a damaged file."""

    def decorate(clean: Callable[..., bytes]) -> Callable[..., Answer]:
        @wraps(clean)
        def answer(content: bytes, *words: str) -> Answer:
            try:
                return {"content": base64.b64encode(clean(content, *words)).decode()}
            except Unclean as refused:
                return {"refused": refused.problem, "part": refused.part}
            except broken:
                return {"refused": "broken"}

        return answer

    return decorate
