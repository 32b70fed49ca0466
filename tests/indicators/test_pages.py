"""The figures of an agenda as organisers keep them and readers read them."""

import html
import io
import re
from decimal import Decimal

import pytest

from app import clock
from app.accounts.models import NetworkRole
from app.agendas.models import AgendaTheme
from app.database import db
from app.indicators import counts, readings, signs, targets
from app.indicators.models import Aim, Aspect, Assessment, Budget, Indicator, Measure, ReadingKind, Sign
from app.indicators.readings import NewReading
from app.indicators.signs import Answers
from app.indicators.targets import Decision
from app.lessons.impressions.attachments import CleanFile
from tests import factories
from tests.helpers import post, sign_in
from tests.indicators import made

pytestmark = pytest.mark.one_database


def _text(answer) -> str:
    """What stands on a page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


YEAR = clock.today().year


@pytest.fixture
def agenda(app):
    return made.agenda(factories.network(slug="digitaal"), made.theme("Veiligheid"))


@pytest.fixture
def page(client, agenda):
    """The addresses of an agenda's figures, for an organiser."""
    sign_in(client, factories.account(agenda.network))
    return f"/organise/networks/digitaal/agendas/{agenda.id}/figures"


def _filled(**values):
    return {
        "name": "Regiobijeenkomsten",
        "theme": "",
        "measure": "sessions",
        "owner": "Programmamanager",
        "unit": "aantal",
        "direction": "at_least",
        "combining": "per_year",
        "result": "output",
    } | values


def test_an_indicator_with_its_targets_is_one_form(client, agenda, page):
    theme_id = agenda.themes[0].theme_id
    sent = _filled(
        theme=str(theme_id), targets="4 4 ?", decision="begroting 2026", formats=["session"], roles=["griffier"]
    )
    assert post(client, f"{page}/new", **sent).status_code == 303
    indicator = db.session.query(Indicator).one()

    assert [each.aim for each in indicator.targets] == [Aim.NUMBER, Aim.NUMBER, Aim.UNKNOWN]
    assert indicator.versions[0].narrowing == {"format": ["session"]}
    assert indicator.versions[0].definition == "Gehouden sessies"
    shown = _text(client.get(page))
    assert "Regiobijeenkomsten" in shown
    assert "ten minste 4" in shown
    assert "wordt nog geteld" in shown


def test_a_row_of_targets_is_read_as_the_browser_sends_it_with_the_first_year_empty(client, agenda, page):
    sent = _filled(targets="\t4", decision="begroting 2026")
    assert post(client, f"{page}/new", **sent).status_code == 303
    assert [(each.year, each.value) for each in db.session.query(Indicator).one().targets] == [(YEAR, 4)]
    refused = post(client, f"{page}/new", **_filled(targets="\t4", decision=""))
    assert 'value="\t4"' in refused.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"targets": "1 2 3 4", "decision": "x"}, "Er staan meer streefwaarden dan deze agenda jaren heeft."),
        ({"targets": "1.5", "decision": "x"}, "kan twee dingen zijn"),
        ({"targets": "4"}, "Schrijf op waar de streefwaarden zijn besloten."),
        ({"organisations": "Nergenshuizen"}, "Deze organisatie kennen we niet: Nergenshuizen."),
        ({"owner": ""}, "Vul dit in."),
    ],
)
def test_a_form_that_is_not_right_says_what_and_makes_nothing(client, page, sent, said):
    answer = post(client, f"{page}/new", **_filled(**sent))
    assert answer.status_code == 422
    assert said in _text(answer)
    assert db.session.query(Indicator).count() == 0


def test_a_counted_figure_opens_its_list_and_never_names_a_confidential_session(client, agenda, page):
    network = agenda.network
    factories.held(network, title="Openbare sessie")
    factories.held(network, title="Geheime sessie", confidential=True)
    indicator = made.indicator(agenda)
    assert post(client, f"{page}/{indicator.id}/count?year={YEAR}", page=f"{page}/{indicator.id}").status_code == 303
    shown = _text(client.get(f"{page}/{indicator.id}"))
    taken = client.get(f"{page}/{indicator.id}/list.csv").get_data(as_text=True)

    for text in (shown, taken):
        assert "Openbare sessie" in text
        assert "Geheime sessie" not in text
        assert "1 niet aan jou getoond" in text
    assert "Gerealiseerd 2" in shown.replace("\n", " ")


def test_whoever_only_reads_sees_no_handful_of_people(client, agenda, page):
    event = factories.held(agenda.network)
    for name in ("Sanne de Vries", "Jan Smit"):
        factories.attendance(event, factories.person(name, at="Oss"))
    indicator = made.indicator(agenda, Measure.PEOPLE, narrowing={"network": [agenda.network_id]})
    counts.count_now(indicator)
    db.session.commit()
    organised = _text(client.get(f"{page}/{indicator.id}"))
    sign_in(client, factories.account(agenda.network, NetworkRole.READER))
    read = _text(client.get(f"{page}/{indicator.id}"))

    assert "Gemeente: 2" in organised
    assert "minder dan 5" not in organised
    assert "minder dan 5" in read
    assert "Waar ze werkten" not in read
    assert "minder dan 5" in _text(client.get(page))
    assert "minder dan 5" in client.get(f"{page}/{indicator.id}/list.csv").get_data(as_text=True)


def test_where_few_people_worked_is_told_to_organisers_alone(client, agenda, page):
    event = factories.held(agenda.network)
    for who in [*factories.crowd(6, at="Oss"), *factories.crowd(2, at="Waterschap De Dommel")]:
        factories.attendance(event, who)
    indicator = made.indicator(agenda, Measure.PEOPLE, narrowing={"network": [agenda.network_id]})
    counts.count_now(indicator)
    db.session.commit()
    organised = _text(client.get(f"{page}/{indicator.id}"))
    sign_in(client, factories.account(agenda.network, NetworkRole.READER))
    read = _text(client.get(f"{page}/{indicator.id}"))

    assert "Gemeente: 6 Waterschap: 2" in organised
    assert ("Waar ze werkten" in read, "te weinig om te noemen" in read) == (False, False), "8 less 6 would tell"
    assert "Gerealiseerd 8" in read


def test_who_organises_the_agenda_alone_reads_no_handful_of_another_network(client, agenda, page):
    """Of people nor bodies, whatever the indicator is narrowed to; who organises both reads all."""
    other = factories.network()
    there = factories.person("Sanne de Vries", at="Oss")
    factories.attendance(factories.held(other, confidential=True), there)
    body = there.positions[0].organisation_id
    for measure in (Measure.PEOPLE, Measure.ORGANISATIONS, Measure.REACHED):
        for narrowing in ({"organisation": [body]}, {"organisation": [body], "network": [other.id]}):
            indicator = made.indicator(agenda, measure, narrowing=narrowing)
            counts.count_now(indicator)
            db.session.commit()
            address = f"{page}/{indicator.id}"
            for shown in (_text(client.get(address)), client.get(f"{address}/list.csv").get_data(as_text=True)):
                assert "minder dan 5" in shown
                assert ("1 niet aan jou getoond" in shown, "gehaald" in shown) == (False, False)
    sign_in(client, factories.account(agenda.network, admin=True))
    assert "minder dan 5" not in _text(client.get(address))


def test_the_list_that_is_taken_along_is_of_the_year_that_is_shown(client, agenda, page):
    factories.held(agenda.network, title="Van toen", days_ago=366)
    indicator = made.indicator(agenda)
    shown = client.get(f"{page}/{indicator.id}?year={YEAR - 1}").text
    address = html.unescape(re.search(r'href="([^"]*/list\.csv[^"]*)"', shown)[1])
    assert "Van toen" in client.get(address).get_data(as_text=True)


def test_a_target_halfway_shows_both_with_the_day(client, agenda, page):
    indicator = made.indicator(agenda, Measure.BY_HAND)
    sent = {
        "year": str(YEAR),
        "aim": "number",
        "value": "1.000",
        "decided_on": f"{YEAR}-01-02",
        "decision": "begroting",
    }
    assert post(client, f"{page}/{indicator.id}/target", **sent).status_code == 303
    changed = sent | {"value": "800", "decided_on": f"{YEAR}-02-03", "decision": "motie"}
    refused = post(client, f"{page}/{indicator.id}/target", **changed)
    assert refused.status_code == 422
    assert "Schrijf op waarom die verandert." in _text(refused)
    assert post(client, f"{page}/{indicator.id}/target", **(changed | {"reason": "minder geld"})).status_code == 303
    shown = _text(client.get(page))

    assert "ten minste 800" in shown
    assert re.search(rf"tot \w+ 3 februari {YEAR}: ten minste 1\.000", shown)


def test_a_figure_by_hand_with_its_proof_is_counted_at_once(client, agenda, page):
    indicator = made.indicator(agenda, Measure.BY_HAND)
    sent = {"kind": "realised", "day": clock.today().isoformat(), "value": "12,5", "source": "Telling"}
    wrong = post(client, f"{page}/{indicator.id}/reading", **(sent | {"file": (io.BytesIO(b"geen pdf"), "bewijs.pdf")}))
    assert wrong.status_code == 422
    assert post(client, f"{page}/{indicator.id}/reading", **(sent | {"link": "javascript:x"})).status_code == 422
    assert post(client, f"{page}/{indicator.id}/reading", **sent).status_code == 303
    shown = _text(client.get(f"{page}/{indicator.id}"))

    assert "12,5" in shown
    assert "Telling" in shown


def test_a_figure_by_hand_is_put_right_and_what_stood_there_stays_to_be_read(client, agenda, page):
    indicator = made.indicator(agenda, Measure.BY_HAND)
    wrong = readings.add_reading(
        indicator, NewReading(ReadingKind.REALISED, clock.today(), Decimal("12.5"), "Telling"), None
    )
    address = f"{page}/{indicator.id}/reading?replaces={wrong.id}"
    form = client.get(address)
    assert form.status_code == 200
    assert "Er stond 12,5 op" in _text(form)
    sent = {"kind": "realised", "day": clock.today().isoformat(), "value": "13", "source": "Telling"}
    refused = post(client, address, **sent)
    assert (refused.status_code, "Er stond 12,5 op" in _text(refused)) == (422, True)
    assert post(client, address, **sent, reason="Verkeerd opgeteld").status_code == 303
    shown = _text(client.get(f"{page}/{indicator.id}"))
    assert "12,5" in shown
    assert "Verkeerd opgeteld" in shown


def test_proof_is_taken_along_under_its_own_name(client, agenda, page):
    indicator = made.indicator(agenda, Measure.BY_HAND)
    new = NewReading(ReadingKind.REALISED, clock.today(), 3, "Telling", file=CleanFile("bewijs.pdf", b"%PDF-1.7"))
    reading = readings.add_reading(indicator, new, None)
    answer = client.get(f"{page}/{indicator.id}/readings/{reading.id}/file")

    assert answer.data == b"%PDF-1.7"
    assert "bewijs.pdf" in answer.headers["Content-Disposition"]
    assert client.get(f"{page}/{indicator.id}/readings/999999/file").status_code == 404


def test_signs_stand_with_letter_and_word_in_the_words_of_the_agenda(client, agenda, page):
    theme_id = agenda.themes[0].theme_id
    form = _text(client.get(f"{page}/signs/{theme_id}"))
    assert "Prestatie" in form
    assert "checked" not in client.get(f"{page}/signs/{theme_id}").get_data(as_text=True)
    sent = {"day": clock.today().isoformat(), "time": "orange"}
    assert post(client, f"{page}/signs/{theme_id}", **sent).status_code == 422
    answers = {"cause": "Ziekte", "consequence": "Een maand later", "correction": "Inhuren"}
    assert post(client, f"{page}/signs/{theme_id}", **(sent | answers)).status_code == 303
    shown = _text(client.get(page))

    assert db.session.query(Assessment).one().sign == "orange"
    for words in ("O: aandacht", "vraagt bijsturing", "Ziekte", "Een maand later", "Inhuren", "nog geen teken"):
        assert words in shown


def test_each_sign_that_is_not_on_course_has_its_own_answers(client, agenda, page):
    theme_id, today = agenda.themes[0].theme_id, clock.today()
    for aspect, sign, cause in ((Aspect.QUALITY, Sign.RED, "te weinig mensen"), (Aspect.MONEY, Sign.ORANGE, "te duur")):
        signs.set_signs(agenda, theme_id, today, {aspect: sign}, Answers(cause, "later", "bijsturen"), None)
    shown = _text(client.get(page))
    assert "te weinig mensen" in shown
    assert "te duur" in shown


def test_an_agenda_without_figures_says_so(client, agenda, page):
    agenda.themes = []
    db.session.commit()
    assert "Nog geen cijfers. Begin met een indicator." in _text(client.get(page))


def test_money_is_pasted_or_filled_in(client, agenda, page):
    theme_id = agenda.themes[0].theme_id
    sent = {"year": str(YEAR), "row": "Lasten 19.284 1.624 20.909", "source": "bestuursrapportage"}
    assert post(client, f"{page}/money/{theme_id}", **sent).status_code == 303
    assert "zijn samen niet precies" in _text(client.get(page))
    assert post(client, f"{page}/money/{theme_id}", **(sent | {"row": "Saldo -1 2 3"})).status_code == 422
    assert post(client, f"{page}/money/{theme_id}", year=str(YEAR), source="x").status_code == 422
    assert post(client, f"{page}/money/{theme_id}", year=str(YEAR), budget="1,5", source="x").status_code == 303
    assert db.session.query(Budget).count() == 2
    assert "begroting 1,5" in _text(client.get(page))


def test_another_rule_asks_why(client, agenda, page):
    indicator = made.indicator(agenda)
    sent = _filled(measure="people", name="Mensen")
    refused = post(client, f"{page}/{indicator.id}/edit", **sent)
    assert refused.status_code == 422
    assert "Schrijf op waarom" in _text(refused)
    assert (
        post(client, f"{page}/{indicator.id}/edit", **(sent | {"reason": "sessies zeggen weinig"})).status_code == 303
    )
    shown = _text(client.get(f"{page}/{indicator.id}"))
    assert "Cijfers van voor en na een wijziging zijn niet te vergelijken." in shown


def test_who_changes_only_the_name_is_not_asked_why(client, agenda, page):
    """Whatever the order of a list, and also where it names a network that they do not see."""
    hidden, oss, best = factories.network(), factories.organisation("Oss"), factories.organisation("Best")
    narrowing = {"network": [agenda.network_id, hidden.id], "organisation": [oss.id, best.id]}
    indicator = made.indicator(agenda, Measure.PEOPLE, narrowing=narrowing, definition="Wat telt")
    db.session.commit()

    sent = _filled(measure="people", definition="Wat telt", combining="once", name="Anders")
    sent |= {"networks": str(agenda.network_id), "organisations": "Best\nOss"}
    assert post(client, f"{page}/{indicator.id}/edit", **sent).status_code == 303
    indicator = db.session.get(Indicator, indicator.id)
    assert (indicator.name, len(indicator.versions)) == ("Anders", 1)


def test_the_page_takes_as_many_statements_however_many_themes_and_indicators(client, agenda, page, queries):
    def opened() -> int:
        client.get(page)
        with queries() as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    few = opened()
    for place in range(1, 12):
        agenda.themes.append(AgendaTheme(theme=made.theme(), place=place))
    for number in range(40):
        theme = agenda.themes[number % 12].theme
        indicator = made.indicator(agenda, Measure.BY_HAND, theme=theme)
        targets.set_target(indicator, YEAR, Aim.NUMBER, Decimal(number), Decision("begroting", clock.today()))
        signs.set_signs(agenda, theme.id, clock.today(), {Aspect.TIME: Sign.GREEN}, Answers(), None)

    assert opened() == few + 3
    """Of versions, targets and readings, which are asked for once there is an indicator."""


def test_an_agenda_of_another_network_is_not_there(client, page):
    other = made.agenda()
    indicator = made.indicator(other)
    for address in (f"{other.id}/figures", f"{other.id}/figures/{indicator.id}", f"{other.id}/figures/new"):
        assert client.get(f"/organise/networks/digitaal/agendas/{address}").status_code == 404


def test_what_alone_counts_is_not_named_to_who_may_not_know_that_it_is_there(client, agenda):
    hidden = factories.network(name="Stille kring", listed=False)
    open_one = factories.network(name="Open kring")
    kept = factories.series(hidden, "Besloten reeks")
    narrowing = {"network": [agenda.network_id, hidden.id, open_one.id], "series": [kept.id]}
    indicator = made.indicator(agenda, narrowing=narrowing)
    db.session.commit()
    address = f"/organise/networks/{agenda.network.slug}/agendas/{agenda.id}/figures/{indicator.id}"

    sign_in(client, factories.account(agenda.network))
    page = client.get(address).text
    assert ("Stille kring" in page, "Besloten reeks" in page, "Open kring" in page) == (False, False, True)
    assert page.count("van een netwerk dat niet openbaar is") == 2

    sign_in(client, factories.account(admin=True))
    page = client.get(address).text
    assert ("Stille kring" in page, "Besloten reeks" in page) == (True, True)
