"""Nobody sees what is not theirs: each role × each page, in the own and in another network."""

import itertools
import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts, sessions
from app.accounts.models import (
    Action,
    AuditEntry,
    MergeRequest,
    NetworkRole,
    OrganisationRequest,
    RequestKind,
    Subject,
    audit_networks,
)
from app.accounts.rights import Need
from app.attendance.models import WalkInProposal
from app.breakouts import rounds
from app.certificates import attendance_letters, issuing
from app.contact_moments import contact_moments
from app.contact_moments.contact_moments import Talk
from app.contact_moments.models import ContactKind
from app.courses import course_certificates, courses
from app.courses import editions as course_editions
from app.courses.courses import CourseDetails
from app.database import db
from app.digests.models import OrganiserWord
from app.directory.models import Contact, WritingStop
from app.elsewhere.models import OutsideCalendar
from app.events import event_questions, programme
from app.events.models import BusyDays, BusyKind, Event, Mode, Preset, Question
from app.inbox.models import IncomingMail, Outcome, Shape
from app.indicators.models import Reading, ReadingKind
from app.invitations import inviting
from app.invitations.letters.models import LetterImage
from app.invitations.waves.models import WaveKind, WaveState
from app.lessons.board import boards, cards
from app.lessons.evaluations import evaluations
from app.lessons.impressions import attachments
from app.lessons.insights import insights
from app.matching import rounds as match_rounds
from app.matching.models import MatchMeeting
from app.network.imports import import_runs, merges
from app.network.models import JoinRequest
from app.network.organisations.models import ContactPerson
from app.network.vocabulary import theme_uses
from app.outbox import message_writing
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.places import places
from app.places.places import PlaceDetails, RoomLine
from app.polls import polls
from app.progress.counted import count_report
from app.progress.frozen import freeze_contents
from app.questions import questions
from app.registration import allotments
from app.setbacks.models import Setback
from app.speakers import asking as speaker_asking
from app.uploads.people_shown import PeopleShown
from app.web import doors
from tests import factories
from tests.accounts import mail_causes
from tests.accounts.mail_causes import UNASKED
from tests.agendas import made
from tests.catalogue import made as offered
from tests.courses import planned, taught
from tests.helpers import mails, parsed, post, sign_in, text_of
from tests.indicators import made as measured
from tests.matching import matched
from tests.progress import made as reported
from tests.progress import published
from tests.questions import posed
from tests.tables import everything

ROLES = ("nobody", "outsider", "reader", "organiser", "admin")
_numbers = itertools.count(1)
REFUSED = {302, 403, 404, 422}
"""Sent to the sign-in page, not allowed, not there, or a form that is not right."""

PAGES = {
    # page: status for nobody, outsider, reader, organiser, admin
    "/organise": (302, 200, 200, 200, 200),
    "/organise/organisations": (302, 200, 200, 200, 200),
    "/organise/accounts": (302, 403, 403, 403, 200),
    "/organise/accounts/{c}": (302, 403, 403, 403, 200),
    "/organise/account": (302, 200, 200, 200, 200),
    "/organise/log": (302, 403, 403, 403, 200),
    "/organise/system/terms": (302, 403, 403, 403, 200),
    "/organise/events/{e}/archive": (302, 404, 403, 200, 200),
    "/organise/organisations/requests": (302, 403, 403, 403, 200),
    "/organise/networks/new": (302, 403, 403, 403, 200),
    "/organise/networks/{n}": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/sessions/chosen?do=export": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/contact-moments": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/contact-moments/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/contact-moments/rows": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/contact-moments/{talk}": (302, 404, 403, 200, 200),
    "/organise/year": (302, 200, 200, 200, 200),
    "/organise/year/{t}": (302, 200, 200, 200, 200),
    "/organise/year/{t}.xlsx": (302, 200, 200, 200, 200),
    "/organise/year/{t}.ods": (302, 200, 200, 200, 200),
    "/organise/year/{t}.csv": (302, 200, 200, 200, 200),
    "/organise/networks/{n}/people": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/people/chosen?do=remove&tick={p}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/people/{p}": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/people/{p}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/people/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/import": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/import/{m}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/outcomes": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/audiences": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/audiences/count": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/audiences/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/audiences/{a}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/audiences/{a}/people": (302, 404, 200, 200, 200),
    "/organise/people/{p}": (302, 404, 302, 302, 302),
    "/organise/search": (302, 200, 200, 200, 200),
    "/organise/search?q=jan": (302, 200, 200, 200, 200),
    "/organise/organisations/{r}": (302, 200, 200, 200, 200),
    "/organise/organisations/{r}/edit": (302, 200, 403, 200, 200),
    "/organise/words/roles": (302, 403, 403, 403, 200),
    "/organise/words/themes": (302, 403, 403, 403, 302),
    "/organise/themes": (302, 403, 403, 403, 200),
    "/organise/themes/{th}": (302, 403, 403, 403, 200),
    "/organise/themes/settle": (302, 403, 403, 403, 200),
    "/organise/words/roles/griffier": (302, 403, 403, 403, 200),
    "/organise/doubles": (302, 200, 403, 200, 200),
    "/organise/doubles/merge?keep={p}&go={b}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/team": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/requests": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/reported": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/settings": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/face": (302, 404, 403, 200, 200),
    "/organise/events/{e}/face": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme/sheet": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/log": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/events/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}": (302, 404, 200, 200, 200),
    "/organise/events/{e}/edit": (302, 404, 403, 200, 200),
    "/organise/events/{e}/copy": (302, 404, 403, 200, 200),
    "/organise/events/{e}/cancel": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme/{s}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/speakers/{speaker}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/materials": (302, 404, 403, 200, 200),
    "/organise/events/{e}/materials/file": (302, 404, 403, 200, 200),
    "/organise/events/{e}/materials/link": (302, 404, 403, 200, 200),
    "/organise/events/{e}/materials/{stuff}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/materials/{stuff}/file": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme/rounds/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/programme/rounds/{round}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/choices": (302, 404, 403, 200, 200),
    "/organise/events/{e}/choices/lists": (302, 404, 403, 200, 200),
    "/organise/events/{e}/questions": (302, 404, 403, 200, 200),
    "/organise/events/{e}/questions/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/questions/{q}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/kitchen": (302, 404, 403, 200, 200),
    "/organise/events/{e}/access": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves": (302, 404, 200, 200, 200),
    "/organise/events/{e}/waves/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/{w}": (302, 404, 200, 200, 200),
    "/organise/events/{e}/waves/{w}/edit": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/{w}/text/nl": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/{w}/text/nl/preview": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/{w}/people": (302, 404, 200, 200, 200),
    "/organise/events/{e}/letters/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/letters/{own}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/mails": (302, 404, 200, 200, 200),
    "/organise/events/{e}/mails/{mail}": (302, 404, 200, 200, 200),
    "/organise/events/{e}/mails/{mail}/html": (302, 404, 403, 200, 200),
    "/organise/system": (302, 403, 403, 403, 200),
    "/organise/inbox": (302, 200, 403, 200, 200),
    "/organise/calendar": (302, 200, 403, 200, 200),
    "/organise/days": (302, 200, 403, 200, 200),
    "/organise/places": (302, 200, 403, 200, 200),
    "/organise/places/new": (302, 200, 403, 200, 200),
    "/organise/places/{hall}": (302, 200, 403, 200, 200),
    "/organise/networks/{n}/elsewhere": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/catalogue": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/catalogue/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/catalogue/{item}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/catalogue/{item}/file": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/courses/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/{course}": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/courses/{course}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/{course}/editions/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{edition}": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/courses/editions/{edition}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{edition}/copy": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{held_edition}/cancel": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{off_edition}/revive": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{edition}/delete": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{edition}/meetings/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/matching": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/matching/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/matching/{match}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/matching/{match}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/matching/{sent}/groups/{match_group}/dates": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/matching/{sent}/groups/{met_group}/meetings": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/polls": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/polls/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/polls/{poll}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/questions": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/questions/{asked}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/questions/{helped}/insight": (302, 404, 403, 200, 200),
    "/organise/inbox/{incoming}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/letters": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/letters/registration/confirmed/nl": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/letters/registration/confirmed/nl/preview": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/letters/pictures/{picture}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/mails/chosen?do=export": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people/chosen?do=export": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people/add": (302, 404, 403, 200, 200),
    "/organise/events/{e}/seats": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people/{i}": (302, 404, 200, 200, 200),
    "/organise/events/{e}/day": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/list": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/walk-in": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/paper": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/absent": (302, 404, 200, 200, 200),
    "/organise/events/{e}/day/door": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/door/worker.js": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/door/list": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/door/waiting": (302, 404, 403, 200, 200),
    "/organise/events/{e}/attendance": (302, 404, 403, 200, 200),
    "/organise/events/{e}/attendance/letters/{cert}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/attendance/letters/{cert}/letter.pdf": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}": (
        302,
        404,
        403,
        200,
        200,
    ),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}/certificate.pdf": (
        302,
        404,
        403,
        200,
        200,
    ),
    "/organise/events/{e}/day/badges": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/badges/badges.pdf": (302, 404, 403, 303, 303),
    "/organise/events/{e}/day/screen": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/screen/now": (302, 404, 403, 200, 200),
    "/organise/events/{e}/day/timer": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned": (302, 404, 200, 200, 200),
    "/organise/events/{e}/learned/notes": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned/insights/{x}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned/suggestions/{advice}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned/commitments": (302, 404, 200, 200, 200),
    "/organise/events/{e}/learned/commitments/new": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned/commitments/{v}": (302, 404, 403, 200, 200),
    "/organise/events/{e}/learned/commitments/{v}/close": (302, 404, 403, 200, 200),
    "/organise/events/{e}/evaluation": (302, 404, 200, 200, 200),
    "/organise/events/{e}/impression": (302, 404, 200, 200, 200),
    "/organise/events/{e}/impression/edit": (302, 404, 403, 200, 200),
    "/organise/events/{e}/impression/withdraw": (302, 404, 403, 404, 404),
    "/organise/networks/{n}/digest": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/digest/preview/{p}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/digest/preview/{p}/html": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/year": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/year/{t}": (302, 404, 200, 200, 200),
    "/organise/days/said": (302, 200, 403, 200, 200),
    "/organise/events/{e}/delete": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/day": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/polls/{poll}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/themes/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/words": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/words/{agenda_theme}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/figures/{indicator}/0": (
        302,
        404,
        200,
        200,
        200,
    ),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/figures/{indicator}/0.xlsx": (
        302,
        404,
        200,
        200,
        200,
    ),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/figures/{indicator}/0.ods": (
        302,
        404,
        200,
        200,
        200,
    ),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/figures/{indicator}/0.csv": (
        302,
        404,
        200,
        200,
        200,
    ),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/correct": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/new?party={party}&kind=official": (
        302,
        404,
        403,
        200,
        200,
    ),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/year/{t}.xlsx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/new": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/edit": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/target": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/reading": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/readings/{proof}/file": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/list.xlsx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/list.ods": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/list.csv": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.pdf": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.odt": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.docx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.xlsx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.ods": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1.csv": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/signs/{theme}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/agendas/{agenda}/figures/money/{theme}": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/year/{t}.ods": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/year/{t}.csv": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/people/{p}/erase": (302, 403, 403, 403, 200),
    "/organise/events/{e}/path/who": (302, 404, 403, 200, 200),
    "/organise/events/{e}/path/mail": (302, 404, 403, 200, 200),
    "/organise/events/{e}/path/send": (302, 404, 403, 200, 200),
}
ACTS = {
    # POST without a valid form: who may try gets a page or a redirect, others do not
    "/organise/events/{e}/publish": (302, 404, 403, 303, 303),
    "/organise/events/{e}/notice/hold": (302, 404, 403, 303, 303),
    "/organise/events/{e}/withdraw": (302, 404, 403, 303, 303),
    "/organise/events/{e}/people/chosen/invite": (302, 404, 403, 404, 404),
    "/organise/events/{e}/people.xlsx": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people.ods": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people.csv": (302, 404, 403, 200, 200),
    "/organise/events/{e}/people/{i}/register": (302, 404, 403, 303, 303),
    "/organise/events/{e}/people/{i}/cancel": (302, 404, 403, 303, 303),
    "/organise/events/{e}/people/{i}/resend": (302, 404, 403, 303, 303),
    "/organise/events/{e}/people/{i}/revoke": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/release": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/send": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/hold": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/drop": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/restore": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/test": (302, 404, 403, 303, 303),
    "/organise/system/check": (302, 403, 403, 403, 200),
    "/organise/system/mail-test": (302, 403, 403, 403, 303),
    "/organise/account": (302, 303, 303, 303, 303),
    "/organise/account/keys": (302, 422, 422, 422, 422),
    "/organise/accounts/{c}/sessions/end": (302, 404, 404, 404, 303),
    "/organise/accounts/{c}/keys/{key}/revoke": (302, 404, 404, 404, 303),
    "/organise/system/try-now": (302, 403, 403, 403, 303),
    "/organise/system/setbacks/{setback}": (302, 403, 403, 403, 303),
    "/organise/inbox/{incoming}/settle": (302, 404, 403, 303, 303),
    "/organise/inbox/{incoming}/stop": (302, 404, 403, 303, 303),
    "/organise/inbox/{incoming}/take-over": (302, 404, 403, 303, 303),
    "/organise/calendar": (302, 303, 403, 303, 303),
    "/organise/days/{busy}/remove": (302, 303, 403, 303, 303),
    "/organise/places/new": (302, 422, 403, 422, 422),
    "/organise/places/{hall}": (302, 303, 403, 303, 303),
    "/organise/places/{hall}/remove": (302, 303, 403, 303, 303),
    "/organise/networks/{n}/elsewhere/{outside}/refresh": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/elsewhere/{outside}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/catalogue/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/catalogue/{item}": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/catalogue/{item}/published": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/catalogue/{item}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/courses/{idea}/edit": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/{course}/audience": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/{idea}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/{course}/editions/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/courses/editions/{edition}/edit": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{edition}/copy": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/courses/editions/{edition}/publish": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{edition}/withdraw": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{edition}/delete": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{edition}/meetings/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/courses/editions/{held_edition}/meetings/{meeting}/obligatory": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{held_edition}/meetings/{meeting}/drop": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{held_edition}/meetings/{meeting}/take-back": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{held_edition}/cancel": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{off_edition}/revive": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{held_edition}/people.xlsx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/courses/editions/{held_edition}/people.ods": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/courses/editions/{held_edition}/people.csv": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/matching/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/matching/{match}/edit": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/matching/{match}/open": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{match}/close": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{match}/propose": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{sent}/move": (302, 404, 403, 404, 404),
    "/organise/networks/{n}/matching/{match}/send": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{sent}/after": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{sent}/end": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{match}/apart": (302, 404, 403, 404, 404),
    "/organise/networks/{n}/matching/{match}/aparts/{apart}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{sent}/seats/{match_seat}/absent": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/matching/{sent}/groups/{match_group}/dates": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/matching/{sent}/groups/{met_group}/meetings": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/polls/{poll}/choose/{date}": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/polls/{poll}/stop": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/polls/{poll}/remind": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/questions/{asked}/let-through": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/questions/{asked}/send-back": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/questions/{helped}/close": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/questions/{helped}/insight": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/questions/answers/{answered}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/questions/answers/{answered}/put-back": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/publish": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/withdraw": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/reports/moments": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/reports/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/edit": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/words": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/words/{agenda_theme}": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/freeze": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/check": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/publish": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/correct": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/up": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/themes/{empty_theme}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}/send": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}/withdraw": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/archive": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/reopen": (302, 404, 403, 303, 303),
    "/organise/inbox/{incoming}/forward": (302, 404, 403, 404, 404),
    "/organise/events/{e}/waves/{w}/approve": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/pause": (302, 404, 403, 303, 303),
    "/organise/events/{e}/waves/{w}/resume": (302, 404, 403, 303, 303),
    "/organise/events/{e}/letters/{own}/files": (302, 404, 403, 422, 422),
    "/organise/events/{e}/letters/{own}/files/remove": (302, 404, 403, 404, 404),
    "/organise/events/{e}/letters/write-to": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/letters/write-to": (302, 404, 403, 200, 200),
    "/organise/events/{e}/waves/propose": (302, 404, 403, 422, 422),
    "/organise/events/{e}/waves/{w}/text/nl/back": (302, 404, 403, 303, 303),
    "/organise/events/{e}/mails/export.xlsx": (302, 404, 403, 200, 200),
    "/organise/events/{e}/mails/export.ods": (302, 404, 403, 200, 200),
    "/organise/events/{e}/mails/export.csv": (302, 404, 403, 200, 200),
    "/organise/events/{e}/mails/chosen/pause": (302, 404, 403, 303, 303),
    "/organise/events/{e}/mails/chosen/resume": (302, 404, 403, 303, 303),
    "/organise/events/{e}/mails/chosen/again": (302, 404, 403, 303, 303),
    "/organise/events/{e}/mails/chosen/drop": (302, 404, 403, 303, 303),
    "/organise/events/{e}/mails/{mail}/again": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/letters/registration/confirmed/nl/back": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/letters/pictures": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/letters/pictures/{picture}/delete": (302, 404, 403, 303, 303),
    "/organise/events/{e}/programme/{s}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/programme/{s}/cancel": (302, 404, 403, 303, 303),
    "/organise/events/{e}/choices/divide": (302, 404, 403, 303, 303),
    "/organise/events/{e}/programme/rounds/{round}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/face": (302, 404, 403, 422, 422),
    "/organise/events/{e}/face": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/face/delete": (302, 404, 403, 303, 303),
    "/organise/events/{e}/face/delete": (302, 404, 403, 303, 303),
    "/organise/events/{e}/speakers/{speaker}": (302, 404, 403, 303, 303),
    "/organise/events/{e}/speakers/{speaker}/send": (302, 404, 403, 303, 303),
    "/organise/events/{e}/speakers/{speaker}/take-back": (302, 404, 403, 303, 303),
    "/organise/events/{e}/materials/file": (302, 404, 403, 422, 422),
    "/organise/events/{e}/materials/link": (302, 404, 403, 422, 422),
    "/organise/events/{e}/materials/{stuff}": (302, 404, 403, 422, 422),
    "/organise/events/{e}/materials/{stuff}/up": (302, 404, 403, 303, 303),
    "/organise/events/{e}/materials/{stuff}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/questions/{q}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/questions/preset": (302, 404, 403, 303, 303),
    "/organise/events/{e}/kitchen/names": (302, 404, 403, 404, 404),
    "/organise/events/{e}/kitchen/mail": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/sessions/chosen/publish": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/sessions/chosen/delete": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/sessions.xlsx": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/sessions.ods": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/sessions.csv": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/people/chosen/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/chosen/invite": (302, 404, 403, 404, 404),
    "/organise/networks/{n}/people.xlsx": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/people.ods": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/people.csv": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/requests/{join}/no": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/reported/{written}/nothing": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/reported/stops/{stopped}/lift": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/leave": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/join": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/positions/{o}/end": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/team/{g}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/board": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/settings": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/cards/{k}": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/insights": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/insights/{x}/up": (302, 404, 403, 303, 303),
    "/organise/events/{e}/learned/insights/{x}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/evaluation/start": (302, 404, 403, 303, 303),
    "/organise/events/{e}/evaluation/wanted": (302, 404, 403, 303, 303),
    "/organise/events/{e}/evaluation/questions": (302, 404, 403, 422, 422),
    "/organise/events/{e}/evaluation/questions/{y}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/start": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/check": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/publish": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/restore": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/attachments": (302, 404, 403, 422, 422),
    "/organise/events/{e}/impression/attachments/{z}/remove": (302, 404, 403, 303, 303),
    "/organise/events/{e}/impression/attachments/{z}/people": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/digest/words/{d}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/contact-moments.xlsx": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/contact-moments.ods": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/contact-moments.csv": (302, 404, 200, 200, 200),
    "/organise/networks/{n}/contact-moments/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/contact-moments/rows": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/contact-moments/{talk}": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/contact-moments/{talk}/remove": (302, 404, 403, 303, 303),
    "/organise/organisations/{r}/contact-moments": (302, 422, 403, 422, 422),
    "/organise/year/{t}/audience": (302, 404, 403, 404, 404),
    "/organise/networks/{n}/year/{t}/audience": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/figures/new": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/edit": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/target": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/reading": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/count": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/agendas/{agenda}/figures/signs/{theme}": (302, 404, 403, 422, 422),
    "/organise/networks/{n}/agendas/{agenda}/figures/money/{theme}": (302, 404, 403, 422, 422),
    "/organise/events/{e}/audience/silent": (302, 404, 403, 303, 303),
    "/organise/events/{e}/seats": (302, 404, 403, 422, 422),
    "/organise/events/{e}/seats/{l}/withdraw": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/close": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/open": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/mail": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/people/{i}": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/letters/{cert}": (302, 404, 403, 422, 422),
    "/organise/events/{e}/attendance/letters/{cert}/name": (302, 404, 403, 303, 303),
    "/organise/events/{e}/attendance/letters/{cert}/withdraw": (302, 404, 403, 422, 422),
    "/organise/events/{e}/attendance/letters/{cert}/restore": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}": (
        302,
        404,
        403,
        422,
        422,
    ),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}/name": (
        302,
        404,
        403,
        303,
        303,
    ),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}/withdraw": (
        302,
        404,
        403,
        422,
        422,
    ),
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}/restore": (
        302,
        404,
        403,
        303,
        303,
    ),
    "/organise/events/{e}/day/{i}/present": (302, 404, 403, 303, 303),
    "/organise/events/{e}/day/{i}/undo": (302, 404, 403, 303, 303),
    "/organise/events/{e}/day/known/{p}": (302, 404, 403, 404, 404),
    "/organise/events/{e}/day/door/taps": (302, 404, 403, 400, 400),
    "/organise/events/{e}/day/door/proposals/{came}/away": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/audiences/{a}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/addresses": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/addresses/{f}/works": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/people/{p}/positions/{o}/remove": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/import/{m}/mapping": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/import/{m}/rows": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/import/{m}/refused.xlsx": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/import/{m}/refused.ods": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/import/{m}/refused.csv": (302, 404, 403, 200, 200),
    "/organise/networks/{n}/import/{m}/undo": (302, 404, 403, 303, 303),
    "/organise/organisations": (302, 422, 403, 422, 422),
    "/organise/organisations/{r}/domains": (302, 303, 403, 303, 303),
    "/organise/organisations/{r}/contacts": (302, 422, 403, 422, 422),
    "/organise/organisations/{r}/contacts/{h}/remove": (302, 404, 403, 303, 303),
    "/organise/organisations/requests/{ask}/no": (302, 403, 403, 403, 303),
    "/organise/doubles/requests/{twins}/no": (302, 403, 403, 403, 303),
    "/organise/log/{log}/undo": (302, 404, 403, 303, 303),
    "/organise/organisations/{r}/succession": (302, 422, 403, 422, 422),
    "/organise/words/roles/griffier/up": (302, 403, 403, 403, 303),
    "/organise/themes/{th}/up": (302, 403, 403, 403, 303),
    "/organise/themes/{th}/remove": (302, 403, 403, 403, 303),
    "/organise/themes/{th}/keep": (302, 403, 403, 403, 303),
    "/organise/themes/{th}/join": (302, 403, 403, 403, 303),
    "/organise/themes/joined/{tj}/undo": (302, 403, 403, 403, 303),
    "/organise/doubles/search": (302, 303, 403, 303, 303),
    "/organise/doubles/merges/{j}/undo": (302, 404, 403, 303, 303),
    "/organise/doubles/{p}/{b}/dismiss": (302, 404, 403, 404, 404),
    "/organise/accounts/{c}/active": (302, 403, 403, 403, 303),
    "/organise/undo": (302, 303, 303, 303, 303),
    "/organise/events/{e}/path/approve": (302, 404, 403, 303, 303),
    "/organise/networks/{n}/test-mail": (302, 404, 403, 303, 303),
}


def make_world(slug: str = "eigen") -> dict:
    """One of everything in one network, and an account in each role."""
    network = factories.network(slug=slug)
    person = factories.person("Jan", at="Oss", of=network)
    event = factories.event(network, title="Sessie")
    slot = programme.save_slot(
        event, None, starts_at=event.starts_at, ends_at=None, title="Deel", description="", speakers=[]
    )
    spoken = programme.save_slot(
        event,
        None,
        starts_at=event.starts_at,
        ends_at=None,
        title="Lezing",
        description="",
        speakers=programme.read_speakers("Spreker"),
    )
    db.session.flush()
    speaking = speaker_asking.ask_speaker(event, spoken.speakers[0], f"spreker@{slug}.example", "")
    speaking.sent_at -= timedelta(hours=1)
    starts_at, ends_at = event.starts_at, event.starts_at + timedelta(hours=1)
    ronde = rounds.save_round(event, None, title="Ronde 1", starts_at=starts_at, ends_at=ends_at)
    question = event_questions.make_preset_question(Preset.DIETARY)
    event.questions = [question]
    invitation = factories.invitation(event, person)
    audience = factories.audience(network)
    wave = factories.wave(event, to=audience, state=WaveState.DRAFT, at=factories.start(days=10))
    double = factories.person("Piet", of=network)
    merge = merges.merge_people(factories.person("Kees", of=network), factories.person("Kees Dubbel", of=network))
    seats = allotments.offer_seats(event, factories.organisation("Oss"), 2, event.closes_at, person)
    contact = ContactPerson(organisation=factories.organisation("Oss"), person=person)
    db.session.add(contact)
    kept = import_runs.keep_list(network, "lijst.csv", b"Naam;E-mail\nEls;els@oss.example\n")
    other = factories.account(network, NetworkRole.READER)
    accounts.make_api_token(other, "Koppeling")
    key = accounts.list_api_tokens(other)[0]
    card = cards.catch_card(boards.open_board(event), "Een kaartje")
    impression = factories.impression(event, published=False)
    writer = factories.account(network)
    attachment = attachments.add_attachment(
        impression, attachments.CleanFile("verslag.pdf", b"%PDF-1.7"), PeopleShown.NOBODY, writer
    )
    advice = insights.add_suggestion(impression.insights[0], "Maak een lijst", writer)
    stuff = factories.material(event)
    commitment = factories.commitment(event, person)
    asked = evaluations.ensure_evaluation(event).questions[0]
    word = OrganiserWord(network_id=network.id, text="Hallo", until=clock.today())
    db.session.add(word)
    own = factories.wave(event, WaveKind.OWN_LETTER, state=WaveState.DRAFT)
    mail = inviting.plan_invitation_again(invitation)
    picture = LetterImage(
        network_id=network.id,
        name="x",
        alt="x",
        width=1,
        height=1,
        content=b"\x89PNG",
        size=4,
        people_shown=PeopleShown.NOBODY,
    )
    incoming = IncomingMail(
        folder="INBOX", uid_validity=1, uid=next(_numbers), received_at=clock.now(), network_id=network.id, shape=Shape.HUMAN,
        outcome=Outcome.REVIEW, sender="x@oss.example",
    )  # fmt: skip
    agreed = made.agenda(network)
    agenda_theme, empty_theme = made.theme_on(agreed), made.theme_on(agreed)
    office = made.office(agenda_theme, person)
    report = reported.report(agreed, agreed.starts_on, asked=True)
    begin = factories.start(30)
    poll = polls.create_poll(network, "Overleg", "", [(begin, begin + timedelta(hours=2))], holds=True)
    match, sent = matched.round_of(network), matched.round_of(network, title="Buddy’s najaar")
    pair = [matched.takes_part(each, factories.person(of=network)) for each in (match, match, *[sent] * 4)]
    match_rounds.keep_apart(match, pair[0].person, pair[1].person)
    matched.send(sent)
    place, *_, met = match_rounds.seats_of(sent)
    db.session.add(
        MatchMeeting(group_id=met.group_id, event=factories.event(network, title="Intervisie", confidential=True))
    )
    waits, helped = posed.question(network, person), posed.question(network, person, is_open=True)
    answered = posed.answer(helped, double, "Kijk in Best", "Groet, Piet")
    questions.close(helped, "Dat hielp", [answered.id])
    edition, held_edition = planned.edition(network), planned.published(network, title="Najaar")
    off_edition = planned.published(network, title="Winter")
    course_editions.cancel_edition(off_edition, "")
    idea = courses.create_course(network, CourseDetails("Een idee"))
    item = offered.item(network, f"Handreiking van {slug}", content=b"%PDF-1.7")
    busy = BusyDays(kind=BusyKind.OTHER, name=f"Vrij in {slug}", first_day=begin.date(), last_day=begin.date())
    hall = places.add_place(PlaceDetails(f"Raadhuis van {slug}", "Oss"), [RoomLine("Raadzaal", 40)])
    outside = OutsideCalendar(network=network, name="Partner")
    came = WalkInProposal(
        uuid=f"{next(_numbers):032x}", event_id=event.id, day=clock.today(), name="Noor", organisation="",
        mode=Mode.ON_SITE, tapped_at=clock.now(),
    )  # fmt: skip
    letter = issuing.issue_certificate(
        person, attendance_letters.facts_of_presence(event, []), network.id, event_id=event.id
    )
    enrolment = taught.completed(of=taught.edition(taught.course(network, f"Leergang van {slug}")))
    course_cert = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    setback = Setback(job="receive_mail", item=f"1:{slug}"[:60], error="ValueError")
    ask = OrganisationRequest(organisation=contact.organisation, kind=RequestKind.RENAME, new_name="Test Anders")
    log = AuditEntry(action=Action.CHANGED, subject=Subject.ORGANISATIONS)
    theme = factories.theme(f"Thema van {slug}")
    joined = theme_uses.join_themes(theme, factories.theme(f"Oud thema van {slug}"))
    asking = JoinRequest(network=network, name="Nieuw", address="nieuw@oss.example", confirmed_at=clock.now())
    written = Contact(network=network, sender=double, recipient=person, text="Koop mijn boek", reported_at=clock.now())
    stopped = WritingStop(network_id=network.id, person=double)
    twins = MergeRequest(kept=person, gone=double)
    about = measured.theme(f"Thema met cijfers van {slug}")
    agenda = measured.agenda(network, about)
    counted = measured.indicator(agenda, theme=about)
    proof = Reading(
        kind=ReadingKind.FORECAST, day=clock.today(), value=1, source="x", file_name="x.pdf", file_content=b"x"
    )
    counted.readings.append(proof)
    frozen = reported.report(agenda, agenda.starts_on)
    reported.edition(frozen, published=True).contents = freeze_contents(
        count_report(frozen, frozen.reference_day).contents
    )
    filed = published.published_report(agenda)
    db.session.add_all([picture, incoming, busy, outside, setback, ask, twins, log, asking, came, written, stopped])
    db.session.flush()
    log.change_id = log.id
    talk = contact_moments.enter_talk(
        network, Talk(ContactKind.TALK, clock.today(), [contact.organisation], people=[person]), writer
    )
    db.session.flush()
    db.session.execute(sa.insert(audit_networks).values(entry_id=log.id, network_id=network.id))
    message_writing.write_due_messages()
    return {
        "talk": talk.id, "speaker": speaking.speaker_id, "cert": letter.id, "course_cert": course_cert.id, "course_edition": enrolment.edition_id, "stuff": stuff.id,
        "course": edition.course_id, "item": item.id, "idea": idea.id, "edition": edition.id,
        "held_edition": held_edition.id, "off_edition": off_edition.id, "meeting": held_edition.meetings[1].id,
        "th": theme.id, "tj": joined.id, "setback": setback.id, "came": came.id, "join": asking.id, "written": written.id, "stopped": stopped.id, "key": key.id,
        "ask": ask.id, "twins": twins.id, "log": log.id, "match": match.id, "sent": sent.id, "apart": match_rounds.list_aparts(match)[0].id, "match_seat": place.id, "match_group": place.group_id, "met_group": met.group_id,
        "poll": poll.id, "asked": waits.id, "helped": helped.id, "answered": answered.id, "date": poll.dates[0].id, "busy": busy.id, "hall": hall.id, "outside": outside.id, "agenda": agenda.id, "indicator": counted.id, "proof": proof.id, "theme": about.id,
        "mail": mail.id, "picture": picture.id, "incoming": incoming.id,
        "n": network.slug, "e": event.slug, "p": person.id, "i": invitation.id, "a": audience.id, "w": wave.id, "own": own.id, "s": slot.id, "round": ronde.id, "q": question.id,
        "t": 2026,
        "agreed": agreed.id, "agenda_theme": agenda_theme.id, "empty_theme": empty_theme.id, "office": office.id, "report": report.id, "frozen": frozen.id, "filed": filed.id, "party": office.party_id,
        "k": card.id, "x": impression.insights[0].id, "advice": advice.id, "z": attachment.id, "v": commitment.id, "y": asked.id, "d": word.id,
        "b": double.id, "l": seats.id, "j": merge.id, "h": contact.id, "r": contact.organisation.id, "f": person.addresses[0].id,
        "m": kept.id, "o": person.positions[0].id, "g": other.grants[0].id, "c": other.id,
        "accounts": {
            "outsider": factories.account(factories.network()),
            "reader": factories.account(network, NetworkRole.READER),
            "organiser": factories.account(network),
            "admin": factories.account(admin=True),
        },
    }  # fmt: skip


@pytest.fixture
def world(app, written) -> dict:
    return written.make_once(make_world)


@pytest.mark.parametrize("role", ROLES)
def test_pages(client, world, role):
    if role != "nobody":
        sign_in(client, world["accounts"][role])
    expected = {page: statuses[ROLES.index(role)] for page, statuses in PAGES.items()}
    assert {page: client.get(page.format(**world)).status_code for page in PAGES} == expected


@pytest.fixture
def try_acts(app, monkeypatch):
    """Lets somebody in a role try acts in a world and gives the statuses; forms need no token of a page here."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def run(world: dict, role: str, acts: Iterable[str]) -> dict[str, int]:
        client = app.test_client()
        if role != "nobody":
            with client.session_transaction() as session:
                session["account"] = sessions.open_session(world["accounts"][role])
        return {act: client.post(act.format(**world)).status_code for act in acts}

    return run


@pytest.mark.parametrize("role", ROLES)
def test_acts_that_are_refused_change_nothing(world, try_acts, role):
    expected = {act: status for act, status in _expected(role).items() if status in REFUSED}
    before = everything(but={"audit_log", "account_sessions"})
    assert try_acts(world, role, expected) == expected
    assert everything(but={"audit_log", "account_sessions"}) == before


@pytest.mark.parametrize("role", ["organiser", "admin"])
def test_acts_of_who_may(world, written, try_acts, role):
    """Each in the same world, brought back, since what was done changes what can be done."""
    expected = {act: status for act, status in _expected(role).items() if status not in REFUSED}
    before, found, mailed = written.keep(), {}, {}
    last = db.session.scalar(sa.select(sa.func.max(Message.id))) or 0
    db.session.rollback()
    for act in expected:
        found |= try_acts(world, role, [act])
        if kinds := set(db.session.scalars(sa.select(Message.kind).where(Message.id > last))):
            mailed[act] = kinds
        db.session.rollback()
        written.bring_back()
        db.session.expire_all()
    assert found == expected
    assert everything() == before
    assert {act: kinds for act, kinds in mailed.items() if kinds - UNASKED.get(act, (set(), ""))[0]} == {}


def test_every_kind_of_mail_says_what_makes_it_leave():
    assert set(mail_causes.CAUSES) == set(MessageKind)


def _expected(role: str) -> dict[str, int]:
    return {act: statuses[ROLES.index(role)] for act, statuses in ACTS.items()}


def test_the_tables_name_every_page_of_organisers(app):
    routes = app.url_map.bind("leerkring.test")

    def rule(page: str, method: str) -> str:
        path = re.sub(r"{\w+}", "1", page).partition("?")[0]
        return routes.match(path, method=method, return_rule=True)[0].rule

    known = {rule(page, "GET") for page in PAGES} | {rule(page, "POST") for page in ACTS}
    rules = {each.rule for each in app.url_map.iter_rules() if each.rule.startswith("/organise")}
    assert rules - known == set()


def test_every_page_asks_at_its_door_what_the_tables_say(app):
    routes = app.url_map.bind("leerkring.test")
    wrong = {}
    for method, table in (("GET", PAGES), ("POST", ACTS)):
        for page, statuses in table.items():
            path = re.sub(r"{\w+}", "1", page).partition("?")[0]
            rule = routes.match(path, method=method, return_rule=True)[0]
            if (said := doors.page_of(rule.endpoint).needs) not in _needs(rule.rule, statuses):
                wrong[f"{method} {page}"] = said
    assert wrong == {}


def _needs(rule: str, statuses: tuple[int, ...]) -> set[Need]:
    """What a page must need to answer the roles with these; seeing people differs at a confidential event alone."""
    _, outsider, reader, organiser, _ = statuses
    if organiser == 403:
        return {Need.ADMIN}
    if "<slug>" in rule:
        assert outsider == 404
        return {Need.ORGANISE} if reader == 403 else {Need.READ, Need.PEOPLE}
    return {Need.ORGANISER} if reader == 403 else {Need.SIGNED_IN}


def test_pages_of_a_confidential_event_that_readers_may_open_have_no_people(client, world):
    db.session.query(Event).filter_by(slug=world["e"]).one().confidential = True
    sign_in(client, world["accounts"]["reader"])
    read = [page for page, statuses in PAGES.items() if "{e}" in page and statuses[2] == 200]
    answers = {page: client.get(page.format(**world)).status_code for page in read}
    assert {page for page, status in answers.items() if status != 403} == {
        "/organise/events/{e}",
        "/organise/events/{e}/waves",
        "/organise/events/{e}/waves/{w}",
    }


@pytest.mark.parametrize("role", ["reader", "organiser", "admin"])
def test_confidential_events_show_names_to_organisers_only(client, world, role):
    from app.network.models import Network

    network = db.session.query(Network).filter_by(slug="eigen").one()
    event = factories.event(network, confidential=True)
    invitation = factories.registration(event, factories.person("Anna Geheim", at="Oss", of=network)).invitation
    sign_in(client, world["accounts"][role])
    page = client.get(f"/organise/events/{event.slug}")
    detail = client.get(f"/organise/events/{event.slug}/people/{invitation.id}")
    assert (page.status_code, "Anna Geheim" in page.text, detail.status_code) == (
        (200, False, 403) if role == "reader" else (200, True, 200)
    )


def test_rows_of_another_event_cannot_be_reached_through_ones_own(client, world):
    from app.network.models import Network

    network = db.session.query(Network).filter_by(slug="eigen").one()
    elsewhere = factories.event(factories.network(), title="Elders")
    theirs = factories.invitation(elsewhere)
    slot = programme.save_slot(
        elsewhere,
        None,
        starts_at=elsewhere.starts_at,
        ends_at=None,
        title="x",
        description="",
        speakers=programme.read_speakers("Spreker"),
    )
    starts_at, ends_at = elsewhere.starts_at, elsewhere.ends_at
    theirs_round = rounds.save_round(elsewhere, None, title="x", starts_at=starts_at, ends_at=ends_at)
    question = Question(event_id=elsewhere.id, kind="text", label="x", choices=[])
    wave = factories.wave(elsewhere, to=factories.audience(elsewhere.network), state=WaveState.DRAFT)
    db.session.add(question)
    db.session.flush()
    mine = factories.event(network)
    sign_in(client, world["accounts"]["organiser"])
    for page in (
        f"people/{theirs.id}",
        f"programme/{slot.id}",
        f"speakers/{slot.speakers[0].id}",
        f"programme/rounds/{theirs_round.id}",
        f"questions/{question.id}",
        f"waves/{wave.id}",
        f"waves/{wave.id}/text/nl/preview",
    ):
        assert client.get(f"/organise/events/{mine.slug}/{page}").status_code == 404
    assert client.get(f"/organise/networks/eigen/people/{theirs.person_id}").status_code == 404


def test_readers_of_one_network_organise_another(client, app):
    one, two = factories.network(slug="een"), factories.network(slug="twee")
    account = factories.account(one, NetworkRole.READER)
    accounts.grant_role(account, two, NetworkRole.ORGANISER)
    sign_in(client, account)
    assert [client.get(f"/organise/networks/{slug}/settings").status_code for slug in ("een", "twee")] == [403, 200]


def test_nothing_comes_back_for_who_lost_the_right_meanwhile(app, client, world):
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with client.session_transaction() as session:
            session["account"] = sessions.open_session(world["accounts"]["organiser"])
        client.post("/organise/events/{e}/questions/{q}/remove".format(**world))
        grant = world["accounts"]["organiser"].grants[0]
        for role, status in ((NetworkRole.READER, 403), (None, 404)):
            with client.session_transaction() as session:
                removed = session["undo"]
            grant.role = role or NetworkRole.ORGANISER
            if role is None:
                grant.network = factories.network()
            db.session.commit()
            assert client.post("/organise/undo").status_code == status
            with client.session_transaction() as session:
                session["undo"] = removed
        assert db.session.query(Question).filter_by(id=world["q"]).count() == 0
        grant.network = db.session.query(Event).filter_by(slug=world["e"]).one().network
        db.session.commit()
        client.post("/organise/undo")
        assert db.session.query(Question).filter_by(id=world["q"]).count() == 1
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("page", ["/organise/networks/een/team", "/organise/accounts"])
def test_asking_for_an_account_that_was_closed_never_opens_it(client, app, page):
    network = factories.network(slug="een")
    closed, admin = factories.account(admin=True), factories.account(admin=True)
    closed.active = False
    sign_in(client, admin)
    answer = post(client, page, name="Kees", address=closed.email, role="reader")
    assert (answer.status_code, f"Het account van {closed.email} is afgesloten." in answer.text) == (422, True)
    assert (closed.active, closed.grants, network.id) == (False, [], network.id)


def test_who_is_given_access_gets_a_mail_that_says_what_they_may(client, app):
    network = factories.network(slug="een", name="Praktijknetwerk")
    giver = factories.account(network, name="Loes Verhoeven")
    sign_in(client, giver)
    for role, told in (("reader", "Je kunt meekijken."), ("organiser", "Je kunt sessies plannen"), ("organiser", None)):
        before = len(mails(Message.kind == "access_given"))
        post(client, "/organise/networks/een/team", name="Kees", address="kees@oss.example", role=role)
        new = mails(Message.kind == "access_given")[before:]
        assert [each.recipient for each in new] == (["kees@oss.example"] if told else [])
        if told:
            text = text_of(parsed(new[0].body))
            assert "Loes Verhoeven gaf je toegang tot het netwerk Praktijknetwerk" in text
            assert told in text


def test_who_makes_a_network_is_in_its_team(client, app):
    admin = factories.account(admin=True)
    sign_in(client, admin)
    form = {
        "name": "Nieuw netwerk",
        "slug": "nieuw",
        "letters": "NN",
        "contact_name": "team",
        "contact_address": "team@oss.example",
        "colour": "violet",
    }
    assert post(client, "/organise/networks/new", **form).status_code == 303
    assert [(grant.network.slug, grant.role) for grant in admin.grants] == [("nieuw", NetworkRole.ORGANISER)]
