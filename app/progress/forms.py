"""Reports and the words in them, as organisers and koppels fill them in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from app.agendas.models import Office
from app.progress.models import Part, Readers, Report, ReportKind, ReportWords, Scope
from app.progress.reports import ReportDetails
from app.progress.words import Place, WordsNow, place_of
from app.web.forms import DayField, Form, LineField, LinesField, choices


class ReportForm(Form):
    """A report that is due; `details` holds what it says after validate()."""

    title = LineField(_l("Titel"), 150, required=True)
    kind = RadioField(_l("Wat voor rapportage?"), choices=lambda: choices(ReportKind))
    reference_day = DayField(
        _l("Peildatum"),
        required=True,
        plans=False,
        description=_l("Wat tot en met deze dag gebeurde, telt mee. De dag mag nog komen."),
    )
    words_due_on = DayField(
        _l("Teksten klaar op"),
        required=True,
        description=_l("Drie weken eerder vragen we koppels en organisatoren om hun teksten."),
    )
    due_on = DayField(_l("Rapportage klaar op"), required=True)
    scope = RadioField(_l("Van wie telt wat er gebeurde?"), choices=lambda: choices(Scope))
    readers = RadioField(_l("Wie mag haar lezen?"), choices=lambda: choices(Readers))

    def __init__(self, report: Report | None = None, proposed: ReportDetails | None = None) -> None:
        """`report` is the one that is changed; of a new one the form comes filled in with what is `proposed`."""
        names = ReportDetails.__dataclass_fields__
        filled = report or proposed
        super().__init__(data={name: getattr(filled, name) for name in names} if filled else None)

    @property
    def details(self) -> ReportDetails:
        """Raises TypeError before validate()."""
        values: dict[str, Any] = {name: self[name].data for name in ReportDetails.__dataclass_fields__}
        values["kind"], values["scope"] = ReportKind(values["kind"]), Scope(values["scope"])
        return ReportDetails(**values | {"readers": Readers(values["readers"])})


class WordsForm(Form):
    """What organisers write about a theme, or about the agenda as a whole."""

    happened = LinesField(_l("Wat is er gebeurd?"), 5_000, rows=10)
    coming = LinesField(_l("Wat gaan we doen?"), 5_000, rows=10)

    def __init__(self, now: WordsNow, agenda_theme_id: int | None, parts: tuple[Part, ...]) -> None:
        there = {part: now.by_organisers.get((agenda_theme_id, part)) for part in Part}
        super().__init__(
            data={"happened": _text(there[Part.HAPPENED]), "coming": _text(there[Part.NEXT])},
        )
        if Part.NEXT not in parts:
            del self.coming

    def texts(self) -> dict[Part, str]:
        """What was written, by part."""
        texts = {Part.HAPPENED: self.happened.data}
        return texts | {Part.NEXT: self.coming.data} if "coming" in self else texts


class KoppelWordsForm(Form):
    """A few words of who stands for a theme."""

    text = LinesField(
        _l("Hoe gaat het met dit thema?"),
        2_000,
        required=True,
        rows=7,
        description=_l("Een paar zinnen is genoeg. Wat ging goed, wat viel tegen, wat moet er nu gebeuren?"),
    )

    def __init__(self, before: ReportWords | None) -> None:
        """`before` is what stands there already, for who stands in the same place."""
        super().__init__(data={"text": _text(before)})


def _text(words: ReportWords | None) -> str:
    return words.text if words else ""


def about_words(report: Report, agenda_theme_id: int | None) -> str:
    """What a form with words of organisers is about, for who changes the same at the same time."""
    return f"progress_words.{report.id}.{agenda_theme_id or 0}"


def about_place(report: Report, office: Office) -> str:
    """The same of a place in a koppel."""
    place: Place | None = place_of(office)
    return f"progress_words.{report.id}.{place}"
