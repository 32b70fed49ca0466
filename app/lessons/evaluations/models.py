"""Tables of evaluations: questions, tickets, sheets."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, Moment, enum_column
from app.events.models import Event
from app.words import Worded


class Evaluation(Model):
    """The short form after an event; `asked_at` is when the links to it were planned."""

    __tablename__ = "evaluations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    wanted: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    questions: Mapped[list["EvaluationQuestion"]] = relationship(
        cascade="all, delete-orphan", order_by="(EvaluationQuestion.place, EvaluationQuestion.id)"
    )


class EvaluationKind(Worded):
    SCALE = "scale", _l("Schaal van 1 tot 5")
    OPEN = "open", _l("Open vraag")


class StandardQuestion(Worded):
    """Questions that every evaluation has, in the reader's language."""

    USEFUL = "useful", _l("Hoe nuttig was deze sessie voor je werk?")
    APPLICABLE = "applicable", _l("Kun je morgen iets doen met wat je hoorde?")
    ORGANISED = "organised", _l("Hoe goed was de sessie georganiseerd?")
    LEARNED = "learned", _l("Wat nam je mee?")
    BETTER = "better", _l("Wat kan de volgende keer beter?")


class EvaluationQuestion(Model):
    """A question of the form: one of the standard ones, or the organiser's own words."""

    __tablename__ = "evaluation_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    kind: Mapped[EvaluationKind] = enum_column(EvaluationKind)
    standard: Mapped[StandardQuestion | None] = enum_column(StandardQuestion)
    label: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.CheckConstraint("(standard IS NULL) = (label <> '')", name="words"),)


class EvaluationTicket(Model):
    """That somebody was asked and whether they answered; never what."""

    __tablename__ = "evaluation_tickets"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    answered: Mapped[bool] = mapped_column(default=False)


class EvaluationSheet(Model):
    """What somebody answered; nothing says who or when. `id` is random, so that it gives no order away."""

    __tablename__ = "evaluation_sheets"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    values: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    """Question id → a figure of 1 to 5, or text."""
