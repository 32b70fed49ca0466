"""Mails, pages and the one VEVENT of an invitation name each day of an event with its own hours."""

from datetime import date, time

import pytest

from app import clock
from app.database import db
from app.digests import digest_letters
from app.events.models import Mode, Slot
from app.invitations.letters import invitation_mail
from app.registration import answers
from tests import factories
from tests.helpers import html_of, mail_to, text_of, vevent_of

FIRST, SECOND = date(2027, 3, 26), date(2027, 3, 27)
DAYS = ["vr 26 maart 2027, 10.00–16.00 uur", "za 27 maart 2027, 09.00–16.00 uur"]


@pytest.fixture
def event(app):
    """Friday from ten, Saturday by its programme from nine, both until four."""
    made = factories.event(
        title="Tweedaagse",
        starts_at=clock.utc_moment(FIRST, time(10)),
        ends_at=clock.utc_moment(SECOND, time(16)),
    )
    made.slots = [
        Slot(starts_at=clock.utc_moment(SECOND, time(9)), ends_at=clock.utc_moment(SECOND, time(12)), title="Bezoek")
    ]
    db.session.commit()
    return made


def test_the_mail_names_each_day_and_its_calendar_too(event):
    invitation = factories.invitation(event, factories.person("Sanne de Vries"))
    answers.accept_invitation(invitation, Mode.ON_SITE)
    mail = mail_to(invitation.person)
    for text in (text_of(mail), html_of(mail).replace("<strong>", "").replace("</strong><br>", ", ")):
        assert [each in " ".join(text.split()) for each in DAYS] == [True, True], text
        assert "16.00 uur – " not in text
    assert "\n".join(DAYS) in str(vevent_of(mail)["DESCRIPTION"])
    fields = invitation_mail.event_letter_fields(event)
    assert f"{fields['dag']}, {fields['tijd']}" == "vr 26 maart, 10.00–16.00 uur; za 27 maart, 09.00–16.00 uur"
    assert "za 27 maart 09.00 Bezoek" in fields["programma"].text


def test_the_page_and_the_digest_name_each_day(client, event):
    page = client.get(f"/events/{event.slug}").text.replace("</time>", "")
    for line in DAYS:
        assert line.replace(", ", "</strong><br>", 1) in page
    assert "za 27 maart 09.00" in page
    assert "10.00–16.00 uur; za 27 maart, 09.00–16.00 uur" in client.get("/").text
    assert "10.00–16.00 uur; za 27 maart, 09.00–16.00 uur" in digest_letters._when_and_where(event)
    month = client.get("/?month=2027-03").text
    assert ('"numbers">10.00<' in month, '"numbers">09.00<' in month) == (True, True)


def test_an_event_of_one_day_reads_as_it_did(client, app):
    event = factories.event(starts_at=clock.utc_moment(FIRST, time(10)))
    invitation = factories.invitation(event, factories.person("Sanne de Vries"))
    answers.accept_invitation(invitation, Mode.ON_SITE)
    assert "vr 26 maart" not in str(vevent_of(mail_to(invitation.person))["DESCRIPTION"])
    assert invitation_mail.event_letter_fields(event)["tijd"] == "10.00–13.00 uur"
    db.session.commit()
    assert "<strong>vr 26 maart 2027</strong></time><br>10.00–13.00 uur" in client.get(f"/events/{event.slug}").text
