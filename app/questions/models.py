"""Tables of questions to a network: what a member asks, who got it in a digest, what was answered."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.lessons.insights.models import Insight
from app.network.models import Network
from app.network.people.models import Person
from app.words import Worded


class QuestionState(Worded):
    ASKED = "asked", _l("Wacht op een organisator"), "amber"
    SENT_BACK = "sent_back", _l("Terug bij de vrager"), "amber"
    OPEN = "open", _l("Open voor antwoorden"), "accent"
    CLOSED = "closed", _l("Gesloten"), "green"
    WITHDRAWN = "withdrawn", _l("Ingetrokken")


class NetworkQuestion(Model):
    """What a member asks the others of a network; they read it once an organiser let it through."""

    __tablename__ = "network_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    """Who asks; None once they were erased."""
    title: Mapped[str] = mapped_column(sa.String(150))
    text: Mapped[str] = mapped_column(sa.Text)
    """As its asker wrote it."""
    short: Mapped[str] = mapped_column(sa.Text, default="")
    """What an organiser made of it; empty: others read `text`."""
    state: Mapped[QuestionState] = enum_column(QuestionState, default=QuestionState.ASKED)
    closes_on: Mapped[date]
    """The last day on which it can be answered."""
    why: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why an organiser sent it back."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    helped: Mapped[str] = mapped_column(sa.String(500), default="")
    """What helped, as its asker says."""
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its asker was last mailed that there are answers."""
    before_leaving: Mapped[str | None] = mapped_column(sa.String(32))
    """The state in which it stood when its asker left the network, to which it comes back with them."""
    insight_id: Mapped[int | None] = mapped_column(ForeignKey("insights.id", ondelete="SET NULL"), index=True)

    network: Mapped[Network] = relationship()
    person: Mapped[Person | None] = relationship()
    insight: Mapped[Insight | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"),
        sa.Index("ix_network_questions_state_closes_on", "state", "closes_on"),
    )

    @property
    def words(self) -> str:
        """What others read."""
        return self.short or self.text

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        lasts = self.closes_on >= clock.today() and self.network.archived_at is None
        return self.state == QuestionState.OPEN and lasts

    @property
    def is_shown(self) -> bool:
        """Whether the members of its network read it."""
        return self.state in {QuestionState.OPEN, QuestionState.CLOSED}

    @property
    def can_be_changed(self) -> bool:
        """Whether it is with its asker or an organiser still."""
        return self.state in {QuestionState.ASKED, QuestionState.SENT_BACK}


class QuestionDelivery(Model):
    """A question for one reader: what their own link and address for an answer are about."""

    __tablename__ = "question_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("network_questions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a digest told it; None while none did."""

    question: Mapped[NetworkQuestion] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("question_id", "person_id"),)


class NetworkAnswer(Model):
    """What a member answers, by mail or on the page."""

    __tablename__ = "network_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("network_questions.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    by_mail: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[str] = mapped_column(sa.Text)
    """What others read; empty when all of a mail was cut: then they read nothing."""
    cut: Mapped[str] = mapped_column(sa.Text, default="")
    """What was left out of a mail: quotes, signatures, addresses. Only who wrote it and organisers read it."""
    named_yes: Mapped[bool | None]
    """Whether they want to be named to members and in an insight; None while they did not say."""
    named_before_leaving: Mapped[bool] = mapped_column(default=False)
    """Whether they were named until they left the network."""
    helps: Mapped[bool] = mapped_column(default=False)
    """Whether it is what helped, as the asker says."""
    thanked_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was taken off the page, by its writer or `by_team`."""
    by_team: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    question: Mapped[NetworkQuestion] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.CheckConstraint("removed_at IS NOT NULL OR NOT by_team", name="removed"),)
