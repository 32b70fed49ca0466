"""Who goes next: mail about somebody's own act before all other mail, which keeps a share however much of that there is.

Ten minutes of eight people who kept changing their minds caused 800 such mails a minute; as long as those all went before
the first invitation, none left.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from app.outbox.kinds import Priority
from app.outbox.models import Message

SHARE = 4
"""Of so many messages that are written or leave, one is not about an own act while both wait."""


class Waiting(Protocol):
    """A message, or what was read of one."""

    @property
    def priority(self) -> int: ...


Some = TypeVar("Some", bound=Waiting)


def find_next(find: Callable[..., Sequence[Some]], most: int) -> list[Some]:
    """Up to `most` messages, own acts first. `find(most, *conditions)` finds those of the best priority."""
    found = list(find(most))
    if len(found) < most or not is_own_act(found[-1]):
        return found
    others = find(most // SHARE, Message.priority > Priority.OWN_ACTION)
    return [*found[: most - len(others)], *others]


def spread(waiting: list[Some]) -> list[Some]:
    """The same, with one that is not about an own act after every few that are: for who cannot be sure to reach the end."""
    own = [each for each in waiting if is_own_act(each)]
    others = [each for each in waiting if not is_own_act(each)]
    several = SHARE - 1
    turns = [[*own[place : place + several], *others[place // several :][:1]] for place in range(0, len(own), several)]
    return [*(each for turn in turns for each in turn), *others[len(turns) :]]


def is_own_act(waiting: Waiting) -> bool:
    """Whether somebody waits for it at their screen: a link to sign in, an answer to what they just did."""
    return waiting.priority == Priority.OWN_ACTION
