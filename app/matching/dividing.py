"""Dividing who said yes, in groups or in pairs; always the same for the same people, rules and seed."""

from dataclasses import dataclass
from importlib import metadata

from app.matching import grouping, obstacles, pairing
from app.matching.matchable import Found, Given
from app.matching.obstacles import Obstacle


@dataclass(frozen=True)
class Outcome:
    """What came out, with what it was made with, and why some rule could not hold."""

    found: Found
    seed: str
    steps: int
    library: str
    obstacles: list[Obstacle]


def divide(given: Given, seed: str) -> Found:
    return pairing.make_pairs(given, seed) if given.rules.in_pairs else grouping.make_groups(given, seed)


def work_out(given: Given, seed: str) -> Outcome:
    """Takes seconds for hundreds of people; nothing is read or saved."""
    found, hindered = divide(given, seed), obstacles.find_obstacles(given)
    if not hindered:
        hindered = obstacles.name_culprits(given, found, lambda eased: divide(eased, seed))
    steps = 0 if given.rules.in_pairs else grouping.STEPS
    return Outcome(found, seed, steps, name_library(), hindered)


def name_library() -> str:
    """With which version it is made: another one may choose otherwise among what is equally good."""
    return f"rustworkx {metadata.version('rustworkx')}"
