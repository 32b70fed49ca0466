"""Tables of the words that networks share: topics and roles."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model
from app.translating import language


class _Bilingual:
    """Has a name in each language."""

    name_nl: Mapped[str]
    name_en: Mapped[str]

    @property
    def words(self) -> str:
        """What it is called in the language of the reader."""
        return self.name_en if language() == "en" else self.name_nl


class Topic(_Bilingual, Model):
    """A theme that people are interested in and organisations have contact persons for."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""


class Role(_Bilingual, Model):
    """A kind of position: alderman, council member, griffier, policy officer …"""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""
