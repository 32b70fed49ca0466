"""Tables of accounts, their rights and what they did."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column, listed
from app.mailed_codes import MailedCode
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people.models import Language, Person
from app.words import Worded


class NetworkRole(Worded):
    """An organiser changes, a reader looks."""

    ORGANISER = "organiser", _l("Organisator")
    READER = "reader", _l("Lezer")


class Account(Model):
    """Somebody who signs in."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[Language] = enum_column(Language, default=Language.NL)
    is_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    feed_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Raising it makes the address of their calendar worthless."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", lazy="selectin"
    )


class AccountSession(Model):
    """A browser in which somebody is signed in; deleting the row signs out. Only the digest of its secret is kept."""

    __tablename__ = "account_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(60), default="")
    """Its name and system, for its owner to know it by."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When it was used last, within some minutes."""

    account: Mapped[Account] = relationship()


class Grant(Model):
    """What an account may do in a network."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    role: Mapped[NetworkRole] = enum_column(NetworkRole)

    account: Mapped[Account] = relationship(back_populates="grants")
    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("account_id", "network_id"),)


class SignIn(MailedCode):
    """One request to sign in. Unknown addresses leave a row too, so that both are handled alike.

    Only digests are kept: of the address (for the limit) and of the asking browser's secret.
    """

    __tablename__ = "sign_ins"

    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    address_digest: Mapped[str] = mapped_column(sa.String(64), index=True)

    account: Mapped[Account | None] = relationship()


api_token_networks = sa.Table(
    "api_token_networks",
    Model.metadata,
    sa.Column("token_id", ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("network_id", ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True),
)


class ApiToken(Model):
    """A key for the API: reads what its account may read, of these networks or of all; only its digest is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    """What it is for."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    """Empty for keys of before there was an end."""
    all_networks: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """By itself, so that a key for one network opens no other when that one goes."""
    used_on: Mapped[date | None]

    account: Mapped[Account] = relationship()
    networks: Mapped[list[Network]] = relationship(secondary=api_token_networks, order_by=Network.name)


class Action(Worded):
    """What an organiser did, as the log says it before what they did it to."""

    ADDED = "added", _l("voegde toe:")
    CHANGED = "changed", _l("wijzigde")
    DELETED = "deleted", _l("verwijderde")
    MERGED = "merged", _l("voegde samen:")
    ASKED_MERGE = "asked_merge", _l("vroeg om samen te voegen:")
    UNMERGED = "unmerged", _l("haalde uit elkaar:")
    EXPORTED = "exported", _l("haalde een lijst op van")
    TESTED = "tested", _l("stuurde zichzelf een voorbeeld van")
    RESENT = "resent", _l("stuurde opnieuw:")
    REVOKED = "revoked", _l("maakte ongeldig:")
    UNDONE = "undone", _l("maakte ongedaan wat er gebeurde met")
    SIGNED_IN = "signed_in", _l("logde in met"), True
    SIGN_IN_FAILED = "sign_in_failed", _l("probeerde zonder succes in te loggen met"), True
    SIGNED_OUT = "signed_out", _l("beëindigde het ingelogd zijn van"), True
    REFUSED = "refused", _l("werd geweigerd op"), True
    READ = "read", _l("las"), True
    NAMED = "named", _l("zag de namen bij")
    MAILED_NEEDS = "mailed_needs", _l("mailde wat mensen nodig hebben bij")

    of_access: bool
    """Whether it changed nothing and took nothing along: only administrators read it."""

    def __init__(self, value: str, words: LazyString, of_access: bool = False):
        super().__init__(value, words)
        self.of_access = of_access


class LogKind(Worded):
    """What administrators narrow the log down to."""

    CHANGES = (
        "changes",
        _l("Wijzigingen"),
        tuple(each for each in Action if not each.of_access and each not in (Action.EXPORTED, Action.NAMED)),
    )
    EXPORTS = "exports", _l("Opgehaald"), (Action.EXPORTED,)
    READING = "reading", _l("Mensen bekeken"), (Action.READ, Action.NAMED)
    SIGNING_IN = "signing_in", _l("Inloggen"), (Action.SIGNED_IN, Action.SIGN_IN_FAILED, Action.SIGNED_OUT)
    REFUSED = "refused", _l("Geweigerd"), (Action.REFUSED,)

    actions: tuple[Action, ...]

    def __init__(self, value: str, words: LazyString, actions: tuple[Action, ...]):
        super().__init__(value, words)
        self.actions = actions


class Subject(Worded):
    """What was changed: tables by name. Rows of most write themselves down (accounts/audit.py)."""

    EVENTS = "events", _l("sessie")
    SLOTS = "slots", _l("programmaonderdeel")
    QUESTIONS = "questions", _l("vraag")
    WAVES = "waves", _l("uitnodiging of herinnering")
    NETWORKS = "networks", _l("netwerk")
    MEMBERSHIPS = "memberships", _l("lidmaatschap")
    AUDIENCES = "audiences", _l("doelgroep")
    CONTACT_PERSONS = "contact_persons", _l("contactpersoon van")
    ORGANISATION_DOMAINS = "organisation_domains", _l("maildomein van organisatie")
    ROLES = "roles", _l("rol")
    THEMES = "themes", _l("thema")
    THEME_MERGES = "theme_merges", _l("samenvoeging van thema’s")
    ALLOTMENTS = "allotments", _l("plekken voor een organisatie")
    ORGANISATIONS = "organisations", _l("organisatie")
    PEOPLE = "people", _l("persoon")
    NETWORK_NOTES = "network_notes", _l("aantekening over persoon")
    EMAIL_ADDRESSES = "email_addresses", _l("mailadres van persoon")
    POSITIONS = "positions", _l("functie van persoon")
    ACCOUNTS = "accounts", _l("account")
    GRANTS = "grants", _l("toegang")
    API_TOKENS = "api_tokens", _l("sleutel voor de API")
    REGISTRATIONS = "registrations", _l("aanmelding")
    IMPORTS = "imports", _l("geïmporteerde lijst")
    ATTENDANCES = "attendances", _l("aanwezigheid")
    ATTENDANCE_CLOSINGS = "attendance_closings", _l("afsluiting van de aanwezigheid")
    CERTIFICATES = "certificates", _l("bewijs van deelname")
    BOARDS = "boards", _l("lessenbord")
    IMPRESSIONS = "impressions", _l("impressie")
    INSIGHTS = "insights", _l("inzicht")
    SUGGESTIONS = "suggestions", _l("suggestie")
    COMMITMENTS = "commitments", _l("afspraak")
    CONTACT_MOMENTS = "contact_moments", _l("contactmoment")
    ATTACHMENTS = "attachments", _l("bijlage")
    MATERIALS = "materials", _l("materiaal van een sessie")
    CORRECTIONS = "corrections", _l("verbetering")
    EVALUATIONS = "evaluations", _l("evaluatie")
    EVALUATION_QUESTIONS = "evaluation_questions", _l("evaluatievraag")
    DIGEST_WORDS = "digest_words", _l("woord in het nieuwsoverzicht")
    SERIES = "series", _l("reeks")
    LETTER_TEXTS = "letter_texts", _l("tekst van een mail")
    LETTER_IMAGES = "letter_images", _l("afbeelding in mails")
    BUSY_DAYS = "busy_days", _l("dag om te vermijden")
    PLACES = "places", _l("locatie")
    ROOMS = "rooms", _l("zaal")
    AGENDAS = "agendas", _l("samenwerkingsagenda")
    AGENDA_PARTIES = "agenda_parties", _l("partij van een samenwerkingsagenda")
    AGENDA_THEMES = "agenda_themes", _l("thema op een samenwerkingsagenda")
    KOPPEL_OFFICES = "koppel_offices", _l("plek in een koppel")
    PROGRESS_REPORTS = "progress_reports", _l("rapportage")
    PROGRESS_EDITIONS = "progress_editions", _l("uitgave van een rapportage")
    DOUBLES = "doubles", _l("mogelijk dubbele personen")
    ORGANISATION_REQUESTS = "organisation_requests", _l("verzoek over organisatie")
    MERGE_REQUESTS = "merge_requests", _l("verzoek om personen samen te voegen"), False
    MERGES = "merges", _l("samenvoeging van personen"), False
    INVITATIONS = "invitations", _l("uitnodiging"), False
    PEOPLE_LISTS = "people_lists", _l("een lijst van mensen"), False
    OWN_DATA = "own_data", _l("de eigen gegevens van persoon"), False
    NEEDS = "needs", _l("wat mensen nodig hebben bij de sessie"), False
    PAGES = "pages", _l("de pagina"), False

    by_itself: bool

    def __init__(self, value: str, words: LazyString, by_itself: bool = True):
        super().__init__(value, words)
        self.by_itself = by_itself


audit_networks = sa.Table(
    "audit_networks",
    Model.metadata,
    sa.Column("entry_id", ForeignKey("audit_log.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("network_id", sa.Integer, primary_key=True, index=True),
)
"""The networks that a change to something shared touches: in the log of each of them it stands."""


class AuditEntry(Model):
    """What an account did: who, when, what. `changes` maps a field to [before, after]."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    network_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    action: Mapped[Action] = listed(Action, 40)
    subject: Mapped[Subject] = listed(Subject, 40)
    subject_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    count: Mapped[int] = mapped_column(default=1)
    """How often, where a day's reading is one row (accounts/access_log.py)."""
    once: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    """What makes such a day one row."""
    change_id: Mapped[int | None] = mapped_column(index=True)
    """The first entry of a change to something shared; all entries of that change name it (accounts/shared_changes.py)."""
    step: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """How the row was before, to undo such a change."""
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account | None] = relationship()

    @property
    def by_link(self) -> bool:
        """Whether somebody changed what is theirs by a personal link."""
        return self.account_id is None and self.action in (Action.ADDED, Action.CHANGED, Action.DELETED)


class RequestKind(Worded):
    """What an organiser asks for an organisation that is not theirs alone."""

    RENAME = "rename", _l("een andere naam")
    SUCCESSION = "succession", _l("opgaan in een andere organisatie")


class OrganisationRequest(Model):
    """A change to an organisation at which other networks have people: it waits for an administrator."""

    __tablename__ = "organisation_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RequestKind] = enum_column(RequestKind)
    new_name: Mapped[str | None] = mapped_column(sa.String(200))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    day: Mapped[date | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    granted: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    successor: Mapped[Organisation | None] = relationship(foreign_keys=successor_id)
    asked_by: Mapped[Account | None] = relationship(foreign_keys=asked_by_id)

    __table_args__ = (
        sa.CheckConstraint("(kind = 'rename') = (new_name IS NOT NULL)", name="rename"),
        sa.CheckConstraint("(kind = 'succession') = (successor_id IS NOT NULL AND day IS NOT NULL)", name="succession"),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answer"),
    )

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return self.organisation.name


class MergeRequest(Model):
    """A merge of two people of whom one is in networks that the organiser does not organise: it waits for an administrator."""

    __tablename__ = "merge_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    granted: Mapped[bool | None]

    kept: Mapped[Person] = relationship(foreign_keys=kept_id)
    gone: Mapped[Person] = relationship(foreign_keys=gone_id)
    asked_by: Mapped[Account | None] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[Account | None] = relationship(foreign_keys=answered_by_id)

    __table_args__ = (
        sa.CheckConstraint("kept_id <> gone_id", name="two"),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answer"),
    )
