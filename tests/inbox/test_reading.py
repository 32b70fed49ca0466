"""Reading a real mailbox: everything once, nothing deleted, nothing marked as read, safe after any crash."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, tokens, urls
from app.database import db
from app.inbox import imap_mailbox, mail_handling, mailbox_reading
from app.inbox.models import InboxStatus, IncomingMail, Outcome, Shape
from app.network import memberships
from app.network.models import Delivery, Membership
from app.network.people.models import DigestFrequency
from app.outbox.models import Message, MessageState
from app.setbacks import one_by_one
from app.tokens import Purpose
from tests import factories
from tests.helpers import mails, parsed, text_of, work
from tests.inbox import dovecot, letters


def _read() -> dict:
    db.session.commit()
    done = mailbox_reading.read_mailbox()
    db.session.expire_all()
    return done


def _store_all(box: imap_mailbox.Mailbox) -> None:
    for each in box.mails(box.after(0)):
        mailbox_reading._store_mail(box, each)
    db.session.commit()


def _rows() -> list[IncomingMail]:
    return list(db.session.scalars(sa.select(IncomingMail).order_by(IncomingMail.id)))


@pytest.fixture
def invitation(app):
    network = factories.network(slug="netwerk", contact_address="team@netwerk.example", contact_name="het team")
    return factories.invitation(
        factories.event(network), factories.person("Jan Jansen", of=network, address="jan@oss.example")
    )


@pytest.fixture
def reply_to(invitation) -> str:
    return urls.reply_address(tokens.make_token(Purpose.REPLY, invitation.id))


def test_mail_is_filed_by_what_became_of_it_and_stays_unread(mailbox, reply_to):
    mailbox.deliver(
        letters.human(reply_to),
        letters.accept(reply_to),
        letters.away(reply_to, text="Jan is uit dienst.\n"),
        letters.receipt(reply_to),
    )
    assert _read() == {Outcome.HANDLED: 2, Outcome.REVIEW: 2}
    assert mailbox.folders() == {"Leerkring verwerkt": 2, "Leerkring nakijken": 2}
    assert mailbox.unseen("Leerkring verwerkt") == 2
    assert _read() == {}


def test_mail_of_others_is_left_where_it_is_and_not_kept(mailbox, reply_to):
    mailbox.deliver(
        letters.human("info@oss.example"), letters.human(reply_to), letters.human("nieuwsbrief@oss.example")
    )
    assert _read() == {Outcome.HANDLED: 1}
    assert mailbox.folders() == {"INBOX": 2, "Leerkring verwerkt": 1}
    assert len(_rows()) == 1


def test_reading_goes_on_where_it_was(mailbox, reply_to):
    mailbox.deliver(letters.human("info@oss.example"))
    _read()
    mailbox.deliver(letters.human(reply_to))
    assert _read() == {Outcome.HANDLED: 1}


def test_a_human_answer_reaches_the_organisers(mailbox, invitation, reply_to):
    mailbox.deliver(letters.human(reply_to))
    _read()
    work()
    (forwarded,) = mails(Message.kind == "forwarded")
    mail = parsed(forwarded.body)
    assert (forwarded.recipient, mail["Reply-To"], mail["Subject"]) == (
        "team@netwerk.example",
        "Leerkring <jan@oss.example>",
        "Antwoord van Jan Jansen: Re: Uitnodiging",
    )
    assert "> Mag ik mijn hond meenemen?" in text_of(mail)
    attached = [part for part in mail.walk() if part.get_filename() == "mail.eml"]
    assert b"Mag ik mijn hond meenemen?" in attached[0].get_payload(decode=True)


def test_the_mail_it_answers_tells_the_network_too(mailbox, invitation):
    factories.registration(invitation.event, factories.person("Anna", address="anna@best.example"))
    work()
    ours = mails(Message.kind == "confirmed")[0]
    mailbox.deliver(letters.human("antwoord@leerkring.example", "anna@best.example", In_Reply_To=ours.message_id))
    assert _read() == {Outcome.HANDLED: 1}
    assert (_rows()[0].network_id, _rows()[0].about_id) == (invitation.event.network_id, ours.id)


def test_a_stranger_without_a_token_waits_for_somebody(mailbox, invitation):
    mailbox.deliver(letters.human("antwoord@leerkring.example", "vreemde@elders.example"))
    assert _read() == {Outcome.REVIEW: 1}
    assert (_rows()[0].reason, _rows()[0].network_id) == ("which_network", None)


def test_a_member_of_two_networks_without_a_token_waits_for_somebody(mailbox, invitation):
    memberships.join_network(invitation.person_id, factories.network().id)
    mailbox.deliver(letters.human("antwoord@leerkring.example", invitation.attendee.address))
    assert _read() == {Outcome.REVIEW: 1}
    assert (_rows()[0].reason, _rows()[0].person_id) == ("which_network", invitation.person_id)


def test_the_same_mail_at_two_of_our_addresses_is_forwarded_once(mailbox, reply_to):
    mailbox.deliver(*[letters.human(reply_to)] * 2)
    _read()
    assert len(mails(Message.kind == "forwarded")) == 1


def test_another_persons_mail_with_the_same_message_id_is_no_copy(mailbox, reply_to):
    mailbox.deliver(
        letters.human(reply_to, Message_ID="<een@oss.example>"),
        letters.human(reply_to, "ander@oss.example", Message_ID="<een@oss.example>"),
    )
    _read()
    assert len(mails(Message.kind == "forwarded")) == 2


def test_nothing_runs_in_circles(mailbox, invitation, reply_to):
    invitation.event.network.contact_address = "antwoord@leerkring.example"
    mailbox.deliver(letters.human(reply_to))
    assert _read() == {Outcome.REVIEW: 1}
    assert mails(Message.kind == "forwarded") == []


def test_out_of_office_is_no_answer_and_is_never_answered(mailbox, reply_to):
    mailbox.deliver(letters.away(reply_to))
    assert _read() == {Outcome.HANDLED: 1}
    assert (_rows()[0].reason, mails()) == ("away", [])


def test_who_has_left_is_shown_for_review(mailbox, invitation, reply_to):
    mailbox.deliver(letters.away(reply_to, text="Jan is niet meer werkzaam bij ons.\n"))
    _read()
    row = _rows()[0]
    assert (row.outcome, row.reason, row.person_id) == (Outcome.REVIEW, "has_left", invitation.person_id)


def test_a_complaint_unsubscribes(mailbox, invitation):
    factories.wave(invitation.event, to=factories.audience(invitation.event.network))
    work()
    ours = mails(Message.kind == "invitation")[0]
    mailbox.deliver(letters.complaint("leerkring@leerkring.example", ours.message_id))
    assert _read() == {Outcome.HANDLED: 1}
    assert db.session.scalars(sa.select(Membership)).one().unsubscribed_at is not None


def test_unsubscribing_by_mail_works_with_the_address_of_the_header(mailbox, invitation):
    factories.wave(invitation.event, to=factories.audience(invitation.event.network))
    work()
    header = parsed(mails(Message.kind == "invitation")[0].body)["List-Unsubscribe"]
    address = header.partition("mailto:")[2].partition("?")[0]
    mailbox.deliver(letters.human(address, Subject="unsubscribe"))
    assert _read() == {Outcome.HANDLED: 1}
    assert db.session.scalars(sa.select(Membership)).one().unsubscribed_at is not None


def test_the_digest_stops_by_mail_too(mailbox, invitation):
    person = invitation.person
    address = urls.reply_address(tokens.make_token(Purpose.DIGEST_STOP, person.id, person.preferences_version))
    mailbox.deliver(letters.human(address, Subject="unsubscribe"))
    _read()
    membership = db.session.scalars(sa.select(Membership)).one()
    assert (person.digest, membership.delivery, membership.unsubscribed_at) == (
        DigestFrequency.NEVER,
        Delivery.AT_ONCE,
        None,
    )
    assert len(mails(Message.kind == "digest_stopped")) == 1


def test_folders_are_made_under_the_prefix_that_the_server_wants(app, reply_to):
    with dovecot.running(prefix="INBOX.") as server:
        app.config["INBOX_URL"] = server.url
        try:
            server.deliver(letters.human(reply_to))
            assert (_read(), server.folders()) == ({Outcome.HANDLED: 1}, {"INBOX.Leerkring verwerkt": 1})
        finally:
            app.config["INBOX_URL"] = None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'1 (UID 7 INTERNALDATE "28-Nov-2026 09:00:00 +0100" RFC822.SIZE 3 BODY[HEADER] {3}', b")"),
        (b"1 (BODY[HEADER] {3}", b' RFC822.SIZE 3 INTERNALDATE "28-Nov-2026 09:00:00 +0100" UID 7)'),
        (b"1 (RFC822.SIZE 3 UID 7 BODY[HEADER] {3}", b' INTERNALDATE "28-Nov-2026 09:00:00 +0100")'),
    ],
)
def test_a_server_may_answer_in_any_order(before, after):
    found = imap_mailbox._fetched_mail(before + b" " + after, b"abc")
    assert found == imap_mailbox.FetchedMail(7, clock.utc_moment(date(2026, 11, 28), time(9)), 3, b"abc")


def test_an_answer_that_is_not_understood_is_trouble_and_not_a_mail_that_was_looked_at():
    with pytest.raises(imap_mailbox.TROUBLE):
        imap_mailbox._fetched_mail(b"1 (BODY[HEADER] {3}", b"abc")


def test_an_address_that_was_withdrawn_stops_no_digest(mailbox, invitation):
    person = invitation.person
    address = urls.reply_address(tokens.make_token(Purpose.DIGEST_STOP, person.id, person.preferences_version))
    person.preferences_version += 1
    mailbox.deliver(letters.human(address, Subject="unsubscribe"))
    assert _read() == {Outcome.REVIEW: 1}
    assert person.digest != DigestFrequency.NEVER


class TestCrashes:
    """Whatever stops between storing, handling and filing, the next reader goes on from there."""

    def test_between_storing_and_handling(self, mailbox, reply_to):
        mailbox.deliver(letters.human(reply_to))
        db.session.commit()
        db.session.add(InboxStatus(id=1))
        db.session.commit()
        with imap_mailbox.open_mailbox() as box:
            mailbox_reading._last_uid_seen(box)
            _store_all(box)
        assert [row.outcome for row in _rows()] == [Outcome.NEW]
        assert _read() == {Outcome.HANDLED: 1}
        _read()
        assert (mailbox.folders(), len(mails(Message.kind == "forwarded"))) == ({"Leerkring verwerkt": 1}, 1)

    def test_between_handling_and_filing(self, mailbox, reply_to):
        mailbox.deliver(letters.human(reply_to))
        db.session.add(InboxStatus(id=1))
        db.session.commit()
        with imap_mailbox.open_mailbox() as box:
            mailbox_reading._last_uid_seen(box)
            _store_all(box)
            mailbox_reading.handle_stored_mails()
        assert mailbox.folders() == {"INBOX": 1}
        assert _read() == {}
        assert mailbox.folders() == {"Leerkring verwerkt": 1}

    def test_a_reader_that_died_lets_go(self, mailbox, reply_to):
        mailbox.deliver(letters.human(reply_to))
        db.session.add(InboxStatus(id=1, claimed_by="dood-1", claimed_until=clock.now() + timedelta(minutes=4)))
        assert _read() == {}
        with time_machine.travel(clock.now() + timedelta(minutes=5)):
            assert _read() == {Outcome.HANDLED: 1}

    def test_one_mail_that_cannot_be_handled_does_not_stop_the_rest(self, mailbox, reply_to):
        broken = letters.human(reply_to)
        mailbox.deliver(broken, letters.receipt(reply_to))
        db.session.commit()
        kept = mail_handling._SHAPES[Shape.HUMAN]
        mail_handling._SHAPES[Shape.HUMAN] = lambda *_: 1 / 0
        try:
            assert _read() == {Outcome.REVIEW: 1, Outcome.HANDLED: 1}
        finally:
            mail_handling._SHAPES[Shape.HUMAN] = kept
        assert [row.reason for row in _rows()] == ["unreadable", "receipt"]

    @pytest.mark.parametrize("where", ["Subject", "From", "References"])
    @pytest.mark.parametrize(
        "poison", ["=?utf-8?B?abcde?=", "=?utf-7?Q?+2AA-?=", "=?utf-8?Q?a=00b?=", "=?x-niets?Q?a?=", "\x00\xff\xfe"]
    )
    def test_no_header_stops_the_mailbox(self, mailbox, reply_to, where, poison):
        value = f"{poison} <jan@oss.example>" if where == "From" else poison
        mailbox.deliver(letters.human(reply_to, **{where: value}), letters.receipt(reply_to))
        done = _read()
        assert (sum(done.values()), _rows()[-1].reason) == (2, "receipt")
        assert [each.item for each in one_by_one.list_setbacks()] == []

    def test_a_mail_that_cannot_be_kept_is_tried_again_and_not_passed_over(self, mailbox, reply_to, monkeypatch):
        mailbox.deliver(letters.human(reply_to), letters.receipt(reply_to))
        keep = mailbox_reading._store_mail
        monkeypatch.setattr(
            mailbox_reading, "_store_mail", lambda box, each: 1 / (each.uid != first) and keep(box, each)
        )
        with mailbox.open() as box:
            first = min(map(int, box.uids()))
        assert (_read(), _read()) == ({Outcome.HANDLED: 1}, {})
        assert [(each.job, each.item.partition(":")[2]) for each in one_by_one.list_setbacks()] == [
            ("receive_mail", str(first))
        ]
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            assert (_read(), [each.tries for each in one_by_one.list_setbacks()]) == ({}, [2])
        monkeypatch.undo()
        with time_machine.travel(clock.now() + timedelta(minutes=20)):
            assert (_read(), one_by_one.list_setbacks()) == ({Outcome.HANDLED: 1}, [])

    def test_a_folder_that_cannot_be_made_stops_no_reading(self, mailbox, reply_to, monkeypatch):
        monkeypatch.setitem(mailbox_reading.FOLDERS, Outcome.HANDLED, "INBOX/\x07/onmogelijk")
        mailbox.deliver(*[letters.human(reply_to, Message_ID=f"<{number}@oss.example>") for number in range(25)])
        assert (_read(), [each.job for each in one_by_one.list_setbacks()]) == ({Outcome.HANDLED: 25}, ["file_mail"])

    def test_renumbering_reads_nothing_twice(self, mailbox, invitation, reply_to):
        mailbox.deliver(letters.human(reply_to, Message_ID="<een@oss.example>"))
        _read()
        with mailbox.open() as box:
            box.folder.set("Leerkring verwerkt")
            box.move(box.uids(), "INBOX")
        mailbox.renumber()
        mailbox.deliver(letters.human(reply_to, Message_ID="<twee@oss.example>"))
        assert _read() == {Outcome.HANDLED: 1}
        assert len(mails(Message.kind == "forwarded")) == 2


class TestLimits:
    def test_only_the_first_part_of_a_huge_mail_is_fetched(self, mailbox, reply_to):
        huge = letters.human(reply_to).replace(b"hond", b"h" * (20 * 1024 * 1024))
        mailbox.deliver(huge)
        assert _read() == {Outcome.HANDLED: 1}
        assert len(db.session.scalar(sa.select(IncomingMail.content))) == imap_mailbox.MOST_CONTENT

    def test_thousands_of_other_mails_are_passed_over(self, mailbox, reply_to):
        other = letters.human("nieuwsbrief@oss.example")
        with mailbox.open() as box:
            for _ in range(450):
                box.append(other, "INBOX")
        mailbox.deliver(letters.human(reply_to))
        assert _read() == {Outcome.HANDLED: 1}
        assert mailbox.folders() == {"INBOX": 450, "Leerkring verwerkt": 1}

    def test_what_was_there_long_before_is_left_alone(self, mailbox, reply_to):
        old = clock.now() - timedelta(days=10)
        with mailbox.open() as box:
            box.append(letters.human(reply_to), "INBOX", dt=old)
        assert _read() == {}
        assert mailbox.folders() == {"INBOX": 1}

    @pytest.mark.parametrize(
        "content",
        [
            b"\r\n",
            b"From: \xff\xfe\r\nTo: antwoord@leerkring.example\r\n\r\n\xff\xfe\x00",
            b"To: antwoord@leerkring.example\r\nContent-Type: multipart/mixed\r\n\r\ngeen grens",
            b"To: antwoord@leerkring.example\r\nContent-Type: text/plain; charset=onbekend\r\n\r\nx",
            b"To: antwoord@leerkring.example\r\nContent-Type: message/rfc822\r\n\r\n",
            b"To: antwoord@leerkring.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n--b--",
        ],
    )
    def test_odd_mail_breaks_nothing(self, mailbox, content):
        mailbox.deliver(content)
        assert sum(_read().values()) <= 1


class TestTrouble:
    def test_a_mailbox_that_is_down_is_said_and_tried_again(self, app, mailbox, reply_to):
        mailbox.deliver(letters.human(reply_to))
        app.config["INBOX_URL"] = "imap://postbus:geheim@127.0.0.1:1/INBOX"
        assert _read() == {}
        state = mailbox_reading.mailbox_status()
        assert ("ConnectionRefusedError" in state.trouble, state.trouble_since is not None) == (True, True)
        app.config["INBOX_URL"] = mailbox.url
        assert _read() == {Outcome.HANDLED: 1}
        assert (mailbox_reading.mailbox_status().trouble, mailbox_reading.mailbox_status().read_at is not None) == (
            "",
            True,
        )

    def test_a_wrong_password_is_said_without_saying_it(self, app, mailbox):
        app.config["INBOX_URL"] = mailbox.url.replace("geheim", "verkeerd")
        _read()
        assert (
            "verkeerd" in mailbox_reading.mailbox_status().trouble,
            mailbox_reading.mailbox_status().trouble != "",
        ) == (False, True)

    def test_without_a_mailbox_nothing_is_read(self, app):
        assert mailbox_reading.read_mailbox() == {}


def test_incoming_mail_sends_nothing_by_itself(mailbox, reply_to):
    """Reports, receipts, automatic replies and complaints are never answered (RFC 3834 section 2)."""
    mailbox.deliver(
        letters.report(reply_to),
        letters.receipt(reply_to),
        letters.away(reply_to),
        letters.complaint(reply_to, "<x@y>"),
    )
    _read()
    assert db.session.scalar(sa.select(sa.func.count()).where(Message.state != MessageState.SENT)) == 0
