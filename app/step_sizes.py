"""How many rows go in one transaction of long work: as many as keep nobody waiting, by how long the last ones took."""

QUICK, SLOW = 0.05, 0.1
"""Seconds: after a step that took less the next one is twice as large, after one that took more half as large.

A quarter and a half of what others may wait for a write: twice as many rows never take more than twice as long.
"""


def next_step(step: int, seconds: float, most: int, *, least: int = 1) -> int:
    """How many go next, when so many took so long; never more than `most`, nor fewer than `least`.

    What a step costs whatever its rows is paid again by each, so that halving steps which are slow for that reason would
    make the work longer without end and nobody's waiting shorter: `least` is from where on the rows no longer matter.
    """
    if seconds < QUICK:
        return min(step * 2, most)
    return max(step // 2, least) if seconds > SLOW else step
