"""Working off the outbox: letters are written and sent in turns, so that what somebody just caused overtakes a mailing."""

from collections import Counter

from app.outbox import composing, delivery

_WRITTEN_AHEAD = 4
"""Batches that are written before one is sent."""


def work_off() -> Counter[str]:
    """Write and send all that is due; returns how many messages came to which state, and how many were `composed`."""
    done: Counter[str] = Counter()
    while True:
        composed = sum(composing.compose_some() for _ in range(_WRITTEN_AHEAD))
        sent = delivery.deliver_some()
        done.update(composed=composed, **{str(state): count for state, count in sent.items()})
        if not composed and not sent:
            return done
