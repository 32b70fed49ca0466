"""The kinds of files that people may upload for others: known by their bytes, never by their name alone."""

_ZIP = (b"PK\x03\x04",)
_STARTS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "webp": (b"RIFF",),
    **dict.fromkeys(("docx", "pptx", "xlsx", "odt", "ods", "odp"), _ZIP),
}
"""How the bytes of each kind of file begin; which of the zipped kinds it is, the cleaner sees."""
ENDINGS = frozenset(_STARTS)


def ending_of(name: str) -> str:
    """'Verslag.PDF' → 'pdf'."""
    return name.rpartition(".")[2].lower()


def begins_as(content: bytes, ending: str) -> bool:
    """Whether bytes are of the kind that an ending of ENDINGS says."""
    return content.startswith(_STARTS[ending]) and (ending != "webp" or content[8:12] == b"WEBP")


def last_part(path: str) -> str:
    """The name of a file, of whatever some browsers and scripts send before it: 'C:\\\\stukken\\\\a.pdf' → 'a.pdf'."""
    return path.replace("\\", "/").rpartition("/")[2]
