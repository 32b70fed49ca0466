"""Finished feeds of this process, kept as long as what they show does not change."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

MOST = 200
"""Feeds kept per process; the one asked for longest ago goes first."""


@dataclass(frozen=True)
class FeedState:
    """What a feed's bytes depend on, and when that last changed (removals count)."""

    key: Hashable
    changed_at: datetime


@dataclass(frozen=True)
class Feed:
    body: bytes
    etag: str
    changed_at: datetime


_kept: OrderedDict[Hashable, tuple[Hashable, Feed]] = OrderedDict()
_lock = Lock()


def cached_feed(name: Hashable, state: FeedState, make: Callable[[], bytes]) -> Feed:
    """The kept feed of that name if its state still holds, otherwise a new one."""
    with _lock:
        kept = _kept.get(name)
        if kept and kept[0] == state:
            _kept.move_to_end(name)
            return kept[1]
    body = make()
    feed = Feed(body, hashlib.sha256(body).hexdigest()[:32], state.changed_at)
    with _lock:
        _kept[name] = (state, feed)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return feed
