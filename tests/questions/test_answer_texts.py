"""What others read of an answer by mail is what somebody wrote; nothing of it is lost."""

import pytest

from app.questions import answer_texts
from tests.questions import mailed

OURS = "Van: Leerkring <x@y.example>\nVerzonden: maandag\nAan: Piet\nOnderwerp: Vraag\n\nDag Piet"


@pytest.mark.parametrize(
    ("written", "shown", "cut"),
    [
        (mailed.PROSE, "Van: de gemeente kwam eerst niets.\nAan: de raad schreven we daarom zelf.\n\nDat hielp.", ["Groet, Anna"]),
        (f"Van: wie het geld komt\nAan: wie het gaat\n\nDit.\n\n{OURS}", "Van: wie het geld komt\nAan: wie het gaat\n\nDit.", [OURS]),
        ("Ja!\n\nOp ma 30 nov 2026 om 09:00 schreef Leerkring <x@y.example>:\n\n> Dag\n> Piet", "Ja!", ["> Dag", "schreef Leerkring"]),
        ("Op 30-11-2026 schreef Leerkring:\n> een\n> twee\n> drie\n\nDat werkt hier.\n\nMvg Jan de Wit", "Dat werkt hier.", ["> twee", "Mvg Jan de Wit"]),
        ("Zie Tilburg.\n\nVerstuurd vanaf mijn iPhone\n\n> Op 30 nov heeft L <x@y.example> geschreven:\n>\n> Dag", "Zie Tilburg.", ["Verstuurd vanaf", "> Dag"]),
        ("Thanks, see Best.\n\nKind regards,\nBas Bos\n+31 6 1234 5678", "Thanks, see Best.", ["Kind regards", "+31 6"]),
        ("Met vriendelijke groet begint geen antwoord, maar dit wel.", "Met vriendelijke groet begint geen antwoord, maar dit wel.", []),
        ("Mail jan@oss.example of mailto:piet@best.example.", "Mail […] of […].", ["jan@oss.example", "piet@best.example"]),
        (OURS, "", [OURS]),
        ("", "", []),
    ],
)  # fmt: skip
def test_a_mail_is_parted(written, shown, cut):
    words = answer_texts.split_text(written)
    assert words.shown == shown
    assert [part for part in cut if part not in words.cut] == []
    kept = words.shown.replace(answer_texts.LEFT_OUT, "") + words.cut
    assert [word for word in written.replace("mailto:", "").split() if word.strip(".") not in kept] == []


def test_a_mail_as_html_alone_is_read_in_its_lines():
    words = answer_texts.split_text(answer_texts.text_of_html(mailed.HTML))
    assert words.shown == "Bij ons doet de griffie dit."
    assert "Groeten,\nBas" in words.cut
    assert "Dit is er nieuw" in words.cut


@pytest.mark.parametrize(
    "text", ["Van: a\nAan: b\n" * 2000, "a:\n" * 7000, "Op " * 7000, "x@" * 10_000, "<br>" * 30_000]
)
def test_a_mail_made_to_take_long_takes_no_longer_than_others(text):
    """Seen to take minutes without the limits on lines and looks."""
    words = answer_texts.split_text(answer_texts.text_of_html(text))
    assert len(words.shown) + len(words.cut) <= 3 * answer_texts.LONGEST
