"""Whatever the check of a letter accepts can be set and sent, for every reader and whatever the values are."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.outbox import letter_sources, letters
from app.outbox.kinds import Because
from app.outbox.letter_sources import LetterError
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail, write_mail_bytes

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
PLAIN, ADDRESS, BLOCK, YES = "naam", "pagina", "antwoorden", "online"
FIELDS = (PLAIN, ADDRESS, BLOCK, YES)
LINK = "https://leerkring.example/i/abcdefghijkl"

anything = st.text(st.characters(codec="utf-8"), max_size=12)
pieces = st.one_of(
    anything,
    st.sampled_from([f"{{{{ {name} }}}}" for name in FIELDS]),
    st.sampled_from([f"{{% if {no}{name} %}}" for name in FIELDS for no in ("", "not ")]),
    st.sampled_from(["{% else %}", "{% endif %}", "{% elif naam %}", "{{", "}}", "{%", "{#", "#}", "{% raw %}"]),
    st.sampled_from(
        ["\n\n", "\n", "> ", "- ", "1. ", "    ", "#", "**", "_", "`", "```\n", "---\n", "|", "\\", "&#0;"]
    ),
    st.sampled_from(["[x](", ")", "![", "](", "<", ">", "https://elders.example/?u=", "www.elders.example/", "[1]: "]),
    st.sampled_from(["zq0qz", "zq99qz", "zq0qp", "\x00", "\r\n", "\u2028", "Subject: ", "Preheader: "]),
)
bodies = st.lists(pieces, max_size=25).map("".join)
sources = st.one_of(
    bodies.map("Subject: Kom\n\n".__add__),
    st.tuples(bodies, bodies).map(lambda two: "Subject: Kom {}\n\n{}".format(*two)),
)
"""Texts as somebody might write them, most of them all but right."""


def _is_accepted(text: str) -> bool:
    try:
        letter_sources.check_letter_source(text, FIELDS, {ADDRESS})
    except LetterError:
        return False
    return True


@settings(max_examples=400)
@given(text=sources, name=anything)
def test_what_the_check_accepts_can_be_written_for_everybody(text, name):
    if not _is_accepted(text):
        return
    block = LetterBlock("<p>blok</p>", "blok")
    for values in product((name, ""), (LINK, ""), (block, LetterBlock("", "")), (True, False)):
        letter = letters.write_letter(text, dict(zip(FIELDS, values, strict=True)), "nl", {"because": Because.ACCOUNT})
        assert letter.subject
        assert write_mail_bytes(Mail(letter, "a@b.example", "A", "Site"), "site@b.example", "<1@b.example>")
        assert "elders.example" not in [word.partition(LINK)[0] for word in letter.text.split() if LINK in word]
        assert not [word for word in letter.text.split() if LINK in word and "elders" in word.partition(LINK)[0]]
        assert "<img" not in letter.html


@pytest.mark.parametrize(
    "body",
    [
        "[Je pagina]({{ pagina }}).",
        "**[Je pagina]({{ pagina }})**",
        "Kijk op {{ pagina }}, of bel.",
        "Kijk ({{ pagina }}) of <{{ pagina }}>.",
        "Dag {{ naam }}'s collega, op {{ naam }}/{{ naam }} of a.b {{ naam }}.",
        "https://leerkring.example/ is van {{ naam }}.",
        "> - 1. {{ naam }}",
        "{% if online %}{% if naam %}{% if not pagina %}x{% endif %}{% endif %}{% endif %}",
        "Gebruik {% if not online %}dit{% elif naam %}dat{% else %}niets{% endif %}.",
        "{# voor later #} } } {",
    ],
)
def test_what_harms_nobody_is_accepted(body):
    assert _is_accepted(f"Subject: Kom\n\n{body}")


def test_a_value_is_never_read_as_a_field_of_another_part():
    """Also who is called as a mark would be: the words for fields are drawn anew for every text."""
    for name in ("zq0qz", "{{ pagina }}", "{% if online %}"):
        letter = letters.write_letter(
            "Subject: {{ naam }}\n\n{{ naam }} {{ pagina }}",
            {PLAIN: name, ADDRESS: LINK},
            "nl",
            {"because": Because.ACCOUNT},
        )
        assert (letter.subject, letter.text.split("\n")[0]) == (name, f"{name} {LINK}")


def test_an_older_text_with_more_conditions_than_may_be_saved_now_is_still_written():
    deep = "{% if online %}" * 5 + "diep" + "{% endif %}" * 5
    assert not _is_accepted(f"Subject: Kom\n\n{deep}")
    assert (
        "diep" in letters.write_letter(f"Subject: Kom\n\n{deep}", {YES: True}, "nl", {"because": Because.ACCOUNT}).text
    )
