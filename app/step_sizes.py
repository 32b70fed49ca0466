"""How many rows go in one transaction of long work: as many as keep nobody waiting, by how long the last ones took."""

QUICK, SLOW = 0.03, 0.08
"""Seconds: after a step that took less the next one is twice as large, after one that took more half as large."""


def next_step(step: int, seconds: float, most: int) -> int:
    """How many go next, when so many took so long; never more than `most`."""
    if seconds < QUICK:
        return min(step * 2, most)
    return max(step // 2, 1) if seconds > SLOW else step
