"""The words of letters: of a single wave, of a network, or else those of mail_templates/.

Every save is a version that stays; going back is saving an older one again. Pictures of the
network are fields like any other: afbeelding_<name>.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import undefer

from app.accounts.models import Account
from app.database import db
from app.invitations.letters.models import LetterImage, LetterText
from app.invitations.waves import waves
from app.invitations.waves.models import Wave
from app.network.models import Network
from app.network.people.models import Language
from app.outbox import letter_sources, letters
from app.outbox.kinds import ADDRESSES, IN_OWN_WORDS
from app.outbox.letter_sources import LetterError
from app.outbox.letters import LetterBlock

PICTURE = "afbeelding_"
MOST_PICTURES = 60_000
"""Bytes of all pictures in one letter together, so that a mail stays under 100 KB."""


@dataclass(frozen=True)
class OwnTexts:
    """The own words and pictures that hold now for some networks and waves."""

    texts: dict[tuple[Any, ...], str] = field(default_factory=dict)
    images: dict[int, dict[str, LetterBlock]] = field(default_factory=dict)

    def source(self, network_id: int, kind: str, language: str, wave_id: int | None = None) -> str:
        own = self.texts.get((network_id, wave_id, kind, language)) if wave_id else None
        return own or self.texts.get((network_id, None, kind, language)) or letters.letter_source(kind, language)

    def pictures(self, network_id: int) -> dict[str, LetterBlock]:
        """The network's pictures by the field that shows them."""
        return self.images.get(network_id, {})


def load_own_texts(networks: Collection[int | None], wave_ids: Collection[int] = ()) -> OwnTexts:
    """The texts and pictures that hold now for these networks and waves, in two queries."""
    texts = load_texts(networks, wave_ids)
    images: dict[int, dict[str, LetterBlock]] = {}
    wanted = sa.select(LetterImage).where(LetterImage.network_id.in_(networks)).options(undefer(LetterImage.content))
    for image in db.session.scalars(wanted):
        images.setdefault(image.network_id, {})[PICTURE + image.name] = picture_block(image)
    return OwnTexts(texts, images)


def load_texts(networks: Collection[int | None], wave_ids: Collection[int] = ()) -> dict[tuple[Any, ...], str]:
    """The texts alone, by network, wave (None of the network), kind and language."""
    newest = (
        sa.select(sa.func.max(LetterText.id))
        .where(LetterText.network_id.in_(networks))
        .where(sa.or_(LetterText.wave_id.is_(None), LetterText.wave_id.in_(wave_ids)))
        .group_by(LetterText.network_id, LetterText.wave_id, LetterText.kind, LetterText.language)
    )
    rows = db.session.scalars(sa.select(LetterText).where(LetterText.id.in_(newest), LetterText.text != ""))
    return {(row.network_id, row.wave_id, row.kind, row.language): row.text for row in rows}


def current_text(network: Network, kind: str, language: str, wave: Wave | None = None) -> str:
    """The text that a letter would be written from now."""
    return load_own_texts({network.id}, {wave.id} if wave else ()).source(
        network.id, kind, language, wave.id if wave else None
    )


def text_beneath(network: Network, kind: str, language: str, wave: Wave | None) -> str:
    """What holds when the own text is taken away: of a wave the network's, of a network the standard one."""
    return current_text(network, kind, language) if wave else letters.letter_source(kind, language)


def save_text(
    network: Network, kind: str, language: str, text: str, account: Account | None, wave: Wave | None = None
) -> None:
    """Keep a new version; a text equal to what lies beneath it takes the own one away."""
    text = text.replace("\r\n", "\n")
    same = text.strip() == text_beneath(network, kind, language, wave).strip()
    if text.strip() == current_text(network, kind, language, wave).strip():
        return
    row = LetterText(
        network_id=network.id,
        wave_id=wave.id if wave else None,
        kind=kind,
        language=Language(language),
        text="" if same else text,
        account_id=account.id if account else None,
    )
    db.session.add(row)
    if wave is not None:
        waves.withdraw_release(wave)


def copy_texts(wave: Wave, twin: Wave) -> None:
    """Give a wave the own texts of another one of the same network, as they hold now."""
    db.session.add_all(
        LetterText(
            network_id=row.network_id,
            wave_id=twin.id,
            kind=row.kind,
            language=row.language,
            text=row.text,
            account_id=row.account_id,
        )
        for row in own_texts(wave.event.network, wave).values()
    )


def text_versions(network: Network, kind: str, language: str, wave: Wave | None = None) -> list[tuple[Any, ...]]:
    """Every version of one text with the account that saved it, newest first."""
    wanted = (
        sa.select(LetterText, Account)
        .outerjoin(Account, Account.id == LetterText.account_id)
        .where(LetterText.network_id == network.id, LetterText.kind == kind, LetterText.language == Language(language))
        .where(LetterText.wave_id == wave.id if wave else LetterText.wave_id.is_(None))
        .order_by(LetterText.id.desc())
    )
    return list(db.session.execute(wanted).all())


def own_texts(network: Network, wave: Wave | None = None) -> dict[tuple[str, str], LetterText]:
    """The own texts that hold, by kind and language."""
    of = LetterText.wave_id == wave.id if wave else LetterText.wave_id.is_(None)
    newest = (
        sa.select(sa.func.max(LetterText.id))
        .where(LetterText.network_id == network.id, of)
        .group_by(LetterText.kind, LetterText.language)
    )
    rows = db.session.scalars(sa.select(LetterText).where(LetterText.id.in_(newest), LetterText.text != ""))
    return {(row.kind, row.language): row for row in rows}


def fields_of_letter(network: Network, kind: str) -> dict[str, str]:
    """The fields that a letter of this kind may use, each with what it stands for."""
    pictures = {PICTURE + image.name: gettext("een afbeelding") for image in pictures_of_network(network)}
    return {field.value: str(field.words) for field in IN_OWN_WORDS[kind].fields} | pictures


def empty_letter() -> str:
    """What is said of a letter without words."""
    return gettext(
        "De tekst is leeg, dus er is niets te versturen. Schrijf iets, of zet hieronder een eerdere versie terug."
    )


def check_letter_text(network: Network, kind: str, text: str) -> None:
    """Raise LetterError when a text has bad syntax, unknown fields, no way to answer, or pictures that are too heavy."""
    letter_sources.check_letter_source(text, fields_of_letter(network, kind), ADDRESSES)
    problems: list[str] = []
    if not letter_sources.split_source(text)[1].strip():
        problems.append(empty_letter())
    used = set(letter_sources.field_names(text))
    if IN_OWN_WORDS[kind].asks and not used & {"antwoorden", "pagina"}:
        problems.append(gettext("Zet het veld ‘antwoorden’ in de tekst. Anders kan niemand antwoorden."))
    size = sum(image.size for image in pictures_of_network(network) if PICTURE + image.name in used)
    if size > MOST_PICTURES:
        problems.append(
            gettext(
                "De afbeeldingen zijn samen %(size)s KB. In een mail passen er %(most)s.",
                size=size // 1000,
                most=MOST_PICTURES // 1000,
            )
        )
    if problems:
        raise LetterError(problems)


def pictures_of_network(network: Network) -> list[LetterImage]:
    wanted = sa.select(LetterImage).where(LetterImage.network_id == network.id).order_by(LetterImage.name)
    return list(db.session.scalars(wanted))


def letters_using_picture(image: LetterImage) -> list[str]:
    """The kinds of letters whose text holds a picture now."""
    wave_ids = db.session.scalars(sa.select(LetterText.wave_id).where(LetterText.network_id == image.network_id)).all()
    now = load_own_texts({image.network_id}, {wave_id for wave_id in wave_ids if wave_id}).texts
    return sorted(
        {kind for (_, _, kind, _), text in now.items() if PICTURE + image.name in letter_sources.field_names(text)}
    )


def picture_block(image: LetterImage) -> LetterBlock:
    """A picture in a mail, as an attachment that the HTML shows; the text part has what it shows in words."""
    name = f"{PICTURE}{image.name}"
    return LetterBlock.render("picture", {name: image.content}, cid=name, alt=image.alt, width=min(image.width, 544))
