"""Two people of one mailbox in one session: each has an invitation, a seat, a line in the calendar and mail of their own."""

import pytest

from app.database import db
from app.inbox import calendar_replies, itip, mail_parsing, mail_shapes
from app.inbox.models import Doubt
from app.invitations import inviting
from app.invitations.models import Answer, Invitation
from app.network import memberships, unsubscribing
from app.network.people import mail_addresses, people
from app.outbox.models import Message
from app.registration import answers
from tests import factories as make
from tests.helpers import links_in, mail_to, mails, parsed, post, text_of, vevent_of, work
from tests.inbox import answers as sent
from tests.inbox.answers import Request

GRIFFIE = "griffie@oss.example"


@pytest.fixture
def network(app):
    return make.network(slug="netwerk", contact_address="team@netwerk.example")


@pytest.fixture
def event(network):
    return make.event(network, seats_on_site=2)


@pytest.fixture
def two(event) -> list[Invitation]:
    found = []
    for name in ("Jan Peters", "Karin Smulders"):
        person = people.find_or_add_person(name, GRIFFIE)
        db.session.flush()
        memberships.join_network(person.id, event.network_id)
        found.append(make.invitation(event, person))
    return found


def _read(content: bytes) -> tuple[itip.CalendarMail, object]:
    db.session.commit()
    mail = mail_parsing.parse_mail(content)
    return itip.read_calendar_mail(mail_shapes.calendar_answer_text(mail)), mail


def _asked(invitation: Invitation) -> Request:
    inviting.plan_invitation_again(invitation)
    work()
    return Request.of(mail_to(invitation.person, "invitation"))


class TestTwoOfOneMailbox:
    def test_each_answers_by_an_own_link_and_has_a_seat_greeting_and_line_in_the_calendar(self, client, two):
        jan, karin = two
        asked = [_asked(each) for each in two]
        letters = [mail_to(each.person, "invitation") for each in two]
        assert [mail["To"].count(GRIFFIE) for mail in letters] == [1, 1]
        assert ["Dag Jan" in text_of(letters[0]), "Dag Karin" in text_of(letters[1])] == [True, True]
        assert "Deze mail is voor Karin Smulders" in text_of(letters[1])
        assert len({each.uid for each in asked}) == 2
        page = next(link for link in links_in(letters[0]) if link.startswith("/i/"))
        post(client, page.partition("?")[0], answer="on_site")
        db.session.expire_all()
        assert [each.answer for each in two] == [Answer.YES, None]
        confirmed = vevent_of(mail_to(jan.person, "confirmed"))
        assert str(confirmed["UID"]) == asked[0].uid
        answers.accept_invitation(karin, karin.event.modes[0])
        assert str(vevent_of(mail_to(karin.person, "confirmed"))["UID"]) == asked[1].uid

    def test_of_a_calendars_answer_the_secret_address_decides_and_then_the_uid(self, two):
        jan, _karin = two
        asked = [_asked(each) for each in two]
        for invitation, request in zip(two, asked, strict=True):
            answer, mail = _read(sent.bare(request, "ACCEPTED"))
            assert calendar_replies.invitation_of_reply(answer, mail, None) == (invitation, None)
        mixed = Request(asked[1].uid, *list(vars(asked[0]).values())[1:])
        answer, mail = _read(sent.bare(mixed, "ACCEPTED"))
        assert calendar_replies.invitation_of_reply(answer, mail, None) == (jan, Doubt.OTHER_EVENT)

    def test_who_moves_to_a_mailbox_gets_an_own_line_there_and_answers_from_the_old_one_count(self, network, event):
        els = make.person("Els Bakker", address="els@oss.example", of=network)
        jan = make.person("Jan Peters", address="jan@oss.example", of=network)
        hers, his = make.invitation(event, els), make.invitation(event, jan)
        old = _asked(his)
        mail_addresses.set_address(jan, "els@oss.example", through=True)
        assert _asked(his).uid != old.uid == _asked(hers).uid
        answer, mail = _read(sent.bare(old, "ACCEPTED"))
        assert calendar_replies.invitation_of_reply(answer, mail, None) == (his, None)

    def test_without_the_secret_address_the_uid_tells_who_it_is(self, two):
        _, karin = two
        request = _asked(karin)
        assert calendar_replies.invitations_of_uid(request.uid.lower(), GRIFFIE) == [karin]
        assert calendar_replies.invitations_of_uid(karin.event.uid.lower(), GRIFFIE) == []

    def test_who_stops_mail_stops_it_for_themselves(self, two):
        jan, karin = (each.person for each in two)
        unsubscribing.stop_mail(jan.memberships[0])
        db.session.flush()
        assert [jan.memberships[0].gets_mail, karin.memberships[0].gets_mail] == [False, True]

    def test_a_wave_goes_to_each_of_them(self, event, two):
        for each in two:
            db.session.delete(each)
        db.session.flush()
        wave = make.wave(event, to=make.audience(event.network))
        work()
        told = mails(Message.wave_id == wave.id)
        assert [each.recipient for each in told] == [GRIFFIE, GRIFFIE]
        assert len({str(vevent_of(parsed(each.body))["UID"]) for each in told}) == 2
