"""The pages of letters of attendance: what an organiser, a participant and a stranger see and press."""

import io
import re
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest

from app import clock
from app.attendance import closing, presence
from app.certificates import attendance_letters, issuing, letter_mails
from app.certificates.models import Certificate, WithdrawnBecause
from app.database import db
from app.events.models import Mode
from app.extensions import limiter
from app.invitations import invitation_links
from tests import factories
from tests.certificates import held
from tests.helpers import html_of, mail_to, mails, post, sign_in, text_of, work

pytestmark = pytest.mark.one_database


@pytest.fixture
def event(app):
    network = factories.network(name="Digitale Transformatie", signatory_name="Ans Peeters", signatory_function="Hoofd")
    return held.session(of=network, title="Datagedreven werken")


@pytest.fixture
def desk(client, event):
    sign_in(client, factories.account(event.network))
    return client


def _own(invitation, rest: str = "") -> str:
    return f"{invitation_links.link_to_invitation(invitation).partition('leerkring.test')[2]}/certificate{rest}"


def _page(event, rest: str = "") -> str:
    return f"/organise/events/{event.slug}/attendance{rest}"


def _text_of_pdf(content: bytes) -> str:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return " ".join(" ".join(pages).split())


def _alternatives(pdf: pikepdf.Pdf) -> list[str]:
    """What is read aloud for each picture."""
    return [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]


def _flowing(mail) -> str:
    return " ".join(text_of(mail).split())


def _letter(event, name: str = "Sanne de Vries", **values):
    invitation = held.visitor(event, name, **values)
    held.closed(event)
    letter = attendance_letters.issue_letter(invitation)
    db.session.commit()
    return invitation, letter


def test_an_organiser_closes_the_attendance_and_sees_who_will_get_one(desk, event):
    held.visitor(event)
    held.expected(event, "Jan Jansen")
    db.session.commit()

    before = desk.get(_page(event)).text
    assert "1 persoon was er en krijgt een bewijs" in before
    assert "Van 1 persoon weten we het niet" in before
    assert "Jan Jansen" in before
    after = post(desk, _page(event, "/close"), page=_page(event)).get_data(as_text=True)

    assert closing.closing_of(event) is not None, after
    shown = desk.get(_page(event)).text
    assert "Loes Verhoeven sloot de aanwezigheid af" in shown
    assert "Mail het bewijs aan 1 persoon" in shown


def test_whoever_was_there_makes_it_on_their_own_page_and_downloads_it(client, event):
    sanne = held.visitor(event)
    db.session.commit()
    assert "Er is nog geen bewijs van deelname" in client.get(_own(sanne)).text
    held.closed(event)
    db.session.commit()

    page = client.get(_own(sanne)).text
    assert "Maak mijn bewijs van deelname" in page
    assert db.session.query(Certificate).count() == 0, "looking makes nothing"
    assert client.get(_own(sanne, ".pdf")).status_code == 303
    post(client, _own(sanne), page=_own(sanne))

    letter = db.session.query(Certificate).one()
    assert letter.number in client.get(f"/my/{event.slug}/certificate").text
    answer = client.get(_own(sanne, ".pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=bewijs-{letter.number}.pdf"
    text = _text_of_pdf(answer.data)
    for said in ("Sanne de Vries", "Datagedreven werken", "3 uur", "Stadhuis, Oosterhout", "Ans Peeters", "Hoofd"):
        assert said in text
    assert letter.number in text
    assert f"/check/{letter.number}" in text


def test_the_pdf_can_be_read_aloud_in_the_language_of_its_reader(client, event):
    invitation, _ = _letter(event, language="en")

    content = client.get(_own(invitation, ".pdf")).data

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert _alternatives(pdf) == ["Code with the address to check this proof"]
    text = _text_of_pdf(content)
    assert "Proof of attendance" in text
    assert "3 hours" in text
    assert "Bewijs" not in text


def test_who_was_not_there_finds_no_letter_and_makes_none(client, event):
    held.visitor(event)
    jan = held.expected(event, "Jan Jansen")
    held.closed(event)
    db.session.commit()

    assert "Je staat niet op de lijst" in client.get(_own(jan)).text
    post(client, _own(jan), page="/sign-in")
    assert db.session.query(Certificate).count() == 0


def test_the_page_of_a_session_leads_to_the_letter_once_it_can_be_had(client, event):
    sanne = held.visitor(event)
    db.session.commit()
    page = _own(sanne).removesuffix("/certificate")
    assert "/certificate" not in client.get(page).text
    held.closed(event)
    db.session.commit()
    assert _own(sanne) in client.get(page).text


def test_somebody_asks_for_another_name_and_gets_it_under_the_same_number(client, event, app):
    invitation, letter = _letter(event)
    number = letter.number
    wrong = post(client, _own(invitation, "/name"), page=_own(invitation), name="www.reclame.example")
    assert wrong.status_code == 422
    post(client, _own(invitation, "/name"), page=_own(invitation), name="Sanne de Vries-Bos")
    work()
    asked = next(each for each in mails() if each.kind == "certificate_name")
    assert asked.recipient == event.network.contact_address
    assert "Sanne" not in asked.finished.content.decode()
    assert "Je vroeg om deze naam: Sanne de Vries-Bos" in client.get(_own(invitation)).text

    desk = app.test_client()
    sign_in(desk, factories.account(event.network))
    page = _page(event, f"/letters/{letter.id}")
    shown = desk.get(page).text
    assert "Gevraagd is om deze naam: Sanne de Vries-Bos." in shown
    assert 'value="Sanne de Vries-Bos"' in shown
    post(desk, page, page=page, name="Sanne de Vries-Bos")
    work()

    mail = mail_to(invitation.person, "certificate")
    assert text_of(mail).startswith("Dag Sanne,")
    assert "opnieuw gemaakt" in _flowing(mail)
    files = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    text = _text_of_pdf(files[0].get_payload(decode=True))
    assert "Sanne de Vries-Bos" in text
    assert number in text
    assert "versie 2" in text


def test_everybody_is_mailed_theirs_when_that_was_chosen(desk, event):
    sanne, jan = held.visitor(event), held.visitor(event, "Jan Jansen")
    held.expected(event, "Kees Bakker")
    walked_in = presence.check_in_walk_in(event, "Zonder Adres", None).attendance.invitation
    db.session.commit()
    post(desk, _page(event, "/close"), page=_page(event), mails_letters="y")
    assert "worden nu gemaakt en gemaild" in desk.get(_page(event)).text
    assert letter_mails.send_wanted_letters() == 3
    work()
    assert letter_mails.send_wanted_letters() == 0

    sent = [each for each in mails() if each.kind == "certificate"]
    assert {each.person_id for each in sent} == {sanne.person_id, jan.person_id}
    assert not any(each.counts for each in sent)
    assert "Zonder Adres" in {each.newest.name for each in db.session.query(Certificate)}
    mail = mail_to(sanne.person, "certificate")
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == [
        f"bewijs-{attendance_letters.letter_of_invitation(sanne).number}.pdf"
    ]
    assert "certificate" in html_of(mail)
    db.session.expire_all()
    assert closing.closing_of(event).mailed_at
    assert "heeft het bewijs" in desk.get(_page(event)).text
    assert walked_in.address is None


def test_withdrawn_it_is_told_to_its_person_and_can_be_undone(desk, event, app):
    invitation, letter = _letter(event)
    page = _page(event, f"/letters/{letter.id}")
    assert post(desk, f"{page}/withdraw", page=page).status_code == 422
    post(desk, f"{page}/withdraw", page=page, because="not_there")
    work()

    told = _flowing(mail_to(invitation.person, "certificate_withdrawn"))
    assert "De aanwezigheid was een vergissing" in told
    visitor = app.test_client()
    assert "Je bewijs geldt niet meer" in visitor.get(_own(invitation)).text
    assert visitor.get(_own(invitation, ".pdf")).status_code == 303
    assert "ingetrokken" in desk.get(_page(event)).text
    post(desk, "/organise/undo", page=_page(event))
    work()

    db.session.expire_all()
    assert db.session.get(Certificate, letter.id).withdrawn_at is None
    assert mail_to(invitation.person, "certificate")


def test_a_withdrawal_undone_at_once_is_mailed_to_nobody(desk, event):
    _invitation, letter = _letter(event)
    page = _page(event, f"/letters/{letter.id}")
    post(desk, f"{page}/withdraw", page=page, because="not_there")
    post(desk, f"{page}/restore", page=page)
    work()

    assert [each.kind for each in mails() if each.sent_at] == ["confirmed"]


def test_after_reopening_the_letters_that_would_change_stand_apart(desk, event):
    invitation, _ = _letter(event)
    post(desk, _page(event, "/open"), page=_page(event))
    presence.undo_check_in(invitation)
    db.session.commit()

    shown = desk.get(_page(event)).text

    assert "Kloppen niet meer met de aanwezigheid" in shown
    assert "staat niet meer als aanwezig" in shown


def test_one_person_is_given_theirs(desk, event):
    sanne = held.visitor(event)
    held.visitor(event, "Jan Jansen")
    held.closed(event)
    db.session.commit()
    post(desk, _page(event, f"/people/{sanne.id}"), page=_page(event))
    work()

    assert [each.person_id for each in mails() if each.kind == "certificate"] == [sanne.person_id]


def test_anybody_checks_a_number(client, event):
    _, letter = _letter(event)
    typed = letter.number.lower().replace("-", " ")

    answer = post(client, "/check", page="/check", number=typed)

    assert answer.headers["Location"] == f"/check/{letter.number}"
    page = client.get(f"/check/{letter.number}").text
    for said in ("Dit bewijs is echt", "Datagedreven werken", "3 uur", "S. d. V."):
        assert said in page
    for unsaid in ("Sanne", "Vries", "Digitale Transformatie", "Oosterhout", "Ans Peeters"):
        assert unsaid not in page
    assert client.get(f"/check/{letter.number.lower().replace('-', '')}").status_code == 200


def test_a_number_of_none_and_what_is_no_number_are_answered_alike(client, event):
    _letter(event)

    def told(number):
        answer = client.get(f"/check/{number}")
        return answer.status_code, re.sub(r'value="[^"]*"|href="[^"]*"', "", answer.text)

    foreign = told("AAAA-AAAA-AAAA-AAAA")
    assert foreign[0] == 404
    assert "Dit nummer kennen we niet" in foreign[1]
    for other in ("0", "niets", "é", "A" * 300):
        assert told(other) == foreign


@pytest.fixture
def limited(app):
    """Limits count, as they do on a site."""
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def test_who_tries_numbers_is_stopped(client, event, limited):
    statuses = [client.get(f"/check/{number}").status_code for number in range(120)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_the_title_of_a_confidential_session_or_hidden_network_is_told_to_nobody(client, event):
    _, letter = _letter(event)
    event.confidential = True
    db.session.commit()

    page = client.get(f"/check/{letter.number}").text

    assert "een besloten sessie" in page
    assert "Datagedreven" not in page
    event.confidential, event.network.listed = False, False
    db.session.commit()
    assert "Datagedreven" not in client.get(f"/check/{letter.number}").text


def test_a_withdrawn_number_says_so_with_the_day(client, event):
    _, letter = _letter(event)
    issuing.withdraw_certificate(letter, WithdrawnBecause.NOT_THERE)
    db.session.commit()

    page = client.get(f"/check/{letter.number}").text

    assert "Dit bewijs geldt niet meer" in page
    assert "Het is ingetrokken op" in page
    assert "vergissing" not in page


def test_who_joined_online_reads_so_on_the_letter(client, app):
    event = held.session(online=True, join_url="https://vergaderen.example/kamer")
    invitation, _ = _letter(event, mode=Mode.ONLINE)

    text = _text_of_pdf(client.get(_own(invitation, ".pdf")).data)

    assert "Waar: online." in text
    assert "Stadhuis" not in text


def test_a_list_of_many_asks_a_fixed_number_of_queries(desk, event, queries):
    def asked():
        db.session.expire_all()
        with queries() as seen:
            desk.get(_page(event))
        return len(seen)

    invitations = [held.visitor(event, f"Persoon Nummer{n}") for n in range(2)]
    held.closed(event)
    for each in invitations:
        attendance_letters.issue_letter(each)
    db.session.commit()
    few = asked()
    closing.open_attendance(event)
    more = [held.visitor(event, f"Persoon Nog{n}") for n in range(8)]
    held.closed(event)
    for each in more:
        attendance_letters.issue_letter(each)
    db.session.commit()
    assert asked() == few


def test_who_organises_another_network_sees_nothing(client, event):
    _, letter = _letter(event)
    sign_in(client, factories.account(factories.network()))
    for rest in ("", f"/letters/{letter.id}", f"/letters/{letter.id}/letter.pdf"):
        assert client.get(_page(event, rest)).status_code == 404


def test_a_letter_of_another_session_is_not_found_at_this_one(desk, event):
    other = held.session(of=event.network)
    _, letter = _letter(other)
    assert desk.get(_page(event, f"/letters/{letter.id}")).status_code == 404
    assert clock.now() > event.ends_at + timedelta(hours=1)
