"""How often Python looks for garbage in a process of the site."""

import gc

MORE = 20_000
"""Objects more than before at which Python looks for garbage. Its own 700 are fewer than one page makes: looking took a
twentieth to a tenth of the processor time of a page and a quarter of that of an import, and at 20,000 half of the first and
no more memory (measured with the demo on CPython 3.11)."""


def settle() -> None:
    """What is there now stays and is not searched again; what comes is, once there is much of it."""
    gc.freeze()
    gc.set_threshold(MORE, 10, 10)
