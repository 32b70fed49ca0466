"""A column 'Aanhef' says how somebody is called, or a title; what it cannot say of anybody is left alone."""

import pytest

from app.network.imports import import_plans
from app.network.people import salutations
from app.network.people.name_reading import read_name
from tests import factories


@pytest.mark.parametrize(
    ("name", "salutation", "greeting", "titles"),
    [
        ("S. de Vries", "Beste Sanne", "Sanne", ""),
        ("S. de Vries", "Beste Sanne,", "Sanne", ""),
        ("Susanna de Vries", "Hoi Sanne", "Sanne", ""),
        ("S. de Vries", "Dag Sanne de Vries", "Sanne", ""),
        ("S. de Vries", "Sanne", "Sanne", ""),
        ("S. de Vries", "Geachte heer De Vries", "S. de Vries", "heer"),
        ("De Vries", "mevrouw", "mevrouw De Vries", "mevrouw"),
        ("S. de Vries", "dhr.", "S. de Vries", "dhr."),
        ("mw. S. de Vries", "De heer", "S. de Vries", "mw."),
        ("S. de Vries", "V", "S. de Vries", ""),
        ("S. de Vries", "Beste collega", "S. de Vries", ""),
        ("S. de Vries", "Beste Collega", "S. de Vries", ""),
        ("Jansen", "Beste Jansen", "Jansen", ""),
        ("Susanna de Vries", "", "Susanna", ""),
    ],
)
def test_what_a_salutation_says(name, salutation, greeting, titles):
    found = salutations.called_as(read_name(name), salutation)
    assert (found.greeting, found.titles, found.name) == (greeting, titles, read_name(name).name)


def test_the_list_shows_it_as_a_proposal_and_passes_over_what_says_nothing(app):
    text = "Nr.;Naam;Aanhef;Laatst gezien;Hobby;E-mail\n1;S. de Vries;Beste Sanne;1-3-2024;vissen;s@oss.example\n"
    plan = import_plans.plan_import(factories.network(), "lijst.csv", text.encode())
    assert plan.columns == {
        "Nr.": "", "Naam": "name", "Aanhef": "salutation", "Laatst gezien": "", "Hobby": "", "E-mail": "address",
    }  # fmt: skip
    assert plan.ignored == ["Hobby"]
    assert [(row.reading.greeting, row.notes[0]) for row in plan.noted] == [
        ("Sanne", "Volgens de aanhef: ‘Dag Sanne’.")
    ]
