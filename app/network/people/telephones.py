"""Where somebody is called, as it is kept: the way its owner writes it."""

import re

from app.network.people.names import clean_name
from app.plain_text import says_nothing


def read_telephone(text: str | None) -> str:
    """A number without what cannot be dialled; one of which a spreadsheet took the nought gets it back."""
    kept = re.sub(r"^tel:\s*", "", clean_name(text or ""), flags=re.IGNORECASE).strip(" ;,")
    if says_nothing(kept) or not kept.strip("0-.?\u2013\u2014 "):
        return ""
    return f"0{kept}" if kept.isdecimal() and len(kept) == 9 and not kept.startswith("0") else kept
