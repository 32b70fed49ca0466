class LazyString(str):
    """A text that is translated when it is read; it stands wherever a text may stand."""
