"""What somebody wrote themselves in an answer by mail, apart from what their mail program put under it.

quotequail finds quotes and the headers over them in the languages and ways of the mail programs; closings, signatures and
'Verstuurd vanaf' are a list of our own. Prose that begins as such headers do ('Van: … Aan: …') stays: a header of a mail also
says when or about what it was. Nothing is lost: what was cut is kept beside it.
"""

import re
from dataclasses import dataclass
from html import unescape

LONGEST = 20_000
MOST_LINES = 400
"""Lines in which quotes are sought; what comes after is cut."""
_MOST_LINES_OF_SIGNATURE = 15
_MOST_LOOKS = 20
LEFT_OUT = "[…]"
"""Stands where a mail address stood."""
_MAIL_ADDRESS = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HEADER = re.compile(r"\*?\s*(van|from|von|de)\s*:", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:met )?(?:een )?(?:vriendelijke|hartelijke|warme|collegiale|beste|zonnige) groet(?:en|jes)?"
    r"|groet(?:en|jes)?|m\.?v\.?g|(?:kind|best|warm) (?:regards|wishes)|regards|best|cheers|yours sincerely",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:,? (?:(?:van|de|der|den|ten|ter) ){0,2}[A-Z][\w'’.-]{0,30}){0,3}")
"""What may follow a closing on its line."""
_DEVICE = re.compile(
    r"(?:verstuurd|verzonden|sent) (?:vanaf|vanuit|via|met|from|with|using) .{2,60}"
    r"|(?:outlook voor|get outlook for|download outlook) .{2,60}",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_QUOTE = re.compile(r"<(?:blockquote\b|div[^<>]{0,200}class=\"?(?:gmail_quote|moz-cite-prefix))", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|head|title)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_FORWARDED = "\n-----Oorspronkelijk bericht-----\n"


@dataclass(frozen=True)
class OwnWords:
    """What others may read of a mail, and the rest of it."""

    shown: str
    cut: str


def split_text(text: str) -> OwnWords:
    """Part the plain text of a mail."""
    whole = re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n").replace("\u00a0", " ")[:LONGEST]).strip()
    lines = whole.split("\n")
    own, quoted = _cut_quote("\n".join(lines[:MOST_LINES]).strip())
    own, signature = _cut_signature(own)
    addresses = list(dict.fromkeys(_MAIL_ADDRESS.findall(own)))
    shown = _MAIL_ADDRESS.sub(LEFT_OUT, own)
    parts = ["\n".join(addresses), signature, quoted, "\n".join(lines[MOST_LINES:]).strip()]
    return OwnWords(shown.strip(), "\n\n".join(part for part in parts if part))


def text_of_html(html: str) -> str:
    """The words of a mail that came as HTML alone, in lines, with a sign where its quote begins."""
    text = _UNSEEN.sub("", html[: LONGEST * 5])
    quote = _QUOTE.search(text)
    if quote:
        text = text[: quote.start()] + _FORWARDED + text[quote.start() :]
    text = _TAG.sub("", _BLOCK.sub("\n", text.replace("\r\n", " ")))
    return "\n".join(line.strip() for line in unescape(text).split("\n"))


def _cut_quote(text: str) -> tuple[str, str]:
    """One's own words, and the quote under or between them."""
    import quotequail

    own: list[str] = []
    for _ in range(_MOST_LOOKS):
        found = quotequail.unwrap(text)
        if found is None:
            return "\n".join([*own, text]).strip(), ""
        above, below = found.get("text_top", ""), found.get("text_bottom", "")
        rest = text[len(above) :].strip() if text.startswith(above) else text
        if not _is_prose(rest, found):
            quoted = rest[: len(rest) - len(below)] if below and rest.endswith(below) else rest
            return "\n".join([*own, above, below]).strip(), quoted.strip()
        line, _, text = rest.partition("\n")
        own += [above, line] if above else [line]
        text = text.strip()
    return "\n".join([*own, text]).strip(), ""


def _is_prose(rest: str, found: dict[str, str]) -> bool:
    """Whether what was taken for headers of a mail says neither when that was sent nor what it was about."""
    return bool(_HEADER.match(rest)) and not ("from" in found and ({"date", "subject"} & found.keys()))


def _cut_signature(text: str) -> tuple[str, str]:
    """One's own words, and what stands from the closing on, if that is no more than a signature is."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _is_closing(line) and sum(1 for each in lines[number:] if each.strip()) <= _MOST_LINES_OF_SIGNATURE:
            return "\n".join(lines[:number]).strip(), "\n".join(lines[number:]).strip()
    return text, ""


def _is_closing(line: str) -> bool:
    said = line.strip(" \t,.!*_<>")
    if line.rstrip() == "--" or line.startswith("-- ") or _DEVICE.fullmatch(said):
        return True
    begun = _CLOSING.match(said)
    return bool(begun and _NAMED.fullmatch(said[begun.end() :]))
