"""Many talks at once: rows of a spreadsheet, right or refused at their row, all kept or none."""

from datetime import date, timedelta

import pytest

from app import clock
from app.contact_moments import talk_rows
from app.contact_moments.models import ContactKind, ContactMoment
from app.contact_moments.talk_rows import NotAllRight
from app.database import db
from app.themes import themes
from tests import factories
from tests.contact_moments.test_talks import talk
from tests.helpers import post, sign_in


def read(text: str, network=None):
    return talk_rows.read_rows(network or factories.network(), text)


def told(row):
    talk = row.talk
    return talk and ([each.name for each in talk.organisations], talk.day, talk.kind, talk.theme_id, talk.note)


def test_rows_in_the_order_that_is_asked(app):
    water = themes.add_theme("Waterveiligheid", "Water safety")
    found = read(
        "gemeente oss\t1 maart 2025\tVoortgangsgesprek\tWaterveiligheid\tOver  de dijk\n"
        "VNG\t45352\tgesprek\t\t\n"
        "\n"
        "Best; Oss\t2025-03-04\tTELEPHONE CALL\tWATER SAFETY"
    )

    assert found.wrong == []
    assert [told(row) for row in found.rows] == [
        (["Oss"], date(2025, 3, 1), ContactKind.PROGRESS_TALK, water.id, "Over de dijk"),
        (["Vereniging van Nederlandse Gemeenten (VNG)"], date(2024, 3, 1), ContactKind.TALK, None, ""),
        (["Best", "Oss"], date(2025, 3, 4), ContactKind.PHONE, water.id, ""),
    ]
    assert [row.number for row in found.rows] == [1, 2, 4]


def test_headings_say_where_what_stands_and_what_is_passed_over(app):
    found = read("Datum;Wie belde;Gemeente;Soort gesprek\n1-2-2025;Piet;Oss;Advies")

    assert found.ignored == ["Wie belde"]
    assert [told(row) for row in found.rows] == [(["Oss"], date(2025, 2, 1), ContactKind.ADVICE, None, "")]
    assert found.rows[0].number == 2


def test_a_quote_that_is_never_closed_is_read_as_it_stands(app):
    found = read('Oss\t1-2-2025\tGesprek\t\t"' + "x" * 140_000 + "\nBest\t1-2-2025\tGesprek")

    assert [(row.number, bool(row.problems)) for row in found.rows] == [(1, True), (2, False)]


def test_a_theme_that_could_be_chosen_that_day(app):
    theme = themes.add_theme("Waterveiligheid", "Water safety")
    theme.starts_on, theme.ends_on = date(2024, 1, 1), date(2025, 6, 30)
    days = ("31-12-2023", "1-1-2024", "30-6-2025", "1-7-2025")
    found = read("\n".join(f"Oss\t{day}\tGesprek\tWaterveiligheid" for day in days))

    wrong = "Het thema ‘Waterveiligheid’ liep op die dag niet. Kies een ander thema, of geen."
    assert [row.problems for row in found.rows] == [[wrong], [], [], [wrong]]


def test_an_organisation_as_it_was_that_day(app):
    found = read("Uden\t1-2-2020\tGesprek\nUden\t1-2-2025\tGesprek")

    assert [told(row)[0] for row in found.rows] == [["Uden"], ["Maashorst"]]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("den bosch\t1-2-2025\tGesprek", "Bedoel je ‘'s-Hertogenbosch’?"),
        ("Nergenshuizen BV\t1-2-2025\tGesprek", "kennen we niet"),
        ("\t1-2-2025\tGesprek", "Vul de kolom ‘Organisatie’ in."),
        ("Oss\t\tGesprek", "Vul de kolom ‘Datum’ in."),
        ("Oss\t31-2-2025\tGesprek", "De datum ‘31-2-2025’ bestaat niet."),
        ("Oss\t2025\tGesprek", "De datum ‘2025’ bestaat niet."),
        ("Oss\t1-1-1999\tGesprek", "tussen 2000 en 2100"),
        ("Oss\t1-2-2090\tGesprek", "Deze dag moet nog komen."),
        ("Oss\t1-2-2025\tBorrel", "Kies uit: Gesprek, "),
        ("Oss\t1-2-2025\t", "Vul de kolom ‘Soort’ in."),
        ("Oss\t1-2-2025\tGesprek\tOnbestaand", "Het thema ‘Onbestaand’ kennen we niet."),
        (f"Oss\t1-2-2025\tGesprek\t\t{'x' * 301}", "hooguit 300 tekens"),
    ],
)
def test_what_is_wrong_stands_at_its_row(app, row, says):
    found = read(f"Best\t1-2-2025\tGesprek\n{row}\nOss\t1-2-2025\tGesprek")

    wrong = found.wrong
    assert len(wrong) == 1
    assert says in " ".join(wrong[0].problems).replace("’s-", "'s-")


def test_of_rows_that_are_not_all_right_none_is_kept(app):
    network = factories.network()

    with pytest.raises(NotAllRight):
        talk_rows.enter_rows(network, read("Oss\t1-2-2025\tGesprek\nOss\t1-2-2025\tBorrel", network), None)
    assert db.session.query(ContactMoment).count() == 0


def test_pasting_again_enters_only_what_is_new_and_two_alike_are_two(app):
    network = factories.network()
    talk(network, "Oss", day=date(2025, 2, 1))
    talk(factories.network(), "Best", day=date(2025, 2, 1))
    rows = "Oss\t1-2-2025\tGesprek\nOss\t1-2-2025\tGesprek\nBest\t1-2-2025\tGesprek"

    found = read(rows, network)
    assert [row.known for row in found.rows] == [True, False, False]
    assert talk_rows.enter_rows(network, found, None) == 2
    assert [row.known for row in read(rows, network).rows] == [True, True, True]


def test_more_rows_than_can_be_looked_at(app):
    found = read("Oss\t1-2-2025\tGesprek\n" * (talk_rows.MOST_ROWS + 1))

    assert "Plak ze in delen" in found.rows[-1].problems[0]
    assert len(found.rows) <= talk_rows.MOST_ROWS + 1


def test_reading_takes_a_fixed_number_of_queries(app, queries):
    network, counts = factories.network(), []
    for size in (2, 40):
        db.session.commit()
        with queries() as seen:
            read("Oss;1-2-2025;Gesprek\nUden;1-2-2025;Advies\n" * size, network)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_rows_are_read_as_they_are_pasted_with_a_first_column_that_has_no_heading(client, app):
    network = factories.network()
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments/rows"
    looked = post(client, page, pasted="\tOrganisatie\tDatum\tSoort\r\n1\tOss\t1-2-2025\tGesprek\t\r\n")
    assert "1 gesprek wordt vastgelegd." in looked.text


def test_first_a_dry_run_then_what_was_looked_at(client, app):
    network = factories.network()
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments/rows"
    rows = "Oss\t1-2-2025\tGesprek\tx\nBest\t3-2-2025\tWerkbezoek"

    looked = post(client, page, pasted=rows)
    assert "Rij 1: Het thema ‘x’ kennen we niet." in looked.text
    assert 'name="keep"' not in looked.text
    looked = post(client, page, pasted=rows.replace("\tx", ""))
    assert "2 gesprekken worden vastgelegd." in looked.text
    assert db.session.query(ContactMoment).count() == 0
    seal = looked.text.partition('name="keep" value="')[2].partition('"')[0]
    other = post(client, page, pasted=rows.replace("\tx", "\t\tAnders"), keep=seal)
    assert db.session.query(ContactMoment).count() == 0
    assert 'name="keep"' in other.text
    kept = post(client, page, pasted=rows.replace("\tx", ""), keep=seal)
    assert kept.status_code == 303
    assert "2 gesprekken zijn vastgelegd." in client.get(kept.location).text
    assert db.session.query(ContactMoment).count() == 2
    post(client, page, pasted=rows.replace("\tx", ""), keep=seal)
    assert db.session.query(ContactMoment).count() == 2


def test_tomorrow_is_refused_and_today_is_not(app):
    today = clock.today()
    found = read(f"Oss\t{today}\tGesprek\nOss\t{today + timedelta(days=1)}\tGesprek")

    assert [bool(row.problems) for row in found.rows] == [False, True]
