"""What a participant's page has to know, in a fixed number of queries."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app.database import db
from app.events import capacity
from app.events.models import Mode, Question
from app.invitations.models import Answer, Invitation
from app.network.people import job_positions
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import answers, calendar_answers, question_answers, waiting_list
from app.registration.models import CalendarReply, Registration, RegistrationState

_STANDING = (
    sa.select(Registration)
    .where(
        Registration.invitation_id == sa.bindparam("invitation_id"), Registration.state != RegistrationState.CANCELLED
    )
    .options(selectinload(Registration.answers))
)


@dataclass(frozen=True)
class AnswerPage:
    """One person's situation at one event."""

    invitation: Invitation
    registration: Registration | None
    """Only when it stands: confirmed or waiting."""
    outlook: dict[Mode, capacity.Outlook]
    place_in_line: int | None
    questions: list[Question]
    given: dict[int, str]
    remembered: dict[str, str]
    asks_organisation: bool
    colleague: str | None
    """The colleague who was asked last, as who asked named them, as long as there is no answer."""
    from_calendar: CalendarReply | None
    """The answer from their calendar, when that is what holds."""

    @classmethod
    def for_invitation(cls, invitation: Invitation) -> "AnswerPage":
        event = invitation.event
        registration = db.session.scalar(_STANDING, {"invitation_id": invitation.id})
        waits = registration is not None and registration.state == RegistrationState.WAITING
        asked = question_answers.questions_for_mode(event.questions, registration.mode) if registration else []
        seats = capacity.ledger(event)
        place = job_positions.workplace_id(invitation.person_id) if registration or seats.by_organisation else None
        return cls(
            invitation=invitation,
            registration=registration,
            outlook=seats.outlooks(place),
            place_in_line=waiting_list.place_in_line(registration) if registration and waits else None,
            questions=asked,
            given=question_answers.given_answers(registration) if registration else {},
            remembered=question_answers.remembered_answers(invitation.person_id)
            if any(question.preset for question in asked)
            else {},
            asks_organisation=registration is not None and place is None,
            colleague=_asked_colleague(invitation) if invitation.answer == Answer.SUBSTITUTE else None,
            from_calendar=calendar_answers.last_applied_reply(invitation) if invitation.answered_at else None,
        )

    @property
    def confirmed(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.CONFIRMED

    @property
    def waits(self) -> bool:
        return self.place_in_line is not None

    @property
    def declined(self) -> bool:
        return self.registration is None and self.invitation.answer == Answer.NO

    @property
    def handed_over(self) -> bool:
        """A colleague has taken the place."""
        return self.registration is None and self.invitation.answer == Answer.SUBSTITUTE and self.colleague is None

    @property
    def can_change(self) -> bool:
        return self.invitation.event.open

    @property
    def can_decline(self) -> bool:
        """Whether this person, who has not said no, still can."""
        return self.invitation.event.takes_no and not (self.declined or self.handed_over)

    @property
    def unanswered(self) -> list[Question]:
        return [question for question in self.questions if question.id not in self.given]


def _asked_colleague(invitation: Invitation) -> str | None:
    asked = sa.select(Message.details).where(
        Message.invitation_id == invitation.id, Message.kind == MessageKind.SUBSTITUTE_ASKED
    )
    if not db.session.scalar(sa.select(sa.exists().where(answers.is_waited_for(invitation)))):
        return None
    details = db.session.scalar(asked.order_by(Message.id.desc()).limit(1)) or {}
    return str(details.get("collega") or gettext("een collega"))
