"""Tables of accounts, their rights and what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice
from app.network.models import Language, Network


class NetworkRole(StrEnum):
    """An organiser changes, a reader looks."""

    ORGANISER = "organiser"
    READER = "reader"


class Account(Model):
    """Somebody who signs in. Raising `session_version` ends every open session."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[Language] = choice(Language, default=Language.NL)
    is_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    feed_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Raising it makes the address of their calendar worthless."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", lazy="selectin"
    )


class Grant(Model):
    """What an account may do in a network."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    role: Mapped[NetworkRole] = choice(NetworkRole)

    account: Mapped[Account] = relationship(back_populates="grants")
    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("account_id", "network_id"),)


class SignIn(Model):
    """One request to sign in. Unknown addresses leave a row too, so that both take the same way.

    Only digests are kept: of the address (for the limit) and of the asking browser's secret.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    address_digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    browser_digest: Mapped[str] = mapped_column(sa.String(64))
    mailed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    wrong_codes: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account | None] = relationship()


class ApiToken(Model):
    """A key for the API, with the rights of its account; only its digest is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    account: Mapped[Account] = relationship()


class AuditEntry(Model):
    """A change by an organiser: who, when, what. `changes` maps a field to [before, after]."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    network_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    action: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(40))
    """Table of the changed row."""
    subject_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    account: Mapped[Account | None] = relationship()
