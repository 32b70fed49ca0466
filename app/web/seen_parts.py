"""What pages show that a press takes for granted (seen.py): of mails, sessions, people, impressions, polls and seats."""

from collections.abc import Sequence

from flask import g

from app.accounts import rights, sessions
from app.accounts.models import MergeRequest, OrganisationRequest
from app.attendance import closing
from app.breakouts import wishes
from app.certificates import attendance_letters
from app.certificates.models import Certificate
from app.courses import completion, course_certificates
from app.courses.completion import Outcome
from app.courses.models import CourseEdition
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.letters import letter_texts
from app.invitations.models import Invitation
from app.invitations.waves import wave_files, wave_recipients, waves
from app.invitations.waves.models import Wave, WaveState
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Impression
from app.network.audiences.models import Audience
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people import mailboxes
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.polls import polls
from app.polls.models import Poll
from app.questions.models import NetworkQuestion
from app.registration import allotments, change_notices
from app.registration.models import Allotment
from app.web.seen import Part, Parts
from app.web.versions import write_value

_OF_SESSION = (
    "title", "summary", "description", "starts_at", "ends_at", "closes_at", "on_site", "venue", "room", "street",
    "town", "online", "join_url", "seats_on_site", "seats_online", "confidential",
)  # fmt: skip
_OF_IMPRESSION = ("title", "intro", "set_up", "pitches", "next_steps", "recording_url", "by_hand")


def parts_of_wave(event: Event, wave: Wave) -> Parts:
    """What goes to whom and when."""
    return _parts_of_waves(event, [wave])


def parts_of_drafts(event: Event) -> Parts:
    """Of all mails that nobody released."""
    return _parts_of_waves(event, _waves_in(event, WaveState.DRAFT))


def parts_of_awaiting(event: Event) -> Parts:
    """Of all mails that another organiser asked this one to look at."""
    me = sessions.account().id
    return _parts_of_waves(event, [each for each in _waves_in(event, WaveState.AWAITING) if each.asked_by_id != me])


def _waves_in(event: Event, state: WaveState) -> list[Wave]:
    return [wave for wave in invitation_queries.waves_of_event(event) if wave.state == state]


def _parts_of_waves(event: Event, rounds: Sequence[Wave]) -> Parts:
    wave_ids = [wave.id for wave in rounds]
    return {
        Part.STATE: [(wave.id, wave.state) for wave in rounds],
        Part.WHEN: [(wave.id, wave.due_at) for wave in rounds],
        Part.AUDIENCE: [(wave.id, _audience_of(wave)) for wave in rounds],
        Part.NUMBER: [(wave.id, _number_of(wave)) for wave in rounds],
        Part.TEXT: _texts_of(event.network, rounds),
        Part.FILES: wave_files.list_names(wave_ids),
        Part.SESSION: _facts_of(event),
    }


def _audience_of(wave: Wave) -> list[object]:
    named = [(each.name, each.rule) for each in (wave.audience, wave.first_audience) if each]
    return [wave.letter_to, named, wave.rest_after, wave.at_a_time]


def _number_of(wave: Wave) -> int | None:
    if wave.state not in waves.NOT_RUN:
        return waves.count_waiting_mails(wave)
    if wave.audience is None and wave_recipients.goes_to_audience(wave):
        return None
    return wave_recipients.count_recipients(wave)


def _texts_of(network: Network, rounds: Sequence[Wave]) -> list[object]:
    """The own words for these mails, or for all mails of their kind."""
    kinds = {wave.kind.mail.letter for wave in rounds}
    own = letter_texts.load_texts({network.id}, [wave.id for wave in rounds])
    return [(wave or 0, language, text) for (_, wave, kind, language), text in own.items() if kind in kinds]


def _facts_of(event: Event) -> list[str]:
    return [f"{name}: {write_value(getattr(event, name))}" for name in _OF_SESSION]


def parts_of_event(event: Event) -> Parts:
    """A session that everybody will see, or nobody any more, and how many hear of that."""
    hear = change_notices.count_concerned(event) if event.cancelled else None
    told = invitation_queries.count_told(event) if event.published else 0
    return {
        Part.STATE: event.state,
        Part.SESSION: _facts_of(event),
        Part.NUMBER: [("told", told), ("hear", hear.total if hear else 0)],
    }


def parts_of_cancelling(event: Event) -> Parts:
    """A session that is off, and how many of whom it concerns said what."""
    concerned = change_notices.count_concerned(event, MessageKind.EVENT_CANCELLED)
    answers = [("coming", concerned.coming), ("asked", concerned.asked)]
    return {**parts_of_event(event), Part.ANSWERS: answers}


def parts_of_draft(event: Event) -> Parts:
    """A session that goes with all that was made for it."""
    made = [
        *(("slot", slot.id, slot.title) for slot in event.slots),
        *(("question", question.id, question.label) for question in event.questions),
        *(("wave", wave.id, wave.kind) for wave in invitation_queries.waves_of_event(event)),
    ]
    return {**parts_of_event(event), Part.BELONGINGS: made}


def parts_of_division(event: Event) -> Parts:
    """Wishes by which places are divided: how many people said them, in which rounds."""
    rounds = [(each.id, each.title) for each in event.rounds if each.takes_wishes]
    return {Part.NUMBER: sorted(wishes.count_wishes(event).items()), Part.BELONGINGS: rounds}


def parts_of_person(network: Network, person: Person) -> Parts:
    """Somebody as organisers know them, and who else is reached through them."""
    reached = [each.person.name for each in mailboxes.reached_through(person)]
    return {Part.PERSON: _facts_of_people(person), Part.PEOPLE: reached}


def parts_of_pair(*pair: Person) -> Parts:
    """Two people who become one; the first stays."""
    return {Part.PERSON: _facts_of_people(*pair)}


def parts_of_merge_request(asked: MergeRequest) -> Parts:
    return parts_of_pair(asked.kept, asked.gone)


def parts_of_organisation_request(asked: OrganisationRequest) -> Parts:
    return {
        Part.NAME: asked.organisation.name,
        Part.REQUEST: [(asked.kind, asked.new_name, asked.successor_id, asked.day)],
    }


def _facts_of_people(*people: Person) -> list[object]:
    return [
        fact
        for place, person in enumerate(people)
        for fact in (
            (place, "name", person.name),
            *((place, "address", each.address, each.preferred) for each in person.addresses),
            *((place, "position", each.job, each.organisation_id, each.ends_on) for each in person.positions),
            *((place, "network", each.network_id, each.standing) for each in person.memberships),
        )
    ]


def parts_of_organisation(organisation: Organisation) -> Parts:
    """An organisation that goes on as another, with its domains and contact persons."""
    contacts = [(each.person_id, each.theme_id or 0) for each in organisation.contacts]
    return {
        Part.NAME: organisation.name,
        Part.PEOPLE: [*contacts, *(each.domain for each in organisation.domains)],
    }


def parts_of_audience(network: Network, audience: Audience) -> Parts:
    return {Part.NAME: audience.name, Part.RULE: str(audience.rule)}


def parts_of_impression(event: Event, impression: Impression | None = None) -> Parts:
    """A report as it is read before it goes out, or comes back."""
    impression = impression or impressions.impression_of_event(event)
    if impression is None:
        return {}
    words = [(name, str(getattr(impression, name))) for name in _OF_IMPRESSION]
    insights = [(each.place, each.title, each.explanation) for each in impression.insights]
    suggestions = [(each.place, row.place, row.text) for each in impression.insights for row in each.suggestions]
    return {
        Part.STATE: impression.state,
        Part.TEXT: [*words, *insights, *suggestions, *(theme.name_nl for theme in impression.themes)],
        Part.FILES: [(each.id, each.name, each.people_shown) for each in impression.attachments],
    }


def parts_of_poll(network: Network, poll: Poll) -> Parts:
    """What was asked, of whom, and what they answered."""
    votes = [(voter.id, each.date_id, each.vote) for voter in poll.voters for each in voter.votes]
    return {
        Part.DAYS: [poll.title, poll.explanation, *((each.starts_at, each.ends_at) for each in poll.dates)],
        Part.PEOPLE: [voter.id for voter in poll.voters],
        Part.ANSWERS: [*votes, *((voter.id, voter.remark) for voter in poll.voters)],
        Part.SESSION: _facts_of(poll.event) if poll.event else None,
    }


def parts_of_network_question(network: Network, question: NetworkQuestion) -> Parts:
    """What is asked, and how it stands."""
    return {
        Part.STATE: question.state,
        Part.TEXT: [question.title, question.text, question.short],
        Part.DAYS: question.closes_on,
    }


def parts_of_reminding(network: Network, poll: Poll) -> Parts:
    """What was asked, and who did not answer."""
    silent = [voter.id for voter in polls.voters_to_remind(poll)]
    return {Part.DAYS: parts_of_poll(network, poll)[Part.DAYS], Part.PEOPLE: silent}


def _named_at(event: Event) -> dict[int, list[Invitation]]:
    """Read once for all forms of a page: each organisation has one."""
    read: dict[int, dict[int, list[Invitation]]] = g.setdefault("named_for_seats", {})
    if event.id not in read:
        read[event.id] = allotments.named_by_allotment(event)
    return read[event.id]


def parts_of_allotment(event: Event, allotment: Allotment) -> Parts:
    """The seats of an organisation, and who was named for them."""
    named = _named_at(event).get(allotment.id, [])
    return {
        Part.SEATS: [("seats", allotment.seats), ("until", allotment.until), ("contact", allotment.contact_id)],
        Part.PEOPLE: [each.person_id for each in named],
    }


def parts_of_attendance(event: Event) -> Parts:
    """Who was there, and of whom that is unclear."""
    outcome = closing.foresee_closing(event, rights.current_viewer())
    unclear = sorted(each.invitation.id for each in outcome.unclear)
    return {Part.PEOPLE: [outcome.present, unclear, outcome.proposals]}


def parts_of_letters_to_send(event: Event) -> Parts:
    """How many get a letter of attendance."""
    return {Part.NUMBER: attendance_letters.count_waiting(event)}


def parts_of_certificate(event: Event, letter: Certificate) -> Parts:
    """What it says, and whether another name was asked for."""
    return {Part.STATE: [letter.newest.version, str(letter.withdrawn_at)], Part.REQUEST: letter.asked_name}


def parts_of_completion(network: Network, edition: CourseEdition) -> Parts:
    """Who completed a course, and how many get a certificate."""
    held = completion.load_completion(edition)
    done = [each.enrolment.id for each in held.standings if each.outcome == Outcome.COMPLETED]
    return {Part.PEOPLE: done, Part.NUMBER: len(course_certificates.enrolments_without(edition, held))}


def parts_of_course_certificate(network: Network, certificate: Certificate) -> Parts:
    """The same as of a letter of attendance."""
    return {
        Part.STATE: [certificate.newest.version, str(certificate.withdrawn_at)],
        Part.REQUEST: certificate.asked_name,
    }


def parts_of_reopening(event: Event) -> Parts:
    """Which certificates of a course may change."""
    return {Part.PEOPLE: [each.certificate.id for each in course_certificates.resting_on(event) if each.certificate]}
