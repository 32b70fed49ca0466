"""Emptying the outbox: letters are written and sent in turns, so that mail about one's own act overtakes a mailing."""

from collections import Counter
from math import inf
from time import monotonic

from app.outbox import delivery, message_writing
from app.setbacks import one_by_one

_WRITTEN_AHEAD = 4
"""Batches that are written before one is sent."""


def work_off_outbox(seconds: float = inf) -> Counter[str]:
    """Write and send what is due, a turn or more until `seconds` have passed or this worker is told to stop.

    Returns how many messages came to which state, and how many were `composed`.
    """
    done: Counter[str] = Counter()
    end = monotonic() + seconds
    while True:
        composed = sum(message_writing.write_some_messages() for _ in range(_WRITTEN_AHEAD))
        sent = delivery.deliver_some_messages()
        done.update(composed=composed, **{str(state): count for state, count in sent.items()})
        if (not composed and not sent) or monotonic() > end or one_by_one.stopped.is_set():
            return done
