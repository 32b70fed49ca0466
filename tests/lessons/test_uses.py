"""From lesson to effect: what became of a suggestion, who is asked what they did with it, and what everybody may read of that."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.attendance.models import Attendance
from app.database import db
from app.digests import digest_letters, digest_selection
from app.events.models import EventState
from app.invitations.models import Invitation
from app.lessons.impressions import library
from app.lessons.impressions.library import LibraryFilter
from app.lessons.impressions.models import Document
from app.lessons.insights import commitments, insights, suggestion_states, usage, use_questions, uses
from app.lessons.insights.models import (
    CommitmentState,
    Suggestion,
    SuggestionState,
    SuggestionUse,
    SuggestionVerdict,
    UseAnswer,
    UseQuestion,
)
from app.network import memberships
from app.network.imports import merges
from app.network.models import Delivery
from app.network.organisations import lineage
from app.network.people import job_positions, people
from app.network.people.models import DigestFrequency, Person
from tests import factories
from tests.helpers import post, sign_in, sign_in_person

WEST = ("Breda", "Oosterhout", "Roosendaal", "Moerdijk", "Zundert", "Rucphen")
HERE = "http://leerkring.test"


@pytest.fixture
def network(app):
    return factories.network(name="Digitaal", contact_name="team Digitaal")


@pytest.fixture
def report(network):
    """The public report of a session ten weeks ago, with a suggestion to buy together and one to wait."""
    event = factories.held(network, title="Samen inkopen", days_ago=70)
    texts = ("Koop samen in", "Wacht nog even")
    return factories.impression(event, "Samen inkopen scheelt werk", suggestions=texts, days_ago=66)


def _first(report) -> Suggestion:
    return report.insights[0].suggestions[0]


def _there(report, at: str | None = "Oosterhout", name: str = "An Ros") -> Person:
    """Somebody who was there, and gets a weekly digest of the network."""
    person = factories.person(name, at=at, of=report.network)
    person.digest = DigestFrequency.WEEKLY
    factories.attendance(report.event, person)
    return person


def _invitation(person: Person, report) -> Invitation:
    return db.session.scalars(sa.select(Invitation).filter_by(person_id=person.id, event_id=report.event_id)).one()


def _page(person: Person, report) -> str:
    return uses.link_to_uses(_invitation(person, report)).removeprefix(HERE)


def _use(person: Person, suggestion: Suggestion) -> SuggestionUse | None:
    return db.session.get(SuggestionUse, (suggestion.id, person.id))


def _say(person: Person, report, answer: UseAnswer = UseAnswer.USED, **yeses: bool) -> SuggestionUse:
    use = uses.say(person, report, _first(report), answer)
    uses.explain(use, "", shown=yeses.get("shown", False), askable=yeses.get("askable", False))
    return use


def _asked(person: Person) -> list[int]:
    """Ids of the reports about which somebody's next digest asks."""
    db.session.flush()
    loaded = sa.select(Person).where(Person.id == person.id).options(selectinload(Person.memberships))
    db.session.scalars(loaded, execution_options={"populate_existing": True}).one()
    return [each.impression.id for each in digest_selection.gather_digests([person])[person.id].uses]


def test_who_gets_no_digest_is_asked_on_their_own_page_until_they_answered(client, report):
    person, elsewhere = _there(report), factories.person("Bo Smit", of=report.network)
    person.digest = DigestFrequency.NEVER
    db.session.commit()
    sign_in_person(client, person)
    assert f'href="{uses.link_to_uses(_invitation(person, report))}"' in client.get("/me").text
    _say(person, report)
    db.session.commit()
    assert "Deed je er iets mee?" not in client.get("/me").text
    sign_in_person(client, elsewhere)
    assert "Deed je er iets mee?" not in client.get("/me").text


class TestStates:
    def test_a_state_follows_from_commitments_or_is_said_with_why(self, report):
        suggestion, event = _first(report), report.event
        seen = []

        def note() -> None:
            db.session.flush()
            db.session.expire_all()
            counted = suggestion_states.count_states([report.id])[report.id]
            assert counted[suggestion.state] == (2 if suggestion.state == SuggestionState.OPEN else 1)
            seen.append(suggestion.state.value)

        note()
        suggestion_states.settle(suggestion, SuggestionVerdict.DECLINED, "Te duur")
        note()
        promise = factories.commitment(event, what="Doen", suggestion=suggestion, who=factories.person())
        note()
        with pytest.raises(suggestion_states.CannotSettle):
            suggestion_states.settle(suggestion, SuggestionVerdict.DONE, "Klaar")
        commitments.settle_commitment(promise, CommitmentState.DONE, "")
        note()
        with pytest.raises(suggestion_states.CannotSettle):
            suggestion_states.settle(suggestion, SuggestionVerdict.DECLINED, "Te duur")
        commitments.settle_commitment(promise, CommitmentState.DROPPED, "Toch niet")
        note()
        suggestion_states.settle(suggestion, None, "")
        note()
        assert seen == ["open", "declined", "taken", "done", "declined", "open"]

    def test_an_organiser_says_it_everybody_reads_it_and_it_is_undone(self, client, report):
        network, event = report.network, report.event
        sign_in(client, factories.account(network))
        page = f"/organise/events/{event.slug}/learned/suggestions/{_first(report).id}"
        assert "Schrijf kort waarom niet" in post(client, page, verdict="declined", why="").text
        assert _first(report).state == SuggestionState.OPEN
        db.session.execute(sa.update(Document).values(made_at=clock.now() + timedelta(days=1)))
        assert post(client, page, verdict="declined", why="Te duur voor ons").status_code == 303
        public = [f"/impressions/{report.slug}", f"/library/{report.insights[0].id}"]
        desks = [f"/organise/events/{event.slug}/learned{each}" for each in ("", f"/insights/{report.insights[0].id}")]
        for address in (*public, *desks):
            told = client.get(address).text
            assert ("Niet overgenomen" in told, "Te duur voor ons" in told) == (True, True), address
        outcomes = client.get(f"/organise/networks/{network.slug}/outcomes").text
        assert "2 suggesties, 1 niet overgenomen" in outcomes
        event.confidential = True
        db.session.commit()
        assert ["Te duur" in client.get(address).text for address in public] == [False, False]
        event.confidential = False
        assert post(client, "/organise/undo", page=desks[0]).status_code == 303
        assert (_first(report).state, _first(report).why) == (SuggestionState.OPEN, "")

    def test_what_changed_since_is_not_undone(self, client, report):
        sign_in(client, factories.account(report.network))
        page = f"/organise/events/{report.event.slug}/learned/suggestions/{_first(report).id}"
        post(client, page, verdict="declined", why="Te duur")
        suggestion_states.settle(_first(report), SuggestionVerdict.DONE, "Toch gedaan")
        post(client, "/organise/undo", page=page)
        assert _first(report).state == SuggestionState.DONE


class TestQuestion:
    def test_who_was_there_is_asked_once_beside_other_news(self, report):
        person, absent = _there(report), factories.person(of=report.network)
        assert (_asked(person), _asked(absent)) == ([report.id], [])
        digests = digest_selection.gather_digests([person])
        assert digests[person.id].sections == [], "a question makes no digest by itself"
        factories.event(report.network)
        digests = digest_selection.gather_digests([person])
        mail = digest_letters.write_digest(digests[person.id])
        for told in (mail.letter.html, mail.letter.text):
            assert ("‘Samen inkopen’" in told, HERE + _page(person, report) in told) == (True, True)
        digest_selection.remember_told(digests.values())
        assert _asked(person) == []

    @pytest.mark.parametrize(("days", "asked"), [(30, False), (59, False), (61, True), (95, True), (97, False)])
    def test_two_to_three_months_after(self, report, days, asked):
        person = _there(report)
        factories.move(report.event, hours=-24 * days)
        report.published_at = report.event.ends_at
        assert _asked(person) == [report.id] * asked

    @pytest.mark.parametrize(
        "why", ["confidential", "withdrawn", "bare", "archived", "unsubscribed", "no news", "answered", "late"]
    )
    def test_not_when_there_is_nothing_to_ask(self, report, why):
        person = _there(report)
        match why:
            case "confidential":
                report.event.confidential = True
            case "withdrawn":
                factories.impressions.withdraw_impression(report, "Fout")
            case "bare":
                report.insights[0].suggestions = []
            case "archived":
                report.network.archived_at = clock.now()
            case "unsubscribed":
                memberships.unsubscribe_member(person.memberships[0])
            case "no news":
                person.memberships[0].delivery = Delivery.NO_NEWS
            case "answered":
                _say(person, report, UseAnswer.NO)
            case "late":
                report.published_at = clock.now() - timedelta(days=10)
        assert _asked(person) == []

    def test_a_session_that_was_cancelled_is_not_asked_about(self, report):
        person = _there(report)
        report.event.state = EventState.CANCELLED
        assert _asked(person) == []

    def test_five_in_a_digest_and_a_fixed_number_of_queries(self, report, queries):
        people = [_there(report)]
        counts = []
        for size in (1, 6):
            for _ in range(size):
                event = factories.held(report.network, days_ago=80)
                factories.impression(event, suggestions=["Doe iets"], days_ago=75)
                factories.attendance(event, people[0])
            people.append(_there(report))
            db.session.flush()
            due, person_ids = use_questions.list_due_reports(), [each.id for each in people]
            with queries() as seen:
                found = use_questions.list_questions(person_ids, due)
            counts.append(len(seen))
        assert (counts[0] == counts[1], len(found[people[0].id])) == (True, 8)
        assert len(_asked(people[0])) == 5


class TestAnswering:
    def test_a_button_answers_another_changes_it_and_a_last_takes_it_back(self, client, report):
        person, suggestion = _there(report), _first(report)
        page = _page(person, report)
        assert (client.get(page).status_code, client.head(page).status_code) == (200, 200)
        assert _use(person, suggestion) is None
        for answer in ("tried", "used", "niets"):
            assert post(client, f"{page}/{suggestion.id}", page=page, answer=answer).status_code == 303
        assert _use(person, suggestion).answer == UseAnswer.USED
        assert uses.count_response(report) == uses.Response(1, 1)
        post(client, f"{page}/{suggestion.id}", page=page, answer="nothing")
        assert (_use(person, suggestion), uses.count_response(report)) == (None, uses.Response(0, 1))

    def test_each_yes_is_asked_for_itself_and_goes_with_the_answer_it_was_about(self, client, report):
        person, suggestion = _there(report), _first(report)
        page, public = _page(person, report), f"/library/{report.insights[0].id}"
        db.session.commit()
        sign_in_person(client, person)
        assert "Laat zien dat" not in client.get(page).text
        post(client, f"{page}/{suggestion.id}", page=page, answer="used")
        assert [_use(person, suggestion).shown_at, _use(person, suggestion).askable_at] == [None, None]
        told = client.get(public).text
        assert ("enkele gemeenten in West-Brabant" in told, "Oosterhout" in told, "An Ros" in told) == (
            True,
            False,
            False,
        )
        fields = {name: f"s{suggestion.id}-{name}" for name in ("because", "shown", "askable")}
        said = {fields["because"]: "Scheelt een dag per week", fields["shown"]: "y"}
        assert post(client, f"{page}/{suggestion.id}", page=page, **said).status_code == 303
        told = client.get(public).text
        assert ("Gebruikt door Oosterhout" in told, "An Ros" in told, "Scheelt een dag" in told) == (True, False, False)
        post(client, f"{page}/{suggestion.id}", page=page, **said | {fields["askable"]: "y"})
        told = client.get(public).text
        assert ("An Ros, Oosterhout" in told, "team Digitaal" in told, person.email in told) == (True, True, False)
        post(client, f"{page}/{suggestion.id}", page=page, answer="tried")
        told = client.get(public).text
        assert ("Gebruikt door" in told, "An Ros" in told) == (False, True)
        post(client, f"{page}/{suggestion.id}", page=page, **{fields["because"]: ""})
        assert "An Ros" not in client.get(public).text

    def test_by_a_forwarded_link_nobody_reads_why_or_gives_a_yes_and_one_is_taken_back(self, client, report):
        person, suggestion = _there(report), _first(report)
        uses.explain(_say(person, report), "Scheelt een dag", shown=True, askable=False)
        page = _page(person, report)
        fields = {name: f"s{suggestion.id}-{name}" for name in ("because", "shown", "askable")}
        db.session.commit()
        shown = client.get(page).text
        assert [each in shown for each in ("Scheelt een dag", "Laat zien dat", "Collega’s mogen")] == [
            False,
            True,
            False,
        ]
        for sent in ({"shown": "y", "askable": "y"}, {}, {"shown": "y"}):
            said = {fields[name]: value for name, value in sent.items()}
            assert (
                post(client, f"{page}/{suggestion.id}", page=page, **{fields["because"]: ""}, **said).status_code == 303
            )
            use = _use(person, suggestion)
            assert (use.because, use.askable_at, use.shown_at is not None) == (
                "Scheelt een dag",
                None,
                sent.get("askable") == "y",
            )

    def test_organisers_read_why_without_who(self, client, report):
        person = _there(report)
        uses.explain(_say(person, report), "Scheelt een dag", shown=False, askable=False)
        sign_in(client, factories.account(report.network))
        told = client.get(f"/organise/events/{report.event.slug}/learned/suggestions/{_first(report).id}").text
        assert ("1 van 1 antwoordde." in told, "Gebruikt: Scheelt een dag" in told, "An Ros" in told) == (
            True,
            True,
            False,
        )

    def test_a_link_opens_what_it_is_about_alone(self, client, report):
        person, other = _there(report), factories.person(of=report.network)
        elsewhere = factories.impression(factories.held(report.network))
        foreign = insights.add_suggestion(
            elsewhere.insights[0], "Elders", factories.account(report.network), "Verbeterd"
        )
        page = _page(person, report)
        assert post(client, f"{page}/{foreign.id}", page=page, answer="used").status_code == 404
        absent = factories.invitation(report.event, other)
        assert client.get(uses.link_to_uses(absent).removeprefix(HERE)).status_code == 404
        report.event.confidential = True
        db.session.commit()
        assert client.get(page).status_code == 404

    def test_who_turned_out_not_to_be_there_still_takes_their_yes_back(self, client, report):
        person = _there(report)
        _say(person, report, shown=True)
        db.session.execute(sa.delete(Attendance))
        page = _page(person, report)
        post(client, f"{page}/{_first(report).id}", page=page, answer="nothing")
        assert (_use(person, _first(report)), client.get(page).status_code) == (None, 404)

    def test_ones_own_page_of_the_session_asks_too(self, client, report):
        from app.invitations import invitation_links

        person = _there(report)
        factories.move(report.event, hours=-240)
        own = invitation_links.link_to_invitation(_invitation(person, report)).removeprefix(HERE)
        assert _page(person, report) in client.get(own).text
        report.event.confidential = True
        db.session.commit()
        assert "/used/" not in client.get(own).text

    def test_where_somebody_works_now_is_what_they_answer_for(self, report):
        person = _there(report)
        use = _say(person, report, shown=True, askable=True)
        job_positions.take_position(person, factories.organisation("Breda"), instead=True)
        db.session.flush()
        assert usage.list_askable([_first(report).id]) == {}
        assert usage.usage_of_suggestions([_first(report).id])[_first(report).id].named == ["Oosterhout"]
        uses.say(person, report, _first(report), UseAnswer.USED)
        assert (use.organisation.name, use.shown_at, use.askable_at) == ("Breda", None, None)


class TestWhatEverybodyReads:
    def _words(self, report) -> str:
        return usage.usage_of_suggestions([_first(report).id])[_first(report).id].words

    def test_numbers_from_five_of_a_kind_in_a_region_and_some_otherwise(self, report):
        told = []
        for place in WEST:
            _say(_there(report, place), report)
            told.append(self._words(report))
        assert told[0] == told[3] == "Gebruikt door enkele gemeenten in West-Brabant"
        assert told[4:] == [f"Gebruikt door {count} gemeenten in West-Brabant" for count in (5, 6)]
        _say(_there(report, WEST[0]), report)
        assert self._words(report) == told[-1], "an organisation counts once"
        _say(_there(report, "Waterschap De Dommel"), report)
        assert self._words(report) == f"{told[-1]} en enkele andere organisaties"
        _say(_there(report, "Breda"), report, shown=True)
        assert self._words(report) == ("Gebruikt door Breda, 5 gemeenten in West-Brabant en enkele andere organisaties")

    def test_a_small_group_is_never_pointed_at(self, report):
        _say(_there(report, "Waterschap De Dommel"), report)
        assert self._words(report) == "Gebruikt door enkele organisaties"
        _say(_there(report, None), report)
        _say(_there(report, "Tilburg"), report)
        assert self._words(report) == "Gebruikt door enkele organisaties"
        for place in ("Oss", "Eindhoven"):
            _say(_there(report, place), report)
        assert self._words(report) == "Gebruikt door 5 organisaties"
        for place in ("Breda", "Goirle"):
            _say(_there(report, place), report)
        assert self._words(report) == "Gebruikt door 5 gemeenten en enkele andere organisaties"
        for place in ("Oosterhout", "Zundert", "Rucphen", "Moerdijk"):
            _say(_there(report, place), report)
        words = "Gebruikt door 5 gemeenten in West-Brabant en 6 andere organisaties"
        assert self._words(report) == words
        _say(_there(report, "Waalwijk"), report)
        words = "Gebruikt door 5 gemeenten in West-Brabant, 5 gemeenten elders en enkele andere organisaties"
        assert self._words(report) == words

    def test_who_was_merged_into_another_counts_as_that(self, report):
        _say(_there(report, "Breda"), report, shown=True)
        lineage.succeed_organisation(
            factories.organisation("Breda"), factories.organisation("Oosterhout"), clock.today()
        )
        assert self._words(report) == "Gebruikt door Oosterhout"
        db.session.rollback()

    def test_the_library_shows_and_finds_what_was_used(self, client, report):
        factories.impression(factories.held(report.network), "Iets anders")
        _say(_there(report), report)
        found = library.search_library(LibraryFilter(used=True))
        assert [each.title for each in found.insights] == ["Samen inkopen scheelt werk"]
        page = client.get("/library?used=1").text
        assert ("enkele gemeenten in West-Brabant" in page, "Iets anders" in page) == (True, False)
        assert "enkele gemeenten in West-Brabant" in client.get(f"/impressions/{report.slug}").text
        report.event.confidential = True
        db.session.commit()
        assert library.search_library(LibraryFilter(used=True)).insights == []
        assert "Gebruikt door" not in client.get(f"/impressions/{report.slug}").text

    def test_how_many_answered_is_told_of_no_handful(self, report):
        told = [usage.response_in_words(uses.Response(*each)) for each in ((2, 4), (0, 9), (4, 9), (5, 9))]
        assert told == [
            "", "", "Enkele van 9 gevraagde deelnemers antwoordden", "5 van 9 gevraagde deelnemers antwoordden",
        ]  # fmt: skip

    def test_the_year_counts_suggestions_that_were_used(self, client, report):
        for place in WEST[:2]:
            _say(_there(report, place), report)
        sign_in(client, factories.account(report.network))
        year = clock.to_local(report.published_at).year
        page = client.get(f"/organise/networks/{report.network.slug}/year/{year}").text
        assert "<strong>1</strong> <span>suggestie werd gebruikt" in page


class TestPeople:
    def test_who_is_erased_counts_on_and_shows_nowhere(self, client, report):
        person = _there(report)
        uses.explain(_say(person, report), "Scheelt een dag", shown=True, askable=True)
        page = _page(person, report)
        people.erase_person(person)
        db.session.commit()
        use = _use(person, _first(report))
        assert (use.answer, use.because, use.shown_at, use.askable_at) == (UseAnswer.USED, "", None, None)
        assert uses.count_response(report) == uses.Response(1, 1)
        assert client.get(page).status_code == 404

    def test_two_who_become_one_answered_once_and_are_two_again(self, report):
        kept, gone = _there(report), _there(report)
        _say(kept, report)
        _say(gone, report, UseAnswer.NO, shown=False)
        uses.say(gone, report, report.insights[0].suggestions[1], UseAnswer.TRIED)
        link = _page(gone, report)
        merged = merges.merge_people(kept, gone)
        assert uses.count_response(report) == uses.Response(1, 1)
        assert [each.answer for each in uses.uses_of(kept)] == [UseAnswer.TRIED, UseAnswer.USED]
        assert uses.invitation_of_link(link.rpartition("/")[2]).person_id == kept.id
        merges.undo_merge(merged)
        assert (len(uses.uses_of(kept)), len(uses.uses_of(gone))) == (1, 2)
        assert uses.count_response(report) == uses.Response(2, 2)

    @pytest.mark.parametrize("how", ["left", "restricted", "own page"])
    def test_a_yes_goes_with_who_leaves_or_wants_no_use_of_their_data(self, client, report, how):
        person = _there(report)
        _say(person, report, shown=True, askable=True)
        page = "/me/data"
        if how == "left":
            memberships.leave_network(person.memberships[0])
        else:
            sign_in_person(client, person)
            told = client.get(page).text
            assert ("openbaar staat er dat Oosterhout dit gebruikt" in told, "Koop samen in" in told) == (True, True)
            values = {"use": "no"} if how == "restricted" else {}
            post(client, f"{page}/{'use' if how == 'restricted' else 'uses/hide'}", page=page, **values)
        use = _use(person, _first(report))
        assert (use.answer, use.shown_at, use.askable_at) == (UseAnswer.USED, None, None)

    def test_a_suggestion_with_answers_stays_when_its_words_are_taken_out_and_goes_with_its_insight(
        self, client, report
    ):
        person, suggestion = _there(report), _first(report)
        _say(person, report)
        insight, writer = report.insights[0], factories.account(report.network)
        kept = insights.change_insight(insight, insight.title, "", ["Iets nieuws"], writer, "Beter")
        assert (kept, _use(person, suggestion) is not None) == (["Koop samen in"], True)
        sign_in(client, factories.account(report.network))
        page = f"/organise/events/{report.event.slug}/learned/insights/{insight.id}"
        assert "Wat 1 persoon erover antwoordde, gaat mee weg" in client.get(page).text
        assert post(client, f"{page}/remove", page=page, note="Klopte niet").status_code == 303
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SuggestionUse)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UseQuestion)) == 1
