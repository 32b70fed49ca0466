"""Loads the demo. Repeatable: what is there already stays as it is."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock, urls
from app.accounts import accounts
from app.accounts.models import Account, NetworkRole
from app.database import db
from app.demo import (
    afterwards,
    agenda,
    asked,
    course,
    effects,
    faces,
    invented_names,
    invited,
    lesson_content,
    matching_rounds,
    members,
    network_day,
    offer,
    session_content,
    surroundings,
    working_days,
)
from app.demo.session_content import EVENTS, NETWORKS, STAR, DemoEvent
from app.events import event_questions, event_series, planning
from app.events.models import Event, Mode, Slot, Speaker
from app.events.planning import EventDetails
from app.invitations.models import Answer
from app.invitations.waves import waves
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.lessons.impressions import documents
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.imports import doubles
from app.network.models import Network
from app.network.organisations import organisations
from app.network.organisations.models import ContactPerson, Organisation
from app.network.people import job_positions, network_notes, people
from app.network.people.models import Person
from app.network.vocabulary.models import Role
from app.outbox import message_writing
from app.outbox.models import Message, MessageState
from app.registration import answers
from app.registration.models import Registration, RegistrationState
from app.themes import themes
from app.themes.models import Theme

PEOPLE = 600
INVITED = 120
DOUBLES = (0, 25, 61)
"""People who are in the list twice, at the same organisation."""
ADMIN = ("beheer@leerkring.example", "Beheer Leerkring")
ORGANISER = ("loes.verhoeven@oosterhout.example", "Loes Verhoeven")
READER = ("steven.maas@brabant.example", "Steven Maas")


def load_demo(progress: Callable[[str], None] = lambda text: None, *, files: bool = True) -> None:
    """Reference data, networks, people, sessions with answers, one wave that is due, and the `files` of impressions."""
    last_before = db.session.scalar(sa.select(sa.func.max(Message.id))) or 0
    organisations.load_reference()
    db.session.flush()
    networks = {each.slug: _network(each) for each in NETWORKS}
    db.session.flush()
    _accounts(networks)
    progress("people")
    if _known_people() < PEOPLE:
        _people(networks)
    fresh = []
    for each in EVENTS:
        progress(each.title)
        if db.session.scalar(sa.select(Event.id).where(Event.slug == each.slug)) is None:
            _event(networks[each.network], each)
            fresh.append(each.slug)
    progress("lessons")
    _afterwards(fresh)
    course.add_course(networks["brabant-academie"])
    matching_rounds.add_rounds(networks["brabant-academie"])
    members.add_members(networks["brabant-academie"])
    asked.add_questions(networks["brabant-academie"])
    network_day.add_network_day(fresh, accounts.ensure_account(*ORGANISER))
    _deliver_since(last_before)
    if fresh:
        afterwards.add_last_digest(networks)
    surroundings.add_surroundings(networks)
    offer.add_offer(networks)
    faces.add_faces(networks)
    progress("agenda")
    organiser, admin = accounts.find_account(ORGANISER[0]), accounts.find_account(ADMIN[0])
    if organiser and admin:
        agenda.add_agenda(networks, organiser, admin)
    doubles.find_doubles()
    if files:
        progress("files of impressions")
        documents.make_wanted_documents()


def hints_to_look_around() -> Iterator[str]:
    """How to look around, as long as the demo's accounts are there."""
    if accounts.find_account(ORGANISER[0]):
        yield f"Demo: sign in at {urls.absolute_url('/sign-in')} as {ORGANISER[0]} (organiser) or {ADMIN[0]} (administrator)."


def _known_people() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(Person)).one()


def _network(demo: session_content.DemoNetwork) -> Network:
    network = db.session.scalar(sa.select(Network).where(Network.slug == demo.slug))
    if network is None:
        network = Network(slug=demo.slug, quiet_hours=False, paced=False)
        for name in ("name", "letters", "colour", "summary", "description", "contact_name", "contact_address"):
            setattr(network, name, getattr(demo, name))
        network.joining, network.listed = demo.joining, demo.listed
        network.themes = [theme for theme in map(themes.find_theme_of_name, demo.themes) if theme]
        db.session.add(network)
    return network


def _accounts(networks: dict[str, Network]) -> None:
    accounts.ensure_account(*ADMIN, is_admin=True)
    organiser, reader = accounts.ensure_account(*ORGANISER), accounts.ensure_account(*READER)
    for network in networks.values():
        accounts.grant_role(organiser, network, NetworkRole.ORGANISER)
    accounts.grant_role(reader, networks["digitale-transformatie"], NetworkRole.READER)


def _people(networks: dict[str, Network]) -> None:
    """600 people spread over all organisations; of Digitale Transformatie exactly INVITED from municipalities."""
    pick = random.Random(2026)
    roles = {role.code: role for role in db.session.scalars(sa.select(Role))}
    places = list(
        db.session.scalars(sa.select(Organisation).where(organisations.exists_today()).order_by(Organisation.id))
    )
    for place in places:
        organisations.set_domains(place, [invented_names.invent_domain(place.name, place.kind)])
    digital_from_municipalities = 0
    for number, (name, local) in enumerate(islice(invented_names.invent_people(), PEOPLE)):
        organisation = places[number % len(places)]
        person = people.add_person(
            name,
            f"{local}@{invented_names.invent_domain(organisation.name, organisation.kind)}",
            language="en" if number % 40 == 7 else "nl",
        )
        role = roles[_role(pick, organisation.kind)]
        job_positions.add_or_change_position(
            person, organisation, role, starts_on=clock.today() - timedelta(days=pick.randrange(90, 2500))
        )
        db.session.flush()
        for demo in NETWORKS:
            network = networks[demo.slug]
            if demo.slug == "digitale-transformatie" and organisation.kind == "gemeente":
                if organisation.region == "Limburg" or digital_from_municipalities == INVITED:
                    continue
                digital_from_municipalities += 1
            elif organisation.kind not in demo.kinds or pick.random() > 0.55:
                continue
            memberships.join_network(person.id, network.id)
    _acquaint(networks["digitale-transformatie"], len(places))


def _acquaint(network: Network, places: int) -> None:
    """Interests, contact persons, a few people who are in the list twice, and an audience to begin with."""
    pick, known = random.Random(7), themes.list_themes()
    everybody = list(db.session.scalars(sa.select(Person).order_by(Person.id).options(selectinload(Person.positions))))
    for number, person in enumerate(everybody):
        person.themes = sorted(pick.sample(known, pick.randrange(3)), key=lambda theme: theme.place)
        if number < places and number % 3 == 0:
            person.positions[0].organisation.contacts.append(ContactPerson(person=person))
    for number in DOUBLES:
        people.rename_person(everybody[number + places], everybody[number].name.replace("ij", "y").replace("ck", "k"))
    network_notes.write_note(everybody[0], network, "Belt liever dan dat hij of zij mailt. Op vrijdag vrij.")
    rule = [
        audiences.make_condition(AudienceBlock.ROLE, "bestuurder", "strateeg"),
        audiences.make_condition(AudienceBlock.REGION, "Noordoost-Brabant", "Zuidoost-Brabant"),
        audiences.make_condition(AudienceBlock.SIZE, "overig"),
        audiences.make_condition(AudienceBlock.UNREACHED, clock.today().year),
    ]
    audiences.ensure_audience(
        network, "Bestuurders en strategen, kleinere gemeenten in het oosten, nog niet bereikt", [rule]
    )


def _role(pick: random.Random, kind: str) -> str:
    if kind == "gemeente":
        return pick.choices(
            ["ambtenaar", "bestuurder", "volksvertegenwoordiger", "griffier", "gemeentesecretaris", "strateeg"],
            [8, 5, 4, 2, 2, 4],
        )[0]
    if kind == "kennisinstelling":
        return "kennispartner"
    return pick.choice(
        {"maatschappelijk": ["jongere"], "samenwerkingsverband": ["regiomanager", "ambtenaar"]}.get(
            kind, ["bestuurder", "ambtenaar", "strateeg"]
        )
    )


def _event(network: Network, demo: DemoEvent) -> None:
    event = planning.create_event(network, _event_details(demo, network.themes))
    event.slug = demo.slug
    event.slots = [
        Slot(
            starts_at=event.starts_at + timedelta(minutes=minutes),
            title=title,
            speakers=[Speaker(name=speaker, affiliation=affiliation, agreed=True)] if speaker else [],
        )
        for minutes, title, speaker, affiliation in demo.programme
    ]
    event.questions = event_questions.make_preset_questions() if event.on_site and demo.days > 0 else []
    planning.publish_event(event)
    db.session.flush()
    if demo.slug == STAR:
        event.looks_back = True
        _due_wave(event)
    elif demo.days > 0:
        _coming_answers(event, demo.answers)
    else:
        _past_answers(event, demo.answers)


def _event_details(demo: DemoEvent, about: Sequence[Theme]) -> EventDetails:
    hour, minute = map(int, demo.start.split(":"))
    day = date.fromisoformat(demo.on) if demo.on else working_days.working_day(demo.days)
    starts_at = clock.utc_moment(day, time(hour, minute))
    on_site = bool(demo.town)
    directions = "Het gebouw is toegankelijk met een rolstoel. Er zijn plekken voor fietsen voor de deur."
    return EventDetails(
        title=demo.title,
        summary=demo.summary,
        description=demo.description,
        format=demo.format,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=demo.minutes),
        closes_at=starts_at - timedelta(days=1),
        on_site=on_site,
        venue=demo.venue,
        room=demo.room,
        street=demo.street,
        town=demo.town,
        directions=directions if on_site else "",
        bring="Je legitimatie, voor de balie." if on_site else "",
        day_contact="de balie" if on_site else "",
        day_phone="0123 456 789" if on_site else "",
        seats_on_site=demo.seats,
        online=demo.online,
        join_url=f"https://vergaderen.example/{demo.slug}" if demo.online else "",
        seats_online=demo.seats_online,
        confidential=demo.confidential,
        open_to_all=not demo.confidential,
        themes=about,
    )


def _due_wave(event: Event) -> None:
    municipalities = audiences.ensure_audience(
        event.network, "Gemeenten", [[audiences.make_condition(AudienceBlock.KIND, "gemeente")]]
    )
    for kind, audience, days, state in (
        (WaveKind.INVITATION, municipalities, None, WaveState.PLANNED),
        (WaveKind.REMINDER, None, 7, WaveState.PLANNED),
        (WaveKind.LAST_INFORMATION, None, 2, WaveState.DRAFT),
    ):
        at = clock.now() if days is None else None
        hour = time(9) if days else None
        db.session.add(
            Wave(
                event=event,
                kind=kind,
                audience=audience,
                at=at,
                days_before=days,
                hour=hour,
                due_at=waves.wave_due_at(event, at, days, hour),
                state=state,
            )
        )


def _coming_answers(event: Event, count: int) -> None:
    """Answers to a coming session by the rules themselves, mails included."""
    for number, invitation in enumerate(invited.add_invited(event, count * 2, clock.now() - timedelta(days=9))[:count]):
        if number % 9 == 8:
            answers.decline_invitation(invitation)
        else:
            answers.accept_invitation(invitation, Mode.ONLINE if event.online and number % 3 == 0 else event.modes[0])


def _past_answers(event: Event, count: int) -> None:
    """Who was registered at a session of the past."""
    event.created_at = event.changed_at = event.starts_at - timedelta(days=60)
    for number, invitation in enumerate(
        invited.add_invited(event, count * 2, event.starts_at - timedelta(days=42))[: count + count // 4]
    ):
        when = invitation.answered_at = _some_day_before(event, number)
        invitation.answer = Answer.YES if number < count else Answer.NO
        if number < count:
            mode = Mode.ONLINE if event.online and number % 3 == 0 else event.modes[0]
            db.session.add(
                Registration(
                    invitation_id=invitation.id,
                    event_id=event.id,
                    state=RegistrationState.CONFIRMED,
                    mode=mode,
                    created_at=when,
                    changed_at=when,
                )
            )


def _afterwards(slugs: list[str]) -> None:
    """What came of the sessions that took place, oldest first; those of March 2024 are one series with one report."""
    wanted = sa.select(Event).where(Event.slug.in_(slugs), Event.ends_at < clock.now()).order_by(Event.starts_at)
    past = list(db.session.scalars(wanted))
    writer, reader = (
        db.session.scalars(sa.select(Account).where(Account.email == email)).one() for email in (ORGANISER[0], ADMIN[0])
    )
    for event in past:
        if event.slug in lesson_content.IN_SERIES:
            event_series.put_in_series(
                event, lesson_content.SERIES, one_impression=True, summary=lesson_content.ABOUT_SERIES
            )
        afterwards.add_attendance(event, writer)
        afterwards.add_evaluation(event)
    db.session.flush()
    for event in past:
        if published := afterwards.add_impression(event, writer, reader):
            effects.add_effects(published)


def _some_day_before(event: Event, number: int) -> datetime:
    return event.starts_at - timedelta(days=5 + number % 35, hours=number % 9)


def _deliver_since(last_before: int) -> None:
    """Put the mails of the demo's own answers in the mailbox, so that only the due wave leaves."""
    message_writing.write_due_messages()
    mine = sa.update(Message).where(Message.id > last_before, Message.state == MessageState.DUE)
    db.session.execute(mine.values(state=MessageState.SENT, sent_at=clock.now(), response="demo"))
