"""The table of roles, which networks share."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model
from app.translating import language


class Role(Model):
    """A kind of position: alderman, council member, griffier, policy officer …"""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""
    door: Mapped[bool] = mapped_column(default=False)
    """Whether the home of the site has a way in for who has this role."""

    @property
    def words(self) -> str:
        """What it is called in the language of the reader."""
        return self.name_en if language() == "en" else self.name_nl
