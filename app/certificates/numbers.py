"""The number on a certificate: 80 random bits in base32 (RFC 4648), derived from nothing, so that nobody can guess one."""

import base64
import re
import secrets

_BYTES = 10
_GROUP = 4
_NUMBER = re.compile(r"[A-Z2-7]{16}")
_MISREAD = str.maketrans("018", "OIB")
"""Digits that base32 lacks, as what they were read for."""


def make_number() -> str:
    """A new number as it is printed: 'K7QM-2XWA-PL5D-ZT3C'."""
    return _in_groups(base64.b32encode(secrets.token_bytes(_BYTES)).decode())


def read_number(text: str) -> str | None:
    """The number that somebody typed, however they divided it; None for what is none."""
    letters = re.sub(r"[\s.\-–]+", "", text[:100]).upper().translate(_MISREAD)
    return _in_groups(letters) if _NUMBER.fullmatch(letters) else None


def _in_groups(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
