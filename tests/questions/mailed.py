"""Answers to a question as mail programs send them."""

from tests.inbox import letters


def plain(to: str, sender: str, text: str, **more: str) -> bytes:
    """Somebody answers in plain text."""
    values = {
        "From": f"Iemand <{sender}>",
        "To": to,
        "Subject": "Re: Vraag",
        "Message_ID": f"<{abs(hash((to, text)))}@{sender}>",
    }
    values |= {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"} | more
    return letters.mail("\n".join(f"{name.replace('_', '-')}: {value}" for name, value in values.items()), text)


OUTLOOK = """\
Dag,

Wij gebruiken de handreiking van de provincie. Mail gerust naar {sender}.

Met vriendelijke groet,

Piet Prins
Beleidsadviseur
Gemeente Best
T 0499 12 34 56

Van: Leerkring <leerkring@leerkring.example>
Verzonden: maandag 30 november 2026 09:00
Aan: Prins, Piet <{sender}>
Onderwerp: Vraag: Wie heeft een handreiking?

Dag Piet,

Dit is er nieuw in je netwerken.
"""

PROSE = """\
Van: de gemeente kwam eerst niets.
Aan: de raad schreven we daarom zelf.

Dat hielp.

Groet, Anna
"""

HTML = (
    "<html><head><style>p {color: red}</style></head><body><div>Bij ons doet de <b>griffie</b> dit.</div><div><br></div>"
    '<div>Groeten,<br>Bas</div><div class="gmail_quote"><div>Op ma 30 nov schreef Leerkring:</div>'
    "<blockquote>Dit is er nieuw</blockquote></div></body></html>\n"
)


def outlook(to: str, sender: str) -> bytes:
    return plain(to, sender, OUTLOOK.format(sender=sender), X_Mailer="Microsoft Outlook 16.0")


def html(to: str, sender: str) -> bytes:
    return plain(to, sender, HTML, Content_Type="text/html; charset=utf-8").replace(
        b"Content-Type: text/plain; charset=utf-8\r\n", b""
    )
