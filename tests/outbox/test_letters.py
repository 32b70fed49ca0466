"""Letters: fields, blocks and conditions in both parts; what a letter source may not hold."""

import pytest

from app.outbox import letter_sources, letters
from app.outbox.kinds import Because
from app.outbox.letter_sources import LetterError
from app.outbox.letters import LetterBlock
from app.settings import ROOT

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
LAYOUT = {"because": Because.ACCOUNT}


def _write(source: str, **fields):
    return letters.write_letter(source, fields, "nl", LAYOUT)


def test_fields_stand_in_subject_html_and_text():
    letter = _write(
        "Subject: Hoi {{ naam }}\n\nDag **{{ naam }}**, [kijk]({{ link }}).",
        naam="Sanne",
        link="http://x.example/?a=1&b=2",
    )
    assert letter.subject == "Hoi Sanne"
    assert "<strong>Sanne</strong>" in letter.html
    assert 'href="http://x.example/?a=1&amp;b=2"' in letter.html
    assert letter.text.startswith("Dag Sanne, kijk: http://x.example/?a=1&b=2.")


@pytest.mark.parametrize(
    "name", ["<b>Jan</b>", "**Jan**", "[Jan](http://kwaad.example)", "{{ link }}", "zq0qz", "# Jan", "Jan & Zn", "=1+1"]
)
def test_values_are_never_markup(name):
    letter = _write("Subject: {{ naam }}\n\nDag {{ naam }}", naam=name, link="geheim")
    assert letter.text.startswith(f"Dag {name}\n")
    assert f"Dag {name.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>" in letter.html
    assert letter.subject == name


def test_line_breaks_in_a_value_cannot_add_a_header():
    assert (
        _write("Subject: Hoi {{ naam }}\n\n.", naam="a\r\nBcc: x@kwaad.example").subject == "Hoi a Bcc: x@kwaad.example"
    )


def test_conditions_choose_a_part():
    source = "Subject: x\n\n{% if online %}\nLink.\n{% else %}\nZaal.\n{% endif %}"
    assert (_write(source, online=True).text[:5], _write(source, online=False).text[:5]) == ("Link.", "Zaal.")


def test_block_has_an_own_form_in_each_part():
    letter = _write(
        "Subject: x\n\nEerst\n\n{{ blok }}\n\nLaatst",
        blok=LetterBlock("<table><tr><td>cel</td></tr></table>", "cel als tekst"),
    )
    assert "</p>\n<table" in letter.html.replace("\n\n", "\n")
    assert letter.text.startswith("Eerst\n\ncel als tekst\n\nLaatst\n")


def test_text_part_sets_lists_headings_and_long_lines():
    letter = _write("Subject: x\n\n## Kop\n\n- een\n- " + "lang " * 30 + "\n\n1. a\n2. b\n\n> citaat")
    lines = letter.text.split("\n")
    assert lines[:3] == ["Kop", "", "- een"]
    assert max(map(len, lines)) <= 72
    assert (lines[4].startswith("  lang"), "2. b" in lines, "> citaat" in lines) == (True, True, True)


def test_styles_are_inlined_and_nothing_comes_from_elsewhere():
    html = _write("Subject: x\n\nTekst met [link](http://y.example)").html
    assert 'style="margin: 0 0 14px;' in html
    assert [word for word in ("<img", "<link", "@import", "url(", "<script") if word in html] == []
    assert len(html.encode()) < 100_000


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("Subject: x\n\n{{ voornam }}", "Het veld ‘voornam’ kennen we niet. Bedoel je ‘voornaam’?"),
        ("Subject: x\n\n{{ voornaam", "Regel 3: de accolades kloppen niet. Schrijf een veld als {{ voornaam }}."),
        ("Geen onderwerp\n\nTekst", "De eerste regel moet het onderwerp zijn: ‘Subject: …’."),
        (
            "Subject: x\n\n{% for i in range(10**9) %}x{% endfor %}",
            "Regel 3: gebruik alleen velden zoals {{ voornaam }}.",
        ),
        ("Subject: x\n\n{{ voornaam.__class__ }}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
        ("Subject: x\n\n{{ voornaam|upper }}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
        ("Subject: x\n\n{{ 7*7 }}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
        ("Subject: x\n\n{% include 'layout.html' %}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
        ("Subject: x\n\n{% set voornaam = 1 %}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
    ],
)
def test_check_names_what_is_wrong(source, problem):
    with pytest.raises(LetterError) as error:
        letter_sources.check_letter_source(source, {"voornaam", "titel"})
    assert problem in error.value.problems


def test_every_letter_exists_in_both_languages_with_the_same_fields():
    import re

    names = {
        path.relative_to(ROOT / "mail_templates").as_posix().rsplit(".", 2)[0]
        for path in (ROOT / "mail_templates").rglob("*.md")
    }
    fields = {
        name: [set(re.findall(r"{{ (\w+) }}", letters.letter_source(name, language))) for language in ("nl", "en")]
        for name in names
    }
    assert {name: dutch ^ english for name, (dutch, english) in fields.items() if dutch != english} == {}
