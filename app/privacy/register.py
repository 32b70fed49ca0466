"""The register of processing (GDPR article 30) and a draft of the DPIA (article 35), both from the one list."""

from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app import clock, sheets, wording
from app.database import only_reading
from app.network import controllers
from app.privacy import retention
from app.privacy.models import Term
from app.privacy.personal_data import PERSONAL_DATA, PersonalData

_PURPOSE = _l(
    "Sessies voor kennisdeling tussen publieke organisaties organiseren: mensen uitnodigen, hun antwoord verwerken, "
    "weten wie er was, en lessen en afspraken delen."
)
_SECURITY = _l(
    "Toegang per netwerk en per rol, beslist waar gegevens worden gelezen. Versleutelde verbindingen. Persoonlijke links "
    "die verlopen en in te trekken zijn. Logboek van wie las, wijzigde en ophaalde. Reservekopieën zonder de sleutel. "
    "Geen gegevens van mensen in de logbestanden."
)
_RISKS: tuple[tuple[LazyString, LazyString], ...] = (
    (
        _l("De deelnemerslijst van een vertrouwelijke sessie komt bij iemand die hem niet mag zien."),
        _l("Wie iets mag zien, wordt beslist waar het wordt gelezen. Een test bezoekt elke pagina als ieder ander."),
    ),
    (
        _l("Iemand stuurt een mail met een persoonlijke link door."),
        _l("Zo'n link doet alleen waar die mail over gaat. De rest vraagt een nieuwe link naar het bekende adres."),
    ),
    (
        _l("Een dieetwens of beperking zegt iets over gezondheid of geloof."),
        _l("Alleen als iemand het invult, zichtbaar voor wie het nodig heeft, en het gaat na de sessie vanzelf weg."),
    ),
    (
        _l("Gegevens blijven staan nadat niemand ze meer nodig heeft."),
        _l("Elke soort heeft een termijn en gaat daarna vanzelf. Wat ging, staat in een lijst met aantallen."),
    ),
    (
        _l("Iemand laat zich wissen en staat toch nog ergens."),
        _l("Wissen volgt de lijst van alle soorten gegevens. Een test zoekt de naam daarna in elke kolom."),
    ),
    (
        _l("Iemand ziet de database, een reservekopie of een apparaat van een organisator."),
        _l("Geen wachtwoorden, sleutels alleen als vingerafdruk, sessies die elders te beëindigen zijn."),
    ),
)
"""What may go wrong, and what is done about it."""


def say_how_long(kind: PersonalData, chosen: dict[Term, int]) -> str:
    """How long a kind stays, in words."""
    return kind.term.say_span(chosen[kind.term]) if isinstance(kind.term, Term) else str(kind.term)


def list_kinds_with_spans() -> list[tuple[PersonalData, str]]:
    """All kinds of personal data, each with how long it stays."""
    chosen = retention.load_terms()
    return [(kind, say_how_long(kind, chosen)) for kind in PERSONAL_DATA]


def list_facts() -> list[tuple[str, str]]:
    """What holds for all processing: who is responsible, for what, and how it is kept safe."""
    config = current_app.config
    return [
        (gettext("Verwerking"), config["SITE_NAME"]),
        (gettext("Verantwoordelijke"), wording.name_site_owner()),
        (gettext("Contact"), config["CONTACT_ADDRESS"]),
        (gettext("Functionaris gegevensbescherming"), config["PRIVACY_OFFICER"] or gettext("nog niet ingevuld")),
        (gettext("Doel"), str(_PURPOSE)),
        (gettext("Verwerkers"), config["PROCESSORS"] or gettext("nog niet ingevuld")),
        *((network.name, _say_controller(own)) for network, own in controllers.list_named_controllers()),
        (
            gettext("Ontvangers"),
            gettext("Niemand buiten de organisaties die het netwerk dragen en wie de servers beheert."),
        ),
        (gettext("Buiten de EER"), gettext("Nee, tenzij de gekozen mailserver daar staat.")),
        (gettext("Beveiliging"), str(_SECURITY)),
        (gettext("Gemaakt op"), wording.format_day(clock.now())),
    ]


def _say_controller(own: controllers.Controller) -> str:
    return "; ".join(part for part in (own.name, own.joint, own.address, own.officer) if part)


def list_register_rows() -> Iterator[tuple[str, ...]]:
    """A row per kind, in the columns of `register_heading`."""
    for kind, span in list_kinds_with_spans():
        special = gettext("ja") if kind.special else gettext("nee")
        words = (kind.what, kind.whose.words, kind.why, kind.ground.words, special, kind.seen_by.words, span)
        yield (*map(str, words), str(kind.leaving.words), ", ".join(sorted(kind.columns)))


def register_heading() -> tuple[str, ...]:
    return (
        gettext("Gegevens"), gettext("Van wie"), gettext("Waarom"), gettext("Grond"), gettext("Bijzonder"),
        gettext("Wie het ziet"), gettext("Hoelang"), gettext("Bij wissen"), gettext("Tabellen"),
    )  # fmt: skip


def write_register_table(kind: sheets.TableKind) -> bytes:
    """The register as a table."""
    with only_reading():
        return sheets.write(
            kind,
            sheets.Sheet(gettext("Register"), list(list_register_rows()), register_heading()),
            sheets.Sheet(gettext("Algemeen"), list_facts()),
        )


def write_register_text() -> str:
    """The register as text."""
    parts = [f"{name}: {value}" for name, value in list_facts()]
    for row in list_register_rows():
        parts.append("")
        parts += [f"{name}: {value}" for name, value in zip(register_heading(), row, strict=True)]
    return "\n".join(parts) + "\n"


def write_dpia() -> str:
    """A draft of the DPIA in Markdown, for a privacy officer to go on with."""
    lines = [f"# {gettext('Gegevensbeschermingseffectbeoordeling (concept)')}", ""]
    lines += [f"- **{name}:** {value}" for name, value in list_facts()]
    lines += ["", f"## {gettext('Welke gegevens')}", ""]
    lines += [f"| {' | '.join(register_heading())} |", f"|{'---|' * len(register_heading())}"]
    lines += [f"| {' | '.join(row)} |" for row in list_register_rows()]
    lines += ["", f"## {gettext('Risico’s en maatregelen')}", ""]
    for risk, measure in _RISKS:
        lines += [f"- **{risk}** {measure}"]
    lines += ["", f"## {gettext('Nog te beantwoorden')}", ""]
    lines += [
        f"- {gettext('Is elke soort nodig voor het doel, en kan het met minder?')}",
        f"- {gettext('Wat vinden deelnemers ervan?')}",
        f"- {gettext('Wat is het advies van de functionaris gegevensbescherming?')}",
        f"- {gettext('Welke risico’s blijven over, en wie aanvaardt ze?')}",
    ]
    return "\n".join(lines) + "\n"
