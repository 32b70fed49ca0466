"""What a participant's page has to know, in a fixed number of queries."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext

from app import clock
from app.database import db
from app.events import capacity
from app.events.models import Mode, Preset, Question
from app.invitations.models import Answer, Invitation
from app.network.people import job_positions
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import answers, calendar_answers, question_answers, waiting_list
from app.registration.models import CalendarReply, QuestionAnswer, Registration, RegistrationState

_STANDING = (
    sa.select(Registration, CalendarReply, job_positions.WORKPLACE.scalar_subquery())
    .add_columns(QuestionAnswer.question_id, QuestionAnswer.value)
    .select_from(Invitation)
    .outerjoin(
        Registration,
        sa.and_(Registration.invitation_id == Invitation.id, Registration.state != RegistrationState.CANCELLED),
    )
    .outerjoin(Registration.answers)
    .outerjoin(CalendarReply, calendar_answers.HOLDS)
    .where(Invitation.id == sa.bindparam("invitation_id"))
    .order_by(CalendarReply.id.desc())
)
"""Where somebody stands, the calendar's answer if that is what holds, where they work, and each answer to a question."""

_PRESSED = {"op_locatie": Mode.ON_SITE, "ja": Mode.ON_SITE, "online": Mode.ONLINE, "nee": "no", "collega": "substitute"}
"""What the buttons in mails say behind '?antwoord=', as the answer that the page's own buttons give."""


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
    remembered: dict[Preset, str]
    asks_organisation: bool
    colleague: str | None
    """The colleague who was asked last, as who asked named them, as long as there is no answer."""
    from_calendar: CalendarReply | None
    """The answer from their calendar, when that is what holds."""

    @classmethod
    def for_invitation(cls, invitation: Invitation) -> "AnswerPage":
        about = {"invitation_id": invitation.id, "person_id": invitation.person_id, "day": clock.today()}
        standing = db.session.execute(_STANDING, about).all()
        registration, reply, place, _, _ = standing[0]
        waits = registration is not None and registration.state == RegistrationState.WAITING
        asked, remembered = (
            question_answers.asked_questions(invitation, registration.mode) if registration else ([], {})
        )
        return cls(
            invitation=invitation,
            registration=registration,
            outlook=capacity.ledger(invitation.event).outlooks(place),
            place_in_line=waiting_list.place_in_line(registration) if registration and waits else None,
            questions=asked,
            given={question: value for *_, question, value in standing if question is not None},
            remembered=remembered,
            asks_organisation=registration is not None and place is None,
            colleague=asked_colleague(invitation) if invitation.answer == Answer.SUBSTITUTE else None,
            from_calendar=reply,
        )

    @property
    def confirmed(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.CONFIRMED

    @property
    def place(self) -> Registration:
        """The registration of who takes part; raises LookupError for anybody else."""
        if self.registration is None:
            raise LookupError("who takes no part has no registration")
        return self.registration

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

    def pressed(self, button: str) -> str | None:
        """The answer of a button in a mail, while it can be given and is not what holds already."""
        answer = _PRESSED.get(button)
        if answer == Mode.ON_SITE and not self.invitation.event.on_site:
            answer = Mode.ONLINE
        if answer == "no":
            return answer if self.can_decline else None
        return answer if answer and self.can_change and self._changes(answer) else None

    def _changes(self, answer: str) -> bool:
        if answer == "substitute":
            return True
        offered = self.invitation.event.on_site if answer == Mode.ON_SITE else self.invitation.event.online
        return offered and (self.registration is None or self.registration.mode != answer)

    @property
    def unanswered(self) -> list[Question]:
        return [question for question in self.questions if question.id not in self.given]


def asked_colleague(invitation: Invitation) -> str | None:
    """The colleague who was asked last and has not answered, as who asked named them."""
    asked = sa.select(Message.details).where(
        Message.invitation_id == invitation.id, Message.kind == MessageKind.SUBSTITUTE_ASKED
    )
    if not db.session.scalar(sa.select(sa.exists().where(answers.is_waited_for(invitation)))):
        return None
    details = db.session.scalar(asked.order_by(Message.id.desc()).limit(1)) or {}
    return str(details.get("collega") or gettext("een collega"))
