"""The day after publishing: thanks to who was there, what was missed to who could not come; each once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.lessons.impressions import follow_up_letters, impressions
from app.lessons.insights import commitment_letters
from app.network import memberships
from app.outbox.models import Message, MessageState
from app.registration import answers
from tests import factories
from tests.helpers import html_of, links_in, mail_to, mails, text_of


@pytest.fixture
def event(app):
    return factories.event(title="Samen slimmer")


def _kinds(*conditions) -> list[tuple[str, str]]:
    return sorted((row.person.name, row.kind) for row in mails(Message.kind.in_(["thanks", "missed"]), *conditions))


def _two_days_later():
    return clock.now() + timedelta(days=2)


def test_who_was_there_is_thanked_and_who_could_not_hears_of_it(event):
    no_show = factories.registration(event, factories.person("Bob Weg")).invitation
    declined = factories.invitation(event, factories.person("Cor Nee"))
    answers.decline_invitation(declined)
    factories.invitation(event, factories.person("Dik Stil"))
    factories.move(event, hours=-70)
    factories.attendance(event, factories.person("An Was"))
    impression = factories.impression(event, "Samen inkopen loont")
    impression.recording_url = "https://opname.example/1"
    factories.event(event.network, title="De volgende keer")

    assert follow_up_letters.plan_due_follow_ups() == 0
    assert follow_up_letters.plan_due_follow_ups(_two_days_later()) == 3
    assert follow_up_letters.plan_due_follow_ups(_two_days_later()) == 0

    assert _kinds() == [("An Was", "thanks"), ("Bob Weg", "missed"), ("Cor Nee", "missed")]
    thanks, missed = mail_to(_person("An Was")), mail_to(no_show.person)
    for mail in (thanks, missed):
        assert "- Samen inkopen loont" in text_of(mail)
        assert f"/impressions/{impression.slug}" in html_of(mail)
        assert "De volgende keer" in text_of(mail)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "opname.example" in text_of(missed)
    assert "opname.example" not in text_of(thanks)


def _person(name: str):
    from app.network.people.models import Person

    return db.session.scalars(sa.select(Person).filter_by(name=name)).one()


def test_one_s_own_commitments_stand_in_the_thanks_alone(event):
    factories.move(event, hours=-70)
    an, ben = factories.person("An Was"), factories.person("Ben Ook")
    for person in (an, ben):
        factories.attendance(event, person)
    commitment = factories.commitment(event, an, "De lijst maken")
    factories.impression(event)
    follow_up_letters.plan_due_follow_ups(_two_days_later())

    assert commitment_letters.link_to_commitment(commitment).removeprefix("http://leerkring.test") in links_in(
        mail_to(an, "thanks")
    )
    assert "De lijst maken" not in text_of(mail_to(ben, "thanks"))


def test_who_unsubscribed_or_left_gets_none_also_at_the_last_moment(event):
    factories.move(event, hours=-70)
    stopped, left, late = factories.person("Stop"), factories.person("Weg"), factories.person("Laat")
    for person in (stopped, left, late):
        factories.attendance(event, person)
    memberships.unsubscribe_member(_membership(stopped, event))
    memberships.leave_network(_membership(left, event))
    factories.impression(event)

    assert follow_up_letters.plan_due_follow_ups(_two_days_later()) == 1
    memberships.unsubscribe_member(_membership(late, event))
    assert {row.state for row in mails(Message.kind == "thanks")} == {MessageState.SUPPRESSED}


def test_who_has_no_address_any_more_is_left_out_of_it(event):
    factories.move(event, hours=-70)
    gone, here = factories.person("An Weg"), factories.person("Ben Hier")
    for person in (gone, here):
        factories.attendance(event, person)
    factories.impression(event)
    follow_up_letters.plan_due_follow_ups(_two_days_later())
    gone.addresses[0].preferred = False
    db.session.commit()

    states = {row.person.name: row.state for row in mails(Message.kind == "thanks")}
    assert states == {"An Weg": MessageState.SUPPRESSED, "Ben Hier": MessageState.DUE}


def _membership(person, event):
    return memberships.join_network(person.id, event.network_id)


def test_a_withdrawn_impression_is_not_mailed(event):
    factories.move(event, hours=-70)
    factories.attendance(event, factories.person("An Was"))
    impression = factories.impression(event)
    follow_up_letters.plan_due_follow_ups(_two_days_later())
    impressions.withdraw_impression(impression, "Fout")

    assert [row.state for row in mails(Message.kind == "thanks")] == [MessageState.SUPPRESSED]


def test_a_correction_mails_nobody_again(event):
    factories.move(event, hours=-70)
    factories.attendance(event, factories.person("An Was"))
    impression = factories.impression(event)
    follow_up_letters.plan_due_follow_ups(_two_days_later())
    impressions.note_impression_change(impression, factories.account(event.network), "Een komma.")

    assert follow_up_letters.plan_due_follow_ups(_two_days_later()) == 0


def test_a_series_thanks_each_person_once(app):
    network = factories.network()
    series = factories.series(network, "Werksessies", one_impression=True)
    an, ben = factories.person("An Twee"), factories.person("Ben Een")
    events = [factories.event(network), factories.event(network)]
    factories.registration(events[1], ben)
    for event in events:
        event.series = series
        factories.move(event, hours=-70)
        factories.attendance(event, an)
    factories.attendance(events[0], ben)
    factories.impression(events[0])

    assert follow_up_letters.plan_due_follow_ups(_two_days_later()) == 2
    assert _kinds() == [("An Twee", "thanks"), ("Ben Een", "thanks")]


def test_a_confidential_report_names_nobody_in_its_mails(event):
    event.confidential = True
    factories.move(event, hours=-70)
    factories.attendance(event, factories.person("An Was", at="Oss"))
    factories.attendance(event, factories.person("Ben Ook", at="Best"))
    factories.impression(event)
    follow_up_letters.plan_due_follow_ups(_two_days_later())

    text = text_of(mail_to(_person("Ben Ook"), "thanks")) + html_of(mail_to(_person("Ben Ook"), "thanks"))
    assert "An Was" not in text
    assert "Oss" not in text
