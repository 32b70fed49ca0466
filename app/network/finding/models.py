"""Tables of the words that people, organisations and sessions are found by."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, enum_column


class SearchKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    EVENT = "event"


_WORD = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
"""Compared byte by byte, so that all words with a beginning stand together in the index."""


class SearchWord(Model):
    """A word that stands in some name, lower case and without accents."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, unique=True)


class SearchVariant(Model):
    """A word with one letter left out, by which it is found in spite of a typing error."""

    __tablename__ = "search_variants"

    variant: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    word_id: Mapped[int] = mapped_column(ForeignKey("search_words.id", ondelete="CASCADE"), primary_key=True)


class SearchEntry(Model):
    """A word stands in the name of this person, organisation or event."""

    __tablename__ = "search_entries"

    word_id: Mapped[int] = mapped_column(ForeignKey("search_words.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[SearchKind] = enum_column(SearchKind, primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (sa.Index("ix_search_entries_subject", "kind", "subject_id"),)
