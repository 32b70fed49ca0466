"""Titles are kept beside a name; lists are in the same order on both databases, and ø is found as o."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_STEP = 1_000
# fmt: off
_PREFIXES = {
    "van", "von", "de", "den", "der", "het", "'t", "’t", "ten", "ter", "te", "in", "op", "aan", "bij", "la", "le", "el", "al",
    "di", "da", "du", "dos", "des", "del", "zu", "zum", "zur", "vom", "uit", "voor", "over", "v.d.",
}
# fmt: on
_LETTERS = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
)
_people = sa.table(
    "people", *(sa.column(name) for name in ("id", "name", "call_name", "sort_name", "search_text", "erased_at"))
)
_searched = [sa.table(name) for name in ("search_entries", "search_variants", "search_words")]


def upgrade() -> None:
    op.add_column("people", sa.Column("titles", sa.String(length=80), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("people", "sort_name", type_=sa.String(length=120, collation="C"))
    _write_again(_sort_key, _fold)
    # The words by which people are found are made again when the server starts.
    for table in _searched:
        op.execute(sa.delete(table))


def downgrade() -> None:
    _write_again(_sort_name, _plain)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("people", "sort_name", type_=sa.String(length=120))
    op.drop_column("people", "titles")


def _write_again(sort, fold) -> None:
    """What follows from a name, a step of rows at a time."""
    connection, last = op.get_bind(), 0
    change = (
        sa.update(_people)
        .where(_people.c.id == sa.bindparam("number"))
        .values(sort_name=sa.bindparam("sort"), search_text=sa.bindparam("search"))
    )
    wanted = sa.select(_people).order_by(_people.c.id).limit(_STEP)
    while rows := connection.execute(wanted.where(_people.c.id > last)).all():
        values = [
            {
                "number": row.id,
                "sort": sort(row.name)[:120],
                "search": fold(f"{row.name} {row.call_name}")[:200] if row.search_text else "",
            }
            for row in rows
        ]
        connection.execute(change, values)
        last = rows[-1].id


def _parts(name: str) -> tuple[str, str, str]:
    """First name, prefix and family name of a name in reading order."""
    words = name.split()
    for number, word in enumerate(words[1:], 1):
        if word.lower() in _PREFIXES and number < len(words) - 1:
            rest = number
            while rest < len(words) - 1 and words[rest].lower() in _PREFIXES:
                rest += 1
            return " ".join(words[:number]), " ".join(words[number:rest]), " ".join(words[rest:])
    return " ".join(words[:-1]), "", " ".join(words[-1:])


def _sort_key(name: str) -> str:
    given, prefix, family = _parts(name)
    if glued := re.fullmatch(r"([dDlL]['’])(\w.*)", family):
        prefix, family = f"{prefix} {glued[1]}".strip(), glued[2]
    return "  ".join(" ".join(re.findall(r"[^\W_]+", _fold(part))) for part in (family, given, prefix)).rstrip()


def _sort_name(name: str) -> str:
    given, prefix, family = _parts(name)
    return f"{family}, {given} {prefix}".strip() if given else name


def _fold(text: str) -> str:
    return re.sub(r"['’‘ʼ`´]", "", _plain(text.casefold().translate(_LETTERS)))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
