"""The set-up check of sending: SPF, DKIM, DMARC from a name server of our own, and a way out and back that is really walked."""

import base64
from contextlib import contextmanager

import dkim
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dnslib import QTYPE, RR, TXT
from dnslib.server import BaseResolver, DNSServer

from app.database import db, only_reading
from app.inbox import mailbox_reading
from app.network.people.models import Person
from app.outbox import delivery, dkim_signing, message_queue
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.upkeep import mail_tests, sender_check, setup_check
from tests.inbox import dovecot, letters
from tests.outbox.sink import Sink, listening, mail_server

pytestmark = pytest.mark.one_database

DOMAIN = "leerkring.example"
GOOD = {
    DOMAIN: "v=spf1 ip4:192.0.2.1 -all",
    f"_dmarc.{DOMAIN}": f"v=DMARC1; p=reject; rua=mailto:dmarc@{DOMAIN}",
    f"lk._domainkey.{DOMAIN}": "v=DKIM1; k=rsa; p=MIIB",
}


class _Names(BaseResolver):
    def __init__(self, records: dict[str, str]):
        self.records = records

    def resolve(self, request, handler):
        reply = request.reply()
        name = str(request.q.qname).rstrip(".").lower()
        if name in self.records:
            if request.q.qtype == QTYPE.TXT:
                text = self.records[name]
                pieces = [text[start : start + 250].encode() for start in range(0, len(text), 250)]
                reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT(pieces), ttl=1))
        else:
            reply.header.rcode = 3
        return reply


@pytest.fixture
def names(app):
    """A name server that the application asks; the test fills in what it knows."""
    resolver = _Names(dict(GOOD))
    server = DNSServer(resolver, port=0, address="127.0.0.1")
    server.start_thread()
    with _set(app, DNS_SERVERS=(("127.0.0.1", server.server.server_address[1]),), MAIL_SERVER="127.0.0.1"):
        yield resolver.records
    server.stop()
    server.server.server_close()


@contextmanager
def _set(app, **values):
    kept = {name: app.config[name] for name in values}
    app.config.update(values)
    try:
        yield
    finally:
        app.config.update(kept)


def _look(name: str) -> sender_check.Finding:
    with only_reading():
        return next(finding for finding in sender_check.check_sender() if finding.name == name)


def test_a_good_domain_is_well(app, names):
    with _set(app, MAIL_DKIM_SELECTOR="lk"):
        found = {finding.name: finding.well for finding in sender_check.check_sender()}
    assert (found["spf"], found["dkim"], found["dmarc"], found["clock"]) == (True, True, True, True)


@pytest.mark.parametrize(
    ("name", "record", "value", "advice"),
    [
        ("spf", DOMAIN, None, "TXT-record"),
        ("spf", DOMAIN, "v=spf1 ip4:192.0.2.1 ?all", "~all of -all"),
        ("spf", DOMAIN, "v=spf1 ip4:geen-adres -all", "TXT-record"),
        ("dmarc", f"_dmarc.{DOMAIN}", None, "TXT-record"),
        ("dmarc", f"_dmarc.{DOMAIN}", f"v=DMARC1; p=none; rua=mailto:dmarc@{DOMAIN}", "quarantine of reject"),
        ("dkim", f"lk._domainkey.{DOMAIN}", None, "publieke sleutel"),
        ("dkim", f"lk._domainkey.{DOMAIN}", "v=DKIM1; p=", "geen sleutel meer"),
    ],
)
def test_what_is_wrong_says_what_to_do(app, names, name, record, value, advice):
    if value is None:
        del names[record]
    else:
        names[record] = value
    with _set(app, MAIL_DKIM_SELECTOR="lk"):
        finding = _look(name)
    assert (finding.well, advice in finding.advice) == (False, True)


def test_a_name_server_that_does_not_answer_is_no_crash(app, monkeypatch):
    monkeypatch.setattr(sender_check, "DNS_SECONDS", 0.2)
    with _set(app, DNS_SERVERS=(("127.0.0.1", 1),), MAIL_SERVER="127.0.0.1"):
        assert [_look(name).well for name in ("spf", "dmarc")] == [False, False]


def test_without_a_mail_server_there_is_nothing_to_check(app):
    assert sender_check.check_sender() == []


@pytest.fixture
def key(tmp_path):
    """A DKIM key, as a file and as the record that belongs in the DNS."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return path, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


class TestSigning:
    def _signed(self, app, path) -> bytes:
        letter = Letter("Onderwerp met é", "<p>Hallo</p>", "Hallo\n")
        mail = Mail(
            letter, "jan@oss.example", "Jan", "Leerkring", unsubscribe_url="https://x.example/u", list_name="n Netwerk"
        )
        with _set(app, MAIL_DKIM_KEY=path, MAIL_DKIM_SELECTOR="lk"):
            row = message_queue.plan_finished_mail(mail, "test")
        db.session.flush()
        return row.body

    def test_an_independent_reader_finds_the_signature_good(self, app, key):
        path, record = key
        content = self._signed(app, path)
        assert dkim.verify(content, dnsfunc=lambda name, timeout=5: record.encode())

    def test_both_unsubscribe_headers_are_signed(self, app, key):
        head = self._signed(app, key[0]).partition(b"\r\nFrom:")[0]
        assert b"list-unsubscribe : list-unsubscribe-post" in head.replace(b"\r\n ", b" ")

    def test_a_changed_subject_breaks_it(self, app, key):
        path, record = key
        content = self._signed(app, path).replace(b"Subject: ", b"Subject: x")
        assert not dkim.verify(content, dnsfunc=lambda name, timeout=5: record.encode())

    def test_the_check_compares_key_and_record(self, app, names, key):
        path, record = key
        with _set(app, MAIL_DKIM_KEY=path, MAIL_DKIM_SELECTOR="lk"):
            assert (dkim_signing.fits_dkim_record(record), _look("dkim").well) == (True, False)
            names[f"lk._domainkey.{DOMAIN}"] = record
            assert _look("dkim").well


class TestMailServer:
    def test_its_size_and_encryption_are_looked_at(self, app):
        with listening(Sink()) as port, mail_server(app, port):
            found = {finding.name: finding for finding in setup_check.check_everything()}
        assert [found[name].well for name in ("mail server", "mail server tls", "mail size")] == [True, True, True]

    def test_one_elsewhere_without_encryption_is_not_well(self, app):
        assert not setup_check._check_tls("mail.gemeente.example").well

    @pytest.mark.parametrize(("size", "well"), [("33554432", True), ("100000", False), ("", True), ("0", True)])
    def test_small_limits_are_said(self, app, size, well):
        assert setup_check._check_size({"size": size}).well is well


class TestOutAndBack:
    """A mail server that puts what it gets into the mailbox, as a real one would, signed, and bounces the unknown."""

    @pytest.fixture
    def walked(self, app):
        with dovecot.running() as mailbox, _set(app, INBOX_URL=mailbox.url):
            sink = Sink()
            with listening(sink) as port, mail_server(app, port):
                test = mail_tests.start_mail_test()
                db.session.commit()
                delivery.deliver_due_messages()
                yield test, mailbox, sink

    def _carry(self, mailbox, sink, signed: bytes) -> None:
        received = b"Received: from leerkring by mx; Wed, 25 Nov 2026 09:00:30 +0000\r\n"
        for envelope in sink.envelopes:
            if envelope.rcpt_tos[0].startswith("bestaat-niet"):
                mailbox.deliver(letters.report(envelope.mail_from))
            else:
                content = received + signed + envelope.content
                mailbox.deliver(
                    content.replace(b"\r\nDate: ", b"\r\nX-Date: ").replace(b"\r\nX-Date: ", b"\r\nDate: ", 1)
                )

    def test_both_come_back_and_say_who_signed(self, app, walked):
        test, mailbox, sink = walked
        self._carry(mailbox, sink, b"DKIM-Signature: v=1; a=rsa-sha256; d=leerkring.example; s=lk; b=x\r\n")
        mailbox_reading.read_mailbox()
        db.session.expire_all()
        found = {finding.name: finding.well for finding in sender_check.sender_mail_test_findings()}
        assert found == {"test mail": True, "test bounce": True, "test calendars": True, "alignment": True}
        assert (test.dkim_domain, mail_tests.is_mail_test_waiting(test)) == (DOMAIN, False)

    def test_somebody_elses_signature_is_not_enough(self, app, walked):
        _, mailbox, sink = walked
        self._carry(mailbox, sink, b"DKIM-Signature: v=1; d=provider.example; s=lk; b=x\r\n")
        mailbox_reading.read_mailbox()
        db.session.expire_all()
        finding = next(each for each in sender_check.sender_mail_test_findings() if each.name == "alignment")
        assert (finding.well, "leerkring.example" in finding.advice) == (False, True)

    def test_what_does_not_come_back_is_said_after_a_while(self, app, walked):
        test, _, _ = walked
        assert [finding.detail for finding in sender_check.sender_mail_test_findings()] == ["onderweg"] * 3
        with time_machine.travel(test.started_at + mail_tests.PATIENCE):
            assert {finding.name: finding.well for finding in sender_check.sender_mail_test_findings()} == {
                "test mail": False,
                "test bounce": False,
                "test calendars": False,
            }

    def test_a_mailbox_that_hands_out_links_for_calendars_is_found_out(self, app, walked):
        """Exchange gives no calendar until it is told to for that mailbox."""
        test, mailbox, sink = walked
        for envelope in sink.envelopes:
            envelope.content = envelope.content.replace(b"text/calendar", b"text/x-link").replace(
                b"application/ics", b"text/x-link"
            )
            envelope.content = envelope.content.replace(b"invite.ics", b"invite.txt")
        self._carry(mailbox, sink, b"DKIM-Signature: v=1; d=leerkring.example; s=lk; b=x\r\n")
        mailbox_reading.read_mailbox()
        db.session.expire_all()
        assert mail_tests.is_mail_test_waiting(test)
        with time_machine.travel(test.started_at + mail_tests.PATIENCE):
            finding = next(each for each in sender_check.sender_mail_test_findings() if each.name == "test calendars")
        assert (finding.well, "ImapForceICalForCalendarRetrievalOption" in finding.advice) == (False, True)

    def test_a_test_leaves_no_trace_of_people(self, app, walked):
        assert db.session.query(Person).count() == 0
