"""What a column 'Aanhef' says of somebody: how they are called ('Beste Sanne'), or a form of address ('dhr.')."""

import re
from dataclasses import replace

from app.network.people import name_reading
from app.network.people.names import PersonName
from app.network.people.word_kinds import title_length

_GREETING = re.compile(
    r"(?:beste|geachte|dag|hallo|hoi|lieve|waarde|goedendag|goedemorgen|goedemiddag|dear|hi|hello)\b[\s,]*",
    re.IGNORECASE,
)
_NOBODY = {"collega", "collega's", "raadslid", "relatie", "deelnemer", "lezer", "allen", "all", "iedereen", "leden"}


def called_as(name: PersonName, salutation: str) -> PersonName:
    """The name, with how a salutation says that its owner is called, and a title that it lacked."""
    words = _GREETING.sub("", salutation.strip(), count=1).strip(" ,!:").split()
    rest, titles = _without_titles(words)
    known = replace(name, titles=name.titles or titles)
    if titles or not rest or rest[0].casefold() in _NOBODY or not rest[0][0].isupper():
        return known
    called = name_reading.read_name(" ".join(rest)).called or (rest[0].rstrip(".") if len(rest) == 1 else "")
    return replace(known, salutation=called) if len(called) > 1 and called not in {name.called, name.family} else known


def _without_titles(words: list[str]) -> tuple[list[str], str]:
    titles: list[str] = []
    while words and (many := title_length(words)):
        titles, words = titles + words[:many], words[many:]
    text = " ".join(titles)
    return words, text[:1].lower() + text[1:]
