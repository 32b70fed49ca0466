"""The kitchen list and the access list: counted without names, printed, mailed; names only by a deliberate press."""

import html
import io
import re

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.accounts.models import AuditEntry, NetworkRole
from app.database import db
from app.events import event_questions
from app.events.models import Mode, Preset, Question
from app.network.people import people
from app.outbox.models import Message
from app.registration import answers, question_answers
from app.registration.models import NeedListMail, Registration
from tests import factories
from tests.helpers import html_of, mails, parsed, post, sign_in, text_of, work

NAMES = ("Anna", "Aarts", "Bram", "Bos", "Çelik", "Cor", "Wachtende")


@pytest.fixture
def event(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    event = factories.hybrid(network, title="Samen slimmer", seats_on_site=4)
    event.questions = event_questions.make_preset_questions()
    db.session.flush()
    return event


def answer(event, name: str, text: str, preset: Preset = Preset.DIETARY, mode: Mode = Mode.ON_SITE) -> Registration:
    """Somebody who registers and answers a ready-made question."""
    registration = factories.registration(event, factories.person(name, of=event.network), mode)
    question = next(each for each in event.questions if each.preset == preset)
    question_answers.keep_answers(registration, {question: text}, ())
    db.session.flush()
    return registration


def lines(client, event, which: str = "kitchen") -> list[tuple[int, str]]:
    """The lines of the list as a reader sees them."""
    page = client.get(f"/organise/events/{event.slug}/{which}").text
    return [
        (int(number), text)
        for number, text in re.findall(r'numbers nowrap">(\d+) ×</td><th scope="row">([^<]*?) ?<', page)
    ]


def press_for_names(client, event, text: str, which: str = "kitchen"):
    """Press the button beside a line."""
    page = f"/organise/events/{event.slug}/{which}"
    key = re.search(rf'value="([0-9a-f]+)"><button[^>]*>[^<]*<span class="sr-only">: {text}<', client.get(page).text)
    return post(client, f"{page}/names", page=page, answer=key[1] if key else "")


def test_answers_of_people_with_a_seat_are_counted_together_without_names(client, event):
    answer(event, "Anna Aarts", "Halal")
    answer(event, "Bram Bos", " halal. ")
    answer(event, "Çelik Cor", "geen\r\nnoten")
    answer(event, "Digitaal Deel", "vegan", mode=Mode.ONLINE)
    declined = answer(event, "Els van Eck", "koosjer")
    answers.decline_invitation(declined.invitation)
    answer(event, "Fien Fris", "   ")
    answer(event, "Wachtende Wim", "zoutarm")
    db.session.commit()

    page = client.get(f"/organise/events/{event.slug}/kitchen").text
    assert lines(client, event) == [(2, "Halal"), (1, "geen noten")]
    assert "4 mensen komen naar de plek." in page
    assert "1 van hen vulde niets in." in page
    assert [name for name in NAMES if name in page] == []
    assert lines(client, event, "access") == []


def test_the_access_list_also_counts_who_takes_part_online(client, event):
    answer(event, "Anna Aarts", "ringleiding", Preset.ACCESSIBILITY)
    answer(event, "Bram Bos", "tolk", Preset.ACCESSIBILITY, Mode.ONLINE)

    assert lines(client, event, "access") == [(1, "ringleiding"), (1, "tolk")]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("Sanne de Vries", "Sanne de Vries eet halal", "(…) eet halal"),
        ("Sanne de Vries", "sanne eet halal", "(…) eet halal"),
        ("Sanne de Vries", "Sanne's lactose-intolerantie", "(…) lactose-intolerantie"),
        (
            "Sanne de Vries",
            "liever de vegetarische schotel (mw. DE VRIES)",
            "liever de vegetarische schotel (mw. DE (…))",
        ),
        ("Sanne de Vries", "mail sanne.de.vries@oss.example over de noten", "mail (…) over de noten"),
        ("Renée O’Brien-Smit", "renee: geen vis; O'Brien wel", "(…): geen vis; (…) wel"),
        ("J. Boon", "allergisch voor boon, J bonen niet", "allergisch voor (…), J bonen niet"),
        ("Sanne de Vries", "Sanne", "(…)"),
    ],
)
def test_a_text_is_shown_without_the_name_of_its_writer(client, event, name, text, shown):
    answer(event, name, text)
    assert lines(client, event) == [(1, shown)]


def test_what_people_need_stands_beside_no_name(client, event):
    """Neither in the Excel file nor on somebody's page; other questions do."""
    other = Question(event_id=event.id, kind="text", label="Welke zaal?", choices=[], place=1)
    db.session.add(other)
    registration = answer(event, "Anna Aarts", "halal")
    answer(event, "Bram Bos", "rolstoel", Preset.ACCESSIBILITY)
    question_answers.keep_answers(registration, {other: "de grote"}, ())
    db.session.commit()
    db.session.expire_all()

    page = f"/organise/events/{event.slug}"
    book = load_workbook(io.BytesIO(post(client, f"{page}/people.xlsx", page=page).data)).active
    cells = [cell for row in book.iter_rows(values_only=True) for cell in row]
    person = client.get(f"{page}/people/{registration.invitation_id}").text
    assert {"Anna Aarts", "Welke zaal?", "de grote"} <= set(cells)
    assert [cell for cell in cells if cell in ("halal", "rolstoel", "Heb je dieetwensen?")] == []
    assert "de grote" in person
    assert "halal" not in person


def test_who_must_see_to_it_gets_the_names_of_one_answer_and_stands_in_the_log(client, event):
    answer(event, "Anna Aarts", "Halal")
    answer(event, "Bram Bos", "Bram: halal")
    answer(event, "Çelik Cor", "noten")
    db.session.commit()
    client.get(f"/organise/events/{event.slug}/kitchen")

    shown = press_for_names(client, event, "Halal")
    assert shown.status_code == 200
    assert [name for name in NAMES if name in shown.text] == ["Anna", "Aarts"]
    press_for_names(client, event, "noten")
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == "needs").order_by(AuditEntry.id))
    told = [(entry.action, entry.label, entry.network_id, entry.account.name) for entry in entries]
    about = ("Samen slimmer", event.network_id, "Loes Verhoeven")
    assert [(each[0], each[1:]) for each in told] == [("read", about), ("named", about), ("named", about)]
    assert "zag de namen bij" in client.get(f"/organise/networks/{event.network.slug}/log").text


def test_names_of_an_answer_that_nobody_gives_any_more_are_not_there(client, event):
    answer(event, "Anna Aarts", "halal")
    page = f"/organise/events/{event.slug}/kitchen"
    assert post(client, f"{page}/names", page=page, answer="").status_code == 404
    assert post(client, f"{page}/names", page=page, answer="é").status_code == 404


def test_a_session_that_does_not_ask_says_so(client, event):
    event.questions = []
    db.session.commit()
    page = client.get(f"/organise/events/{event.slug}/kitchen").text
    assert "Deze sessie vraagt hier niet naar." in page


def mail_list(client, event, address: str = "keuken@cateraar.example", seal: str | None = None):
    page = f"/organise/events/{event.slug}/kitchen"
    seen = re.search(r'name="seal" value="([0-9a-f]+)"', client.get(page).text)[1] if seal is None else seal
    return post(client, f"{page}/mail", page=page, address=address, seal=seen)


def mailed_texts() -> list[str]:
    return [text_of(parsed(mail.body)) for mail in mails(Message.kind == "need_list")]


class TestMail:
    def test_the_caterer_gets_what_the_page_shows_and_no_name(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        answer(event, "Bram Bos", "Bram eet geen noten")
        answer(event, "Cor Coppens", "")
        db.session.commit()
        page = client.get(f"/organise/events/{event.slug}/kitchen").text

        assert mail_list(client, event).status_code == 303
        work()
        (message,) = mails(Message.kind == "need_list")
        mail = parsed(message.body)
        text = text_of(mail)
        assert (message.state, mail["To"], mail["Reply-To"].addresses[0].addr_spec) == (
            "sent",
            "keuken@cateraar.example",
            event.network.contact_address,
        )
        assert text.startswith("Dag,\n\n")
        assert "\n- 1 × Halal\n" in text
        assert "1 × (…) eet geen noten" in text
        assert "3 mensen. 1 van hen vulde niets in." in " ".join(text.split())
        assert "Gewijzigd" not in text
        whole = f"{text}{html_of(mail)}{mail['Subject']}"
        assert [name for name in NAMES if name in whole] == []
        shown = html.unescape(re.search(r'<div class="source" tabindex="0">(.*?)</div>', page, re.DOTALL)[1])
        assert shown.split() == text.split()
        assert "mailde wat mensen nodig hebben bij" in client.get(f"/organise/networks/{event.network.slug}/log").text

    def test_a_later_change_goes_again_and_says_what_changed(self, client, event):
        first = answer(event, "Anna Aarts", "Halal")
        answer(event, "Bram Bos", "noten")
        mail_list(client, event)
        page = client.get(f"/organise/events/{event.slug}/kitchen").text
        assert 'value="keuken@cateraar.example"' in page
        assert "De lijst is sindsdien hetzelfde." in page

        question_answers.keep_answers(first, {event.questions[0]: "vegan"}, ())
        answer(event, "Cor Coppens", "noten")
        db.session.commit()
        assert "De lijst is sindsdien gewijzigd." in client.get(f"/organise/events/{event.slug}/kitchen").text
        mail_list(client, event, "chef@cateraar.example")
        text = mailed_texts()[-1]
        assert "Gewijzigd sinds" in text
        assert "\n\n- 2 × noten" in text
        assert "2 × noten (was 1)" in text
        assert "1 × vegan (nieuw)" in text
        assert "1 antwoord van de vorige lijst is vervallen." in text
        assert 'value="chef@cateraar.example"' in client.get(f"/organise/events/{event.slug}/kitchen").text

    def test_the_same_list_again_does_not_say_that_it_changed(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        for address in ("keuken@cateraar.example", "chef@cateraar.example"):
            mail_list(client, event, address)
        assert ["ewijzigd" in text for text in mailed_texts()] == [False, False]

    def test_what_was_mailed_is_kept_in_a_form_that_nobody_reads(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        mail_list(client, event)
        kept = db.session.scalars(sa.select(NeedListMail)).one()
        assert sorted(kept.counts.values()) == [1, 1]
        assert "halal" not in str(kept.counts).lower()

    def test_a_list_that_changed_meanwhile_is_shown_first(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        db.session.commit()
        page = f"/organise/events/{event.slug}/kitchen"
        seal = re.search(r'name="seal" value="([0-9a-f]+)"', client.get(page).text)[1]
        answer(event, "Bram Bos", "noten")
        db.session.commit()

        refused = mail_list(client, event, seal=seal)
        assert refused.status_code == 422
        assert "De lijst is intussen gewijzigd" in refused.text
        assert 'value="keuken@cateraar.example"' in refused.text
        assert mailed_texts() == []

    def test_pressing_twice_mails_once(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        db.session.commit()
        page = f"/organise/events/{event.slug}/kitchen"
        seal = re.search(r'name="seal" value="([0-9a-f]+)"', client.get(page).text)[1]
        assert [mail_list(client, event, seal=seal).status_code for _ in range(2)] == [303, 422]
        assert len(mailed_texts()) == 1

    @pytest.mark.parametrize("address", ["", "geen adres", "a@b.example, c@d.example"])
    def test_a_wrong_address_is_said_at_the_field(self, client, event, address):
        refused = mail_list(client, event, address)
        assert refused.status_code == 422
        assert 'id="address-error"' in refused.text

    def test_a_refused_mail_shows_the_list_so_the_log_has_it(self, client, event):
        page = f"/organise/events/{event.slug}"
        post(client, f"{page}/kitchen/mail", page=page, address="")
        assert [entry.action for entry in db.session.scalars(sa.select(AuditEntry).filter_by(subject="needs"))] == [
            "read"
        ]

    def test_readers_of_the_network_see_that_it_was_mailed_not_to_whom(self, client, event):
        mail_list(client, event)
        sign_in(client, factories.account(event.network, NetworkRole.READER))
        board = client.get(f"/organise/events/{event.slug}/mails").text
        assert "Lijst voor keuken of toegang" in board
        assert "cateraar" not in board
        assert "gewist" not in board

    def test_after_the_session_nothing_is_mailed(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        factories.move(event, hours=-72)
        db.session.commit()
        page = f"/organise/events/{event.slug}/kitchen"
        assert 'name="seal"' not in client.get(page).text
        refused = post(client, f"{page}/mail", page=page, address="keuken@cateraar.example", seal="")
        assert (refused.status_code, mailed_texts()) == (422, [])

    def test_an_address_of_somebody_who_is_erased_is_forgotten(self, client, event):
        answer(event, "Anna Aarts", "Halal")
        cook = factories.person("Kok Karel", address="kok@cateraar.example")
        mail_list(client, event, "Kok@Cateraar.example")
        people.erase_person(cook)
        db.session.commit()
        assert list(db.session.scalars(sa.select(NeedListMail))) == []
