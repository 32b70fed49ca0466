"""What a member sends about a question or an answer, and an organiser about what waits."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from app.events.models import Event
from app.questions import answers, questions
from app.questions.models import NetworkQuestion
from app.web.forms import CheckboxesField, DayField, Form, LineField, LinesField


class QuestionForm(Form):
    title = LineField(_l("Je vraag in één zin"), questions.TITLE, required=True)
    text = LinesField(
        _l("Uitleg"),
        questions.TEXT,
        required=True,
        description=_l("Wat wil je weten, en waarvoor? Noem geen mensen bij naam: zij hebben dit niet gevraagd."),
    )
    closes_on = DayField(
        _l("Tot en met welke dag kunnen mensen antwoorden?"),
        required=True,
        description=_l(
            "Hooguit drie maanden. Reken op twee weken of meer: sommige leden lezen één keer per maand mee."
        ),
    )


class AnswerForm(Form):
    text = LinesField(_l("Je antwoord"), answers.LONGEST, required=True)


class CloseForm(Form):
    """What helped: a sentence, and which answers did."""

    helped = LineField(
        _l("Wat hielp je?"), questions.SENTENCE, required=True, description=_l("Leden lezen dit bij je vraag.")
    )
    answers = CheckboxesField(_l("Welke antwoorden hielpen?"))


class LetThroughForm(Form):
    short = LinesField(
        _l("Kortere tekst"),
        questions.TEXT,
        description=_l("Laat dit leeg als de tekst goed is. Wat de vrager schreef, blijft bewaard."),
    )


class SendBackForm(Form):
    why = LinesField(
        _l("Waarom gaat de vraag terug?"),
        questions.SENTENCE,
        required=True,
        rows=3,
        description=_l("De vrager leest dit in de mail en bij de vraag."),
    )


class HelpedForm(Form):
    """An insight of what helped."""

    event = SelectField(_l("Bij welke sessie hoort dit?"))
    title = LineField(_l("Wat leerden we?"), 200, required=True)
    text = LinesField(
        _l("Uitleg"),
        20_000,
        required=True,
        rows=10,
        description=_l(
            "Iedereen kan dit lezen. Zet er geen namen in: een ja om genoemd te worden geldt alleen voor leden."
        ),
    )


def close_form(question: NetworkQuestion, lines: list[answers.AnswerLine]) -> CloseForm:
    form = CloseForm()
    form.answers.choices = [(str(each.answer.id), _begin_of(each)) for each in lines if not each.mine]
    return form


def helped_form(sessions: list[Event], title: str, text: str) -> HelpedForm:
    form = HelpedForm(data={"title": title, "text": text})
    form.event.choices = [(str(each.id), each.title) for each in sessions]
    return form


def _begin_of(line: answers.AnswerLine) -> str:
    text = " ".join(line.answer.shown.split())
    begin = text if len(text) <= 80 else f"{text[:80].rsplit(' ', 1)[0]} …"
    return gettext("%(name)s: %(text)s", name=line.who, text=begin)
