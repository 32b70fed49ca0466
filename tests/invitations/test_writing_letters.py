"""The letter editor for who knows no template: parts, names between brackets, blocks that are ticked."""

import html

import pytest
import sqlalchemy as sa

from app.database import db
from app.invitations.letters import letter_texts, readable_letters
from app.invitations.letters.models import LetterText
from app.network.people.models import Language
from app.outbox import letter_sources, letters
from app.outbox.kinds import BLOCKS, IN_OWN_WORDS
from tests import factories
from tests.helpers import html_of, mail_to, post, sign_in, text_of

pytestmark = pytest.mark.one_database

KIND = "registration/waiting"
PAGE = "/organise/networks/netwerk/letters/registration/waiting/nl"
KNOWN = {field.value for field in IN_OWN_WORDS[KIND].fields}


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    return network


def _source(network, kind=KIND) -> str:
    return letter_texts.current_text(network, kind, "nl")


def _blocks(network) -> list[str]:
    return readable_letters.blocks_in(_read(_source(network)).body, [field.value for field in BLOCKS])


def _read(text: str) -> readable_letters.ReadableLetter:
    letter = readable_letters.read_source(text, KNOWN)
    assert letter is not None
    return letter


def _shown(answer) -> str:
    return html.unescape(answer.text)


def _save(client, network, **parts):
    letter = _read(_source(network))
    sent = {name: getattr(letter, name) for name in readable_letters.NAMES_OF_PARTS} | {"blocks": _blocks(network)}
    return post(client, PAGE, **(sent | parts))


class TestReading:
    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("kind", IN_OWN_WORDS)
    def test_every_standard_letter_is_read_and_comes_back_as_the_same_mail(self, app, kind, language):
        text = letters.letter_source(kind, language)
        known = {field.value for field in IN_OWN_WORDS[kind].fields}
        letter = readable_letters.read_source(text, known)
        assert letter is not None
        assert "{" not in letter.subject + letter.preheader + letter.body
        names = letter_sources.tested_names(text)
        for truths in (frozenset(), names):
            now = letter_sources.set_letter(readable_letters.write_source(letter), truths)
            assert now == letter_sources.set_letter(text, truths) or _words(now) == _words(
                letter_sources.set_letter(text, truths)
            )

    @pytest.mark.parametrize(
        "body",
        [
            "{{ voornaam }}(online)",
            "{%- if online -%}x{%- endif %}",
            "[concept] voor jou",
            "[lees][1]\n\n[1]: https://ons.example",
            "{# niet voor lezers #}x",
        ],
    )
    def test_what_would_not_come_back_as_it_was_stays_a_template(self, client, network, body):
        text = f"Subject: Hoi\n\n{body}"
        assert readable_letters.read_source(text, KNOWN) is None
        letter_texts.save_text(network, KIND, "nl", text, None)
        shown = client.get(PAGE).text
        assert ('name="text"' in shown, 'name="body"' in shown) == (True, False)

    def test_links_and_escaped_brackets_are_no_fields(self, app):
        text = "Subject: Hoi\n\n[je pagina]({{ pagina }}) en [hier](https://ons.example) \\[zo\\] [1] […]"
        assert readable_letters.write_source(_read(text)) == text


def _words(letter: letter_sources.SetLetter) -> tuple:
    def plain(parts):
        return " ".join("".join(each if isinstance(each, str) else f"<{each.name}>" for each in parts).split())

    return plain(letter.subject), plain(letter.preheader), plain(letter.html), plain(letter.text)


class TestSaving:
    def test_an_organiser_sees_no_template_until_it_is_asked_for(self, client, network):
        page = "/organise/networks/netwerk/letters/registration/confirmed/nl"
        assert "{%" not in client.get(page).text.partition("<h2")[0]
        assert "{% if doet_online_mee %}" in client.get(f"{page}?template=1").text

    def test_parts_become_the_letter(self, client, network):
        assert (
            _save(client, network, subject="Nog even, [voornaam]", body="Je staat op [plaats in rij].").status_code
            == 303
        )
        assert _source(network).startswith("Subject: Nog even, {{ voornaam }}\n")
        assert _source(network).endswith("\n\nJe staat op {{ plaats_in_rij }}.")

    def test_saving_what_stands_there_keeps_the_standard_letter(self, client, network):
        assert _save(client, network).status_code == 303
        assert db.session.scalar(sa.select(sa.func.count(LetterText.id))) == 0
        letter_texts.save_text(network, KIND, "nl", "Subject: Hoi\n\nDag {{voornaam}}, lees dit.", None)
        assert _save(client, network).status_code == 303
        assert len(letter_texts.text_versions(network, KIND, "nl")) == 1

    def test_a_sentence_of_ones_own_stands_under_the_greeting_in_both_parts(self, client, network):
        _save(client, network, opening="**Let op:** andere zaal bij [titel].")
        event = factories.event(network)
        letter_texts.save_text(
            network, "registration/confirmed", "nl", _source(network).replace("{{ plaats_in_rij }}", ""), None
        )
        person = factories.registration(event, factories.person("Sanne de Vries")).invitation.person
        mail = mail_to(person, "confirmed")
        assert text_of(mail).startswith(f"Dag Sanne,\n\nLet op: andere zaal bij {event.title}.\n\n")
        assert "<strong>Let op:</strong> andere zaal" in html_of(mail)

    def test_a_block_is_left_out_and_put_back(self, client, network):
        assert "gegevens" in _blocks(network)
        others = [name for name in _blocks(network) if name != "gegevens"]
        _save(client, network, blocks=others)
        assert _blocks(network) == others
        _save(client, network, blocks=[*others, "gegevens"])
        assert set(_blocks(network)) == {"gegevens", *others}

    def test_a_block_taken_out_of_the_text_stays_out(self, client, network):
        body = _read(_source(network)).body.replace("[gegevens]", "")
        _save(client, network, body=body)
        assert "gegevens" not in _blocks(network)


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("part", "typed", "said"),
        [
            ("body", "Dag [voornam],", "[voornam] kennen we niet. Bedoel je [voornaam]?"),
            ("subject", "Voor [vornaam]", "[vornaam] kennen we niet. Bedoel je [voornaam]?"),
            ("opening", "[als onlin]Hoi[einde]", "[als onlin] kennen we niet. Bedoel je [als online]?"),
            ("body", "Dit is [xyzq].", "Kies een veld uit de lijst. Bedoel je gewone haakjes? Schrijf dan (xyzq)."),
            ("body", "Dag [voornaam,", "Bij ‘[voornaam’ mist een haak. Bedoel je [voornaam]?"),
            ("body", "Dag voornaam],", "Bij ‘voornaam]’ mist een haak. Bedoel je [voornaam]?"),
            ("body", "[als online] Hoi", "Na [als online] hoort [einde]."),
            ("body", "Hoi [einde]", "Voor [einde] hoort een begin, zoals [als online]."),
            ("body", "Hoi {% if online %}", "Schrijf een veld tussen rechte haken, zoals [voornaam]."),
            ("body", "", "De tekst is leeg, dus er is niets te versturen."),
            ("subject", "", "Schrijf een onderwerp."),
            ("subject", "lang " * 40, "Het onderwerp is te lang."),
            ("body", "https://elders.example/?u=[pagina]", "‘pagina’ staat vast aan een ander adres"),
        ],
    )  # fmt: skip
    def test_it_is_refused_at_its_field_and_nothing_typed_is_lost(self, client, network, part, typed, said):
        answer = _save(client, network, **{"opening": "Een eigen zin.", "blocks": [], part: typed})
        shown = _shown(answer)
        assert (answer.status_code, said in shown.partition(f'id="{part}-error"')[2].partition("</div>")[0]) == (
            422,
            True,
        )
        assert typed.strip() in shown
        assert db.session.scalar(sa.select(sa.func.count(LetterText.id))) == 0

    def test_each_fault_of_a_field_stands_above_the_form(self, client, network):
        shown = _shown(_save(client, network, blocks=[], body="Dag [voornam], [als online] Hoi"))
        box = shown.partition('id="fouten"')[2].partition("</ul>")[0]
        assert ("Er zijn 2 dingen" in box, "[voornaam]?" in box, "hoort [einde]" in box) == (True, True, True)

    @pytest.mark.parametrize("text", ["", "Subject: Hoi\n\n "])
    def test_a_template_emptied_says_so(self, client, network, text):
        answer = post(client, f"{PAGE}?template=1", page=PAGE, text=text)
        assert (answer.status_code, "De tekst is leeg, dus er is niets te versturen." in answer.text) == (422, True)


class TestTurning:
    def test_what_is_typed_goes_along_to_the_template_and_back(self, client, network):
        turned = _shown(_save(client, network, body="Nieuw voor [voornaam].", turn="template"))
        assert "Nieuw voor {{ voornaam }}." in turned
        assert "Het is nog niet bewaard." in turned
        back = _shown(post(client, PAGE, text="Subject: Hoi\n\nNieuw voor {{ voornaam }}.", turn="parts"))
        assert "Nieuw voor [voornaam]." in back
        assert _source(network) == letters.letter_source(KIND, "nl")

    def test_a_template_of_more_than_that_stays_one(self, client, network):
        text = "Subject: Hoi\n\n{%- if online %}Meer{% endif %}"
        shown = _shown(post(client, PAGE, text=text, turn="parts"))
        assert "Hij blijft daarom een sjabloon." in shown
        assert "{%- if online %}Meer{% endif %}" in shown


class TestExample:
    def test_it_shows_what_is_typed_in_parts_and_the_other_language_as_it_is_kept(self, client, network):
        letter_texts.save_text(network, KIND, "en", "Subject: Wait\n\nYou wait, {{ voornaam }}.", None)
        db.session.commit()
        typed = {"subject": "Nu", "body": "Nu voor [voornaam]."}
        assert "Nu voor Loes." in post(client, f"{PAGE}/preview", page=PAGE, look="text", **typed).text
        assert "You wait, Loes." in post(client, f"{PAGE}/preview", page=PAGE, look="text", shown="en", **typed).text
