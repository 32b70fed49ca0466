"""Certificates of a course: what an organiser, who completed it and a stranger see and press."""

import io
import re

import pikepdf
import pypdfium2
import pytest

from app.attendance import closing, presence
from app.certificates import checking, issuing
from app.certificates.models import WithdrawnBecause
from app.courses import certificate_mails, course_certificates
from app.courses.course_certificates import Difference
from app.database import db
from app.invitations import invitation_links, inviting
from app.network.people import people
from tests import factories
from tests.courses import taught
from tests.helpers import mail_to, mails, post, sign_in, text_of, work


@pytest.fixture
def edition(app):
    network = factories.network(signatory_name="Ans Peeters", signatory_function="Hoofd")
    return taught.edition(taught.course(network))


@pytest.fixture
def desk(client, edition):
    sign_in(client, factories.account(edition.course.network))
    return client


def _page(edition, rest: str = "") -> str:
    return f"/organise/networks/{edition.course.network.slug}/courses/editions/{edition.id}/completion{rest}"


def _own(enrolment, meeting: int = 0, rest: str = "") -> str:
    event = taught.days(enrolment.edition)[meeting]
    invitation = inviting.find_invitation(event, enrolment.person)
    return f"{invitation_links.link_to_invitation(invitation).partition('leerkring.test')[2]}/course-certificate{rest}"


def _text(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def _flowing(mail) -> str:
    return " ".join(text_of(mail).split())


def _issued(edition, name: str = "Sanne de Vries"):
    enrolment = taught.completed(name, edition)
    certificate = course_certificates.issue_certificate(edition, enrolment.person)
    db.session.commit()
    return enrolment, certificate


def test_nothing_goes_out_before_the_last_day_is_closed_and_then_all_of_it(desk, edition):
    done, missed = taught.enrol(edition, factories.person("Sanne de Vries")), taught.enrol(edition)
    first, second, third = taught.days(edition)
    taught.present(done.person, first, second, third)
    taught.present(missed.person, first)
    taught.close(first, second)
    db.session.commit()

    assert "Nog niet afgesloten" in desk.get(_page(edition)).text
    post(desk, _page(edition), page=_page(edition))
    work()
    assert mails() == []

    taught.close(third)
    db.session.commit()
    assert "1 persoon krijgt een certificaat" in _text(desk.get(_page(edition)))
    post(desk, _page(edition), page=_page(edition))
    assert certificate_mails.send_wanted_certificates() == 1
    assert certificate_mails.send_wanted_certificates() == 0
    work()

    mail = mail_to(done.person)
    assert mail["Subject"] == "Je certificaat: Vergroting weerbaarheid"
    assert "Je hebt de leergang Vergroting weerbaarheid voltooid" in _flowing(mail)
    assert [each.get_content_type() for each in mail.iter_attachments()] == ["application/pdf"]
    assert len(mails()) == 1
    shown = _text(desk.get(_page(edition)))
    assert "heeft het certificaat" in shown
    assert "nog 2 bijeenkomsten nodig" in shown


def test_who_catches_up_later_gets_it_then(desk, edition):
    other = taught.edition(edition.course, "Najaar")
    enrolment = taught.enrol(edition, catch_up={2: taught.days(other)[1]})
    taught.present(enrolment.person, taught.days(edition)[0], taught.days(edition)[2], taught.days(other)[1])
    taught.close(*taught.days(edition))
    course_certificates.want_certificates(edition, None)
    db.session.commit()
    assert certificate_mails.send_wanted_certificates() == 0

    taught.close(taught.days(other)[1])
    db.session.commit()
    assert certificate_mails.send_wanted_certificates() == 1
    certificate = course_certificates.certificate_of(edition, enrolment.person_id)
    assert certificate.newest.minutes == 3 * 180


def test_the_paper_and_the_check_say_course_days_hours_and_rule(client, edition):
    enrolment, certificate = _issued(edition)

    letter = client.get(_own(enrolment, 2).replace("course-certificate", "certificate")).text
    assert "Kijk hoe het met je leergang staat" in letter
    page = client.get(_own(enrolment, 2))
    assert "Je certificaat staat klaar" in page.text
    pdf = client.get(_own(enrolment, 1, ".pdf"))
    assert pdf.mimetype == "application/pdf"
    assert pikepdf.open(io.BytesIO(pdf.data)).Root.MarkInfo.Marked
    said = " ".join(each.get_textpage().get_text_range() for each in pypdfium2.PdfDocument(pdf.data))
    said = " ".join(said.split())
    for words in ("Certificaat", "Vergroting weerbaarheid", "Samen: 9 uur", "Aanwezig bij 3 van de 3", "Ans Peeters"):
        assert words in said
    assert said.count("3 uur") == 3

    checked = _text(client.get(f"/check/{certificate.number}"))
    assert "de leergang ‘Vergroting weerbaarheid’, voltooid" in checked
    assert "9 uur" in checked
    assert "Sanne" not in checked

    taught.days(edition)[1].confidential = True
    db.session.commit()
    assert checking.check_number(certificate.number).title == ""


def test_hours_are_of_the_days_that_somebody_sat_there(app):
    edition = taught.edition(taught.course(needed=2))
    enrolment = taught.enrol(edition, absent=[3])
    taught.present(enrolment.person, *taught.days(edition)[:2])
    taught.close(*taught.days(edition))

    newest = course_certificates.issue_certificate(edition, enrolment.person).newest
    assert (newest.minutes, newest.attended, newest.needed, newest.held) == (360, 2, 2, 3)


def test_who_did_not_complete_it_gets_none(app, edition):
    enrolment = taught.enrol(edition)
    taught.present(enrolment.person, taught.days(edition)[0])
    with pytest.raises(course_certificates.NotYet):
        course_certificates.issue_certificate(edition, enrolment.person)
    taught.close(*taught.days(edition))
    with pytest.raises(course_certificates.NotCompleted):
        course_certificates.issue_certificate(edition, enrolment.person)


def test_opening_attendance_again_says_which_certificates_may_change(desk, edition):
    _, certificate = _issued(edition)
    event = taught.days(edition)[1]
    attendance = f"/organise/events/{event.slug}/attendance"

    page = desk.get(attendance).text
    assert "kan 1 certificaat van de leergang veranderen" in page
    assert certificate.number in page
    post(desk, f"{attendance}/open", page=attendance)

    assert closing.closing_of(event) is None
    assert "aanwezigheid weer open" in desk.get(_page(edition)).text
    assert checking.check_number(certificate.number).withdrawn_at is None


def test_opening_is_refused_when_another_certificate_came_meanwhile(desk, edition):
    enrolment = taught.completed("Sanne de Vries", edition)
    db.session.commit()
    event = taught.days(edition)[1]
    attendance = f"/organise/events/{event.slug}/attendance"
    page = desk.get(attendance).text
    form = page[page.index(f'action="{attendance}/open"') :].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert "seen" in fields
    course_certificates.issue_certificate(edition, enrolment.person)
    db.session.commit()
    desk.post(f"{attendance}/open", data=fields)

    assert closing.closing_of(event) is not None


def test_after_a_correction_it_is_issued_again_under_its_number(desk, edition):
    enrolment, certificate = _issued(edition)
    one = _page(edition, f"/certificates/{certificate.id}")
    post(desk, one, page=one, name="Sanne de Vries-Bos")
    work()

    assert checking.check_number(certificate.number).version == 2
    assert "opnieuw gemaakt" in _flowing(mail_to(enrolment.person))
    post(desk, f"{one}/withdraw", page=one, because=WithdrawnBecause.NOT_THERE.value)
    work()
    assert checking.check_number(certificate.number).withdrawn_at
    assert "ingetrokken" in desk.get(_page(edition)).text
    assert "Je certificaat van de leergang" in _flowing(mail_to(enrolment.person, "certificate_withdrawn"))
    post(desk, "/organise/undo", page=_page(edition))
    assert checking.check_number(certificate.number).withdrawn_at is None


def test_a_certificate_that_does_not_hold_any_more_is_shown_as_such(desk, edition):
    enrolment, _ = _issued(edition)
    event = taught.days(edition)[0]
    closing.open_attendance(event)
    presence.undo_check_in(inviting.find_invitation(event, enrolment.person))
    closing.close_attendance(event, None)
    db.session.commit()

    held = course_certificates.completion.load_completion(edition)
    rows = {row.name: row.difference for row in course_certificates.list_rows(edition, held)}
    assert rows["Sanne de Vries"] == Difference.NOT_COMPLETED
    assert "Kloppen niet meer met de aanwezigheid" in desk.get(_page(edition)).text


def test_somebody_asks_to_be_named_otherwise_and_the_organiser_is_led_there(desk, edition):
    enrolment, certificate = _issued(edition)
    post(desk, _own(enrolment, 0, "/name"), page=_own(enrolment), name="Sanne Bos")
    work()

    (mail,) = mails()
    db.session.refresh(certificate)
    assert certificate.asked_name == "Sanne Bos"
    assert mail.recipient == edition.course.network.contact_address
    assert "vraagt een andere naam" in desk.get(_page(edition)).text


def test_before_it_is_over_ones_own_page_says_how_it_stands(client, app):
    enrolment = taught.enrol(taught.edition(days_ago=-5), absent=[2])
    db.session.commit()

    said = _text(client.get(_own(enrolment)))
    assert "Je hebt de leergang niet voltooid" in said
    assert "afgemeld" in said


def test_an_invitation_to_an_ordinary_session_leads_to_no_course(client, app):
    invitation = factories.invitation(factories.event())
    db.session.commit()
    page = invitation_links.link_to_invitation(invitation).partition("leerkring.test")[2]

    assert client.get(f"{page}/course-certificate").status_code == 404


def test_an_edition_of_another_network_is_not_there(client, edition):
    other = factories.network()
    sign_in(client, factories.account(other))
    db.session.commit()

    address = f"/organise/networks/{other.slug}/courses/editions/{edition.id}/completion"
    assert client.get(address).status_code == 404


def test_of_who_is_erased_the_number_says_that_it_is_genuine_and_the_list_no_longer_who(app, edition):
    enrolment, certificate = _issued(edition)
    people.erase_person(enrolment.person)
    db.session.commit()

    checked = checking.check_number(certificate.number)
    assert (checked.title, checked.initials) == ("Vergroting weerbaarheid", "")
    held = course_certificates.completion.load_completion(edition)
    assert "Sanne de Vries" not in [row.name for row in course_certificates.list_rows(edition, held)]
    with pytest.raises(issuing.NoCertificate):
        course_certificates.issue_certificate_again(edition, db.session.merge(certificate), "Sanne de Vries")


def test_who_completes_it_by_an_easier_rule_gets_it_when_an_organiser_says_so(desk, edition):
    enrolment = taught.enrol(edition)
    taught.present(enrolment.person, *taught.days(edition)[:2])
    taught.close(*taught.days(edition))
    course_certificates.want_certificates(edition, None)
    db.session.commit()
    assert certificate_mails.send_wanted_certificates() == 0

    edition.course.needed = 2
    db.session.commit()
    assert certificate_mails.send_wanted_certificates() == 0
    assert "1 persoon krijgt een certificaat" in _text(desk.get(_page(edition)))
    post(desk, _page(edition), page=_page(edition))
    assert certificate_mails.send_wanted_certificates() == 1
    assert "krijgt een certificaat." not in _text(desk.get(_page(edition)))
