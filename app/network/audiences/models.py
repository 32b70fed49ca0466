"""The table of audiences."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model
from app.network.models import Network


class Audience(Model):
    """A saved selection of people. `rule` is a list of groups joined by 'or', each a list of conditions joined by 'and'.

    A condition is {"block": name, "values": [...], "not": bool}; network/audiences/audience_blocks.py has the
    blocks. Without a group it is all members of the network.
    """

    __tablename__ = "audiences"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    rule: Mapped[list[list[dict[str, Any]]]] = mapped_column(sa.JSON, default=list)

    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("network_id", "name"),)
