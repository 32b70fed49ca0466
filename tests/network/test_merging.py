"""Doubles: found, merged with nothing lost, and made two again within a month."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import Answer, Invitation
from app.lessons.insights.models import Commitment
from app.network import correspondence, memberships
from app.network.audiences import audiences
from app.network.imports import doubles, merges
from app.network.imports.merges import CannotMerge
from app.network.imports.models import Double, Likeness, Merge
from app.network.models import Membership, Standing
from app.network.people import network_notes, people
from app.network.people.models import AddressClaim, Person
from app.network.seeing import CLOCKWORK
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageStep
from app.registration import answers, question_answers
from app.registration.models import QuestionAnswer, Registration, RegistrationState
from app.row_journal import references_to
from tests import factories
from tests.helpers import post, sign_in, work
from tests.tables import everything

pytestmark = pytest.mark.usefixtures("app")
STILL = {"merges", "doubles", "search_words", "search_variants", "search_entries", "people", "address_changes"}
"""Tables that a merge and its undoing may leave different: their own, and what follows from names."""


def _rows() -> dict[str, list[tuple]]:
    """All that a merge and its undoing must leave as it was; but for the mails that tell of it, which were not needed any more."""
    of_it = Message.kind.in_([MessageKind.ADDRESS_CHANGED, MessageKind.CALENDAR_CLEARED, MessageKind.CALENDAR_ANEW])
    told = sa.select(Message.id).where(of_it)
    db.session.execute(sa.delete(FinishedMessage).where(FinishedMessage.message_id.in_(told)))
    db.session.execute(sa.delete(MessageStep).where(MessageStep.message_id.in_(told)))
    db.session.execute(sa.delete(Message).where(of_it))
    return everything(but=STILL)


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


@pytest.fixture
def two(network):
    return factories.person("Sanne de Vries", at="Oss", of=network), factories.person(
        "Sanne De Vries", at="Oss", of=network
    )


class TestFinding:
    def _pairs(self) -> set[tuple[str, str, Likeness]]:
        doubles.find_doubles()
        return {(each.first.name, each.second.name, each.likeness) for each in db.session.scalars(sa.select(Double))}

    def test_near_same_names_at_one_organisation_and_same_names_at_two(self, network):
        factories.person("Sanne de Vries", at="Oss", of=network)
        factories.person("Sanne Vries", at="Oss", of=network)
        factories.person("Saane de Vries", at="Best", of=network)
        factories.person("Vries, Sanne de", at="Best", of=network)
        factories.person("Jan Jansen", at="Oss", of=network)
        assert self._pairs() == {
            ("Sanne de Vries", "Sanne Vries", Likeness.SAME_PLACE),
            ("Saane de Vries", "Sanne de Vries", Likeness.SAME_PLACE),
            ("Sanne Vries", "Sanne de Vries", Likeness.SAME_NAME),
        }

    def test_the_organisation_is_what_it_is_today(self, network):
        factories.person("Sanne de Vries", at="Uden", of=network)
        factories.person("Sanne de Vriess", at="Maashorst", of=network)
        assert len(self._pairs()) == 1

    def test_dismissed_pairs_do_not_come_back(self, two):
        doubles.find_doubles()
        assert doubles.dismiss_double(two[1].id, two[0].id)
        doubles.find_doubles()
        assert doubles.page_of_doubles(CLOCKWORK).items == []

    def test_pairs_that_no_longer_are_alike_go(self, two):
        doubles.find_doubles()
        people.rename_person(two[1], "Heel Anders")
        db.session.flush()
        assert self._pairs() == set()

    def test_a_page_of_pairs_takes_a_fixed_number_of_queries(self, client, network, queries):
        sign_in(client, factories.account(network))
        counts = []
        for size in (2, 12):
            for number in range(size):
                for _ in range(2):
                    factories.person(f"Mens Nummer{size}x{number}", at="Oss", of=network)
            doubles.find_doubles()
            with queries() as seen:
                client.get("/organise/doubles")
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestMerging:
    def test_everything_follows_and_undoing_brings_all_of_it_back(self, network, two):
        kept, gone = two
        other = factories.network()
        memberships.join_network(gone.id, other.id)
        event, held = factories.event(network), factories.event(network)
        mine = factories.registration(event, gone)
        factories.move(held, hours=-30)
        factories.attendance(held, gone)
        factories.commitment(held, gone)
        people.set_themes(gone, [])
        network_notes.write_note(kept, network, "Belt liever")
        network_notes.write_note(gone, network, "Kent de weg")
        network_notes.write_note(gone, other, "Fietst")
        work()
        before, (kept_id, gone_id) = _rows(), (kept.id, gone.id)

        row = merges.merge_people(kept, gone)

        assert {each.key for each in kept.addresses} == {kept.email, *(each.key for each in kept.addresses)}
        assert len(kept.addresses) == 2
        assert {each.network_id for each in kept.memberships} == {network.id, other.id}
        for model in (Invitation, Message, Commitment):
            found = set(db.session.scalars(sa.select(model.person_id).where(model.person_id.is_not(None))))
            assert found == {kept_id}, model
        assert db.session.get(Registration, mine.id).invitation.person_id == kept_id
        assert (gone.merged_into_id, gone.addresses) == (kept_id, [])
        assert network_notes.read_note(kept, network) == "Belt liever\nKent de weg"
        assert network_notes.read_note(kept, other) == "Fietst"
        assert audiences.count_reach([], network.id, CLOCKWORK).people == 1

        merges.undo_merge(row)

        assert _rows() == before
        assert db.session.get(Person, gone_id).merged_into_id is None

    def test_every_reference_to_people_is_known(self):
        tables = {column.table.name for column in references_to("people")}
        assert {"invitations", "messages", "memberships", "positions", "email_addresses", "commitments"} <= tables

    def test_two_invitations_for_one_event_become_one(self, network, two):
        kept, gone = two
        event = factories.event(network, seats_on_site=1)
        first = factories.invitation(event, kept)
        second = factories.registration(event, gone).invitation
        old_link = invitation_links.link_to_invitation(first).rpartition("/")[2]
        before = _rows()

        row = merges.merge_people(kept, gone)

        only = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id)).one()
        assert (only.id, only.person_id, only.answer) == (second.id, kept.id, Answer.YES)
        assert invitation_links.invitation_of_link(old_link) is only
        merges.undo_merge(row)
        assert _rows() == before
        assert invitation_links.invitation_of_link(old_link).id == first.id

    def test_a_seat_too_many_goes_to_who_waits_and_is_not_taken_back(self, network, two):
        kept, gone = two
        event = factories.event(network, seats_on_site=2)
        factories.registration(event, kept)
        factories.registration(event, gone)
        waiting = factories.registration(event, factories.person("Wacht", of=network))
        assert waiting.state == RegistrationState.WAITING

        row = merges.merge_people(kept, gone)
        db.session.commit()
        assert db.session.get(Registration, waiting.id).state == RegistrationState.CONFIRMED

        merges.undo_merge(row)
        db.session.commit()
        states = list(db.session.scalars(sa.select(Registration.state).order_by(Registration.id)))
        assert sorted(states) == sorted(
            [RegistrationState.CONFIRMED, RegistrationState.CONFIRMED, RegistrationState.WAITING]
        )
        assert db.session.get(Registration, waiting.id).state == RegistrationState.CONFIRMED

    def test_once_it_is_over_everybody_gets_back_what_they_had(self, network, two):
        kept, gone = two
        event = factories.event(network, seats_on_site=2)
        factories.registration(event, kept)
        factories.registration(event, gone)
        factories.registration(event, factories.person("Wacht", of=network))
        row = merges.merge_people(kept, gone)
        factories.move(event, hours=-30)
        merges.undo_merge(row)
        assert list(db.session.scalars(sa.select(Registration.state))) == [RegistrationState.CONFIRMED] * 3

    def test_answers_attendance_and_both_registrations(self, network, two):
        kept, gone = two
        event = factories.event(network)
        event.questions = _dietary()
        db.session.flush()
        for person, value in ((kept, "Geen vis"), (gone, "Geen vlees")):
            registration = factories.registration(event, person)
            question_answers.keep_answers(registration, {event.questions[0]: value}, set())
        factories.move(event, hours=-5)
        from app.attendance import presence
        from app.attendance.models import Entry

        invitation = db.session.scalars(sa.select(Invitation).where(Invitation.person_id == gone.id)).one()
        presence.check_in_invitation(invitation, Entry.LIST, Mode.ON_SITE)
        before = _rows()

        row = merges.merge_people(kept, gone)

        assert db.session.scalar(sa.select(sa.func.count(Attendance.id))) == 1
        assert list(db.session.scalars(sa.select(QuestionAnswer.value))) == ["Geen vlees"]
        merges.undo_merge(row)
        assert _rows() == before

    def test_who_asked_oneself_as_a_substitute(self, network, two):
        kept, gone = two
        event = factories.event(network)
        asker = factories.invitation(event, kept)
        theirs = answers.ask_substitute(asker, gone.name, gone.email)
        before = _rows()
        row = merges.merge_people(kept, gone)
        only = db.session.scalars(sa.select(Invitation)).one()
        assert (only.person_id, only.substitute_for_id) == (kept.id, None)
        merges.undo_merge(row)
        assert _rows() == before
        assert theirs.id != asker.id

    def test_a_member_goes_before_a_guest_and_no_mail_stays_no_mail(self, network, two):
        kept, gone = two
        guest = db.session.scalar(sa.select(Membership).filter_by(person_id=kept.id))
        guest.standing = Standing.GUEST
        memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=gone.id)))
        merges.merge_people(kept, gone)
        membership = db.session.scalars(sa.select(Membership).filter_by(person_id=kept.id)).one()
        assert (membership.standing, membership.unsubscribed_at is None) == (Standing.MEMBER, False)

    def test_old_links_lead_to_who_they_became(self, client, two):
        kept, gone = two
        db.session.flush()
        pages = [
            correspondence.link_to_preferences(gone),
            memberships.link_to_unsubscribe(gone, gone.memberships[0].network_id),
        ]
        merges.merge_people(kept, gone)
        db.session.commit()
        for page in pages:
            assert client.get(page.removeprefix("http://leerkring.test")).status_code == 200
        post(
            client, pages[1].removeprefix("http://leerkring.test"), page=pages[0].removeprefix("http://leerkring.test")
        )
        assert db.session.scalars(sa.select(Membership).filter_by(person_id=kept.id)).one().unsubscribed_at is not None

    @pytest.mark.parametrize("problem", ["itself", "gone", "gone by merging"])
    def test_impossible_merges_are_refused_and_change_nothing(self, network, two, problem):
        kept, gone = two
        if problem == "itself":
            gone = kept
        elif problem == "gone":
            people.erase_person(gone)
        else:
            merges.merge_people(factories.person("Derde", of=network), gone)
        before = _rows()
        with pytest.raises(CannotMerge) as refused:
            merges.merge_people(kept, gone)
        assert refused.value.problem == problem.split()[0]
        assert _rows() == before

    def test_undoing_is_possible_for_a_month_and_once(self, two):
        row = merges.merge_people(*two)
        merges.undo_merge(row)
        with pytest.raises(CannotMerge):
            merges.undo_merge(row)
        late = merges.merge_people(*two)
        late.at = clock.now() - timedelta(days=31)
        db.session.flush()
        with pytest.raises(CannotMerge):
            merges.undo_merge(late)
        assert merges.forget_old_journals() == 1
        db.session.expire_all()
        assert late.journal == []

    def test_a_journal_of_an_earlier_version_is_undone(self, network, two):
        """Word for word what version 0.1 wrote: a choice, a moment and a day, and a row that was deleted."""
        kept, gone = two
        guest = db.session.scalars(sa.select(Membership).filter_by(person_id=kept.id)).one()
        guest.unsubscribed_at, position = factories.start(), kept.positions[0]
        row = merges.merge_people(kept, gone)
        db.session.delete(position)
        db.session.flush()
        membership = {"table": "memberships", "key": {"id": guest.id}}
        position = {"id": position.id, "person_id": kept.id, "organisation_id": position.organisation_id}
        row.journal = [
            membership
            | {
                "before": {"standing": "guest", "unsubscribed_at": "2026-03-01T08:30:00.250000+00:00"},
                "after": {"standing": "member", "unsubscribed_at": guest.unsubscribed_at.isoformat()},
            },
            {
                "table": "positions",
                "key": {"id": position["id"]},
                "row": position | {"role_code": None, "title": "Adviseur", "starts_on": "2025-02-28", "ends_on": None},
            },
        ]
        merges.undo_merge(row)
        assert (guest.standing, guest.unsubscribed_at) == (
            Standing.GUEST,
            datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC),
        )
        assert ("Adviseur", date(2025, 2, 28)) in [(each.title, each.starts_on) for each in kept.positions]

    def test_erasing_takes_the_double_and_the_journal_along(self, two):
        kept, gone = two
        merges.merge_people(kept, gone)
        for person in two:
            db.session.add(AddressClaim(person_id=person.id, address="elders@x.example"))
        people.erase_person(kept)
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AddressClaim)) == 0
        assert {kept.name, gone.name} == {people.UNKNOWN}
        assert db.session.scalars(sa.select(Merge)).one().journal == []

    def test_merging_three_in_a_row(self, network, two):
        kept, gone = two
        third = factories.person("Sanne d. Vries", of=network)
        merges.merge_people(gone, kept)
        last = merges.merge_people(third, gone)
        assert len(third.addresses) == 3
        merges.undo_merge(last)
        assert len(gone.addresses) == 2


def _dietary():
    from app.events import event_questions
    from app.events.models import Preset

    return [event_questions.make_preset_question(Preset.DIETARY)]


class TestPages:
    def test_side_by_side_merged_and_undone(self, client, network, two):
        kept, gone = two
        sign_in(client, factories.account(network))
        post(client, "/organise/doubles/search", page="/organise/doubles")
        listed = client.get("/organise/doubles").text
        assert ("Bijna dezelfde naam, bij dezelfde organisatie" in listed, kept.email in listed) == (True, True)
        page, theirs = f"/organise/doubles/merge?keep={kept.id}&go={gone.id}", gone.email
        assert theirs in client.get(page).text

        answer = post(client, "/organise/doubles/merge", page=page, keep=kept.id, go=gone.id)

        person = client.get(client.get(answer.location).location).text
        assert ("Op " in person, theirs in person, "Maak ongedaan" in person) == (True, True, True)
        number = db.session.scalars(sa.select(Merge.id)).one()
        post(client, f"/organise/doubles/merges/{number}/undo", page=f"/organise/networks/netwerk/people/{kept.id}")
        assert db.session.get(Person, gone.id).merged_into_id is None

    def test_somebody_in_a_network_that_one_only_reads_is_only_named(self, client, network):
        read, account = factories.network(), factories.account(network)
        accounts.grant_role(account, read, NetworkRole.READER)
        mine = factories.person("Sanne de Vries", at="Oss", of=network)
        theirs = factories.person("Sanne de Vries", at="Oss", of=read, address="geheim@elders.example")
        doubles.find_doubles()
        sign_in(client, account)
        page = client.get("/organise/doubles").text
        assert ("in een ander netwerk" in page, "geheim@elders.example" in page) == (True, False)
        for first, second in ((mine, theirs), (theirs, mine)):
            compared = client.get(f"/organise/doubles/merge?keep={first.id}&go={second.id}").text
            assert ("Je keuze gaat als verzoek naar een beheerder" in compared, "geheim@" in compared) == (True, False)

    def test_each_network_of_two_who_are_compared_has_a_line(self, client, network):
        other = factories.network(name="Tweede netwerk")
        first, second = (factories.person(name, at="Oss", of=network) for name in ("Sanne de Vries", "S. de Vries"))
        memberships.join_network(first.id, other.id)
        account = factories.account(network)
        accounts.grant_role(account, other, NetworkRole.ORGANISER)
        sign_in(client, account)
        compared = client.get(f"/organise/doubles/merge?keep={first.id}&go={second.id}").text
        assert f"<td>{network.name},<br>Tweede netwerk</td>" in compared

    def test_that_they_are_one_is_asked_of_an_administrator(self, client, network):
        read, hidden, account = (
            factories.network(),
            factories.network(name="Verborgen club"),
            factories.account(network),
        )
        accounts.grant_role(account, read, NetworkRole.READER)
        mine = factories.person("Sanne de Vries", at="Oss", of=network)
        theirs = factories.person("Sanne de Vries", at="Oss", of=read, address="geheim@elders.example")
        memberships.join_network(theirs.id, hidden.id)
        doubles.find_doubles()
        sign_in(client, account)
        (page,) = re.findall(r'href="(/organise/doubles/merge[^"]*)"', client.get("/organise/doubles").text)
        compared = client.get(html.unescape(page)).text
        assert (read.name in compared, "Verborgen club" in compared) == (True, False)
        post(client, "/organise/doubles/merge", page=html.unescape(page), keep=mine.id, go=theirs.id)
        listed = client.get("/organise/doubles").text
        assert ("wacht op een beheerder" in listed, "Vraag een beheerder" in listed) == (True, False)
        assert db.session.scalars(sa.select(Merge)).all() == []
        sign_in(client, factories.account(admin=True))
        asked = client.get("/organise/organisations/requests").text
        assert ("geheim@elders.example" in asked, "Verborgen club" in asked, mine.email in asked) == (True, True, True)

    def test_of_two_whom_one_only_reads_nothing_is_asked(self, client, network):
        read, account = factories.network(), factories.account(network)
        accounts.grant_role(account, read, NetworkRole.READER)
        two = [factories.person("Sanne de Vries", at="Oss", of=read) for _ in range(2)]
        sign_in(client, account)
        assert client.get(f"/organise/doubles/merge?keep={two[0].id}&go={two[1].id}").status_code == 404
        answer = post(client, "/organise/doubles/merge", page="/organise/doubles", keep=two[0].id, go=two[1].id)
        assert answer.status_code == 404

    def test_somebody_in_a_network_that_one_does_not_see_is_for_the_administrator(self, client, network):
        mine = factories.person("Sanne de Vries", at="Oss", of=network)
        theirs = factories.person("Sanne de Vries", at="Oss", of=factories.network())
        doubles.find_doubles()
        dismiss = f"/organise/doubles/{mine.id}/{theirs.id}/dismiss"
        for account, sees in ((factories.account(network), False), (factories.account(admin=True), True)):
            sign_in(client, account)
            page = client.get("/organise/doubles").text
            assert ("Sanne de Vries" in page, post(client, dismiss, page="/organise/doubles").status_code == 303) == (
                (sees, sees)
            )

    def test_merging_with_oneself_says_so(self, client, network):
        person = factories.person("Sanne", of=network)
        sign_in(client, factories.account(network))
        page = f"/organise/networks/netwerk/people/{person.id}"
        post(client, "/organise/doubles/merge", page=page, keep=person.id, go=person.id)
        assert "Iemand kan niet met zichzelf worden samengevoegd." in client.get("/organise/doubles").text
        assert client.get("/organise/doubles/merge?keep=x&go=99999999999").status_code == 404
