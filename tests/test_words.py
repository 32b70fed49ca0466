"""What a reader sees of a value stands beside it: in both languages, or the program does not start."""

import enum
import html
import importlib
import pkgutil
import re

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

import app as program
from app.accounts.models import Subject
from app.database import db
from app.invitations.letters import invitation_mail
from app.invitations.models import Origin
from app.outbox import letters, message_writing
from app.outbox.kinds import Because, MessageKind
from app.outbox.models import Message, MessageState, Reason, in_words
from app.settings import ROOT
from app.words import Counted, Refusal, Worded
from tests import factories
from tests.helpers import sign_in

pytestmark = pytest.mark.one_database

UNSPOKEN = {
    "app.accounts.access_log.Shows",
    "app.accounts.rights.Need",
    "app.attendance.models.Entry",
    "app.calendars.vevents.VeventStatus",
    "app.events.hanging.Rule",
    "app.inbox.models.BounceKind",
    "app.inbox.models.Outcome",
    "app.inbox.models.Shape",
    "app.invitations.models.CalendarStatus",
    "app.lessons.board.models.CardState",
    "app.papers.blocks.Style",
    "app.registration.course_texts.Why",
    "app.network.finding.models.SearchKind",
    "app.network.joining.Entry",
    "app.outbox.kinds.Priority",
    "app.outbox.kinds.Stop",
    "app.outbox.models.ErrandKind",
    "app.web.places.For",
    "app.polls.polls.VoteVerdict",
    "app.registration.calendar_answers.AnswerVerdict",
    "app.reports.needs.NeedReason",
    "app.tokens.Purpose",
    "app.sheets.TableKind",
}
"""Values that no page and no mail names: they are for the program and for other programs, or a page tells them in sentences."""
NO_REFUSAL = {
    "app.outbox.errands.Unfinished",
    "app.attendance.door_join.BadMessage",
    "app.budget.OverBudget",
    "app.clock.NoSuchMoment",
    "app.elsewhere.calendar_fetching.NotFetched",
    "app.elsewhere.calendar_reading._NoCalendar",
    "app.contact_moments.meant.Unknown",
    "app.inbox.itip.UnreadableCalendarMail",
    "app.inbox.oauth.NoToken",
    "app.jobs.JobsFailed",
    "app.network.imports.list_files.UnreadableFile",
    "app.network.people.mail_addresses.BadAddress",
    "app.outbox.delivery.ConnectionLost",
    "app.outbox.delivery.SenderRefused",
    "app.outbox.letter_sources.LetterError",
    "app.outbox.message_states.ForbiddenMove",
    "app.settings.SettingError",
    "app.materials.scanning.ScannerFault",
    "app.upkeep.backups.UnusableBackup",
    "app.uploads.answers.Unclean",
    "app.web.waiting_room.NotWhole",
}
"""Of reading what came in, which a form says at its field, and of the program's own work: no rule that says no to a reader."""
SAME_IN_BOTH = {
    "DKIM",
    "E-learning",
    "Podcast",
    "Video",
    "Link",
    "ODT",
    "PDF",
    "Word",
    "DMARC",
    "Database",
    "Mail",
    "Mailbox",
    "Online",
    "SPF",
    "Training",
    "account",
}
FINISHED_AT_ONCE = {
    "certificate_name",
    "material_infected",
    "address_changed",
    "address_proposed",
    "stay",
    "erased",
    "added",
    "test",
    "mail_test",
    "instead",
    "calendar_note",
    "forwarded",
    "join",
    "next_asked",
    "next_edition",
    "member_message",
    "contact_reported",
    "question_answered",
    "question_decided",
    "question_waiting",
    "question_where",
    "join_waiting",
    "join_granted",
    "join_refused",
    "own_address",
    "left_all",
    "own_sign_in",
    "unsubscribed",
    "digest_stopped",
    "sign_in",
    "organisation_request",
    "organisation_answer",
    "merge_request",
    "merge_answer",
    "access_given",
    "look_along",
    "alarm",
    "need_list",
    "progress_team",
}


def _all_modules() -> None:
    names = [module.name for module in pkgutil.walk_packages(program.__path__, "app.")]
    for name in sorted(names, key=lambda name: not name.endswith(".models")):
        importlib.import_module(name)


def _kinds_of(base: type) -> list[type]:
    """The classes of the program under another one."""
    found, waiting = set(), [base]
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            waiting.append(kind)
            if kind.__module__.startswith("app."):
                found.add(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


_all_modules()
ENUMERATIONS = [kind for kind in _kinds_of(enum.Enum) if len(kind)]
REFUSALS = _kinds_of(Refusal)
SPOKEN = [kind for kind in ENUMERATIONS if issubclass(kind, Worded)]


def test_every_enumeration_has_words_or_is_never_spoken():
    silent = {f"{kind.__module__}.{kind.__name__}" for kind in ENUMERATIONS if not issubclass(kind, Worded | Counted)}
    assert silent == UNSPOKEN


@pytest.mark.parametrize("kind", SPOKEN, ids=lambda kind: kind.__name__)
def test_every_value_is_said_in_both_languages(app, kind):
    with app.test_request_context():
        for value in kind:
            said = {}
            for language in ("nl", "en"):
                with force_locale(language):
                    said[language] = str(value.words)
            assert said["nl"], value
            assert said["nl"] != said["en"] or said["nl"] in SAME_IN_BOTH, value


def test_every_exception_is_a_refusal_or_never_shown():
    others = {f"{kind.__module__}.{kind.__name__}" for kind in _kinds_of(Exception) if not issubclass(kind, Refusal)}
    assert others == NO_REFUSAL


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_is_said_in_both_languages(app, kind):
    with app.test_request_context():
        for words in kind.all_words():
            said = {}
            for language in ("nl", "en"):
                with force_locale(language):
                    said[language] = str(words)
            assert said["nl"] != said["en"], words


@pytest.mark.parametrize("says", [None, "Het bord is gesloten.", {}, {"closed": "Het bord is gesloten."}], ids=str)
def test_a_refusal_without_words_fails_at_import(says):
    with pytest.raises(TypeError, match="translated"):
        type("Closed", (Refusal,), {"says": says} if says is not None else {})


@pytest.mark.parametrize("kind", [kind for kind in ENUMERATIONS if issubclass(kind, Counted)])
def test_what_is_counted_is_said_of_one_and_of_more(app, kind):
    with app.test_request_context(), force_locale("nl"):
        assert all(value.words(1) != value.words(2) for value in kind)


def test_the_tones_are_those_of_the_styles():
    styles = (letters.FOLDER.parent / "app/web/styles/parts.css").read_text()
    assert [value for kind in SPOKEN for value in kind if f".badge--{value.tone} " not in styles] == []


@pytest.mark.parametrize("forgotten", ["yes", ("yes",), ("yes", "Ja")], ids=["alone", "alone too", "not translated"])
def test_a_value_without_words_fails_at_import(forgotten):
    with pytest.raises((TypeError, RuntimeError)):

        class _Vote(Worded):
            NO = "no", _l("Nee")
            YES = forgotten


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.letter], ids=str)
def test_every_kind_of_mail_has_its_letter_and_a_footer_that_says_why(kind):
    assert all(letters.letter_source(kind.letter, language) for language in ("nl", "en"))
    assert kind.because in list(Because)


def test_every_kind_that_is_planned_has_a_writer(app):
    assert {kind for kind in MessageKind if not message_writing.has_writer(kind)} == FINISHED_AT_ONCE


def test_what_the_log_writes_down_is_a_table():
    tables = {mapper.class_.__tablename__ for mapper in db.Model.registry.mappers}
    assert {subject for subject in Subject if subject.by_itself} <= tables


def test_a_mail_servers_own_words_stay_as_they_are(app):
    with app.test_request_context(), force_locale("nl"):
        assert in_words(Reason.ANSWERED.value) == "Antwoordde al"
        assert in_words("550 5.1.1 no such user") == "550 5.1.1 no such user"


class TestPages:
    """No name of a value, and no word of English, on a Dutch page."""

    @pytest.fixture
    def invitation(self, client):
        event = factories.event(factories.network(slug="netwerk"))
        sign_in(client, factories.account(event.network))
        return factories.invitation(event, factories.person("Jan Jansen", of=event.network), Origin.NAMED)

    @pytest.fixture
    def said(self, client, invitation):
        """What a page says of mails of each kind, each ended for another reason."""
        reasons = list(Reason)
        for number, kind in enumerate(MessageKind):
            about = invitation_mail.message_references(invitation) | {
                "recipient": f"{number}@oss.example",
                "domain": "oss.example",
            }
            reason = reasons[number % len(reasons)]
            db.session.add(Message(kind=kind, state=MessageState.SUPPRESSED, response=reason, **about))
        db.session.commit()

        def look(page: str) -> str:
            answer = client.get(page.format(slug=invitation.event.slug, invitation_id=invitation.id))
            assert answer.status_code == 200
            return re.sub(r"<[^>]*>", " ", answer.text)

        return look

    @pytest.mark.parametrize(
        "page", ["/organise/events/{slug}/mails", "/organise/events/{slug}/people/{invitation_id}"]
    )
    def test_kinds_of_mail_and_reasons_are_said_in_dutch(self, said, page):
        seen = said(page)
        assert [kind for kind in MessageKind if str(kind.words) not in seen] == []
        assert [reason for reason in Reason if html.escape(str(reason.words)) not in seen] == []
        assert re.findall(r"\b[a-z]+_[a-z_]+\b", seen) == []

    def test_how_an_invitation_came_about_too(self, said):
        seen = said("/organise/events/{slug}/people/{invitation_id}")
        assert ("Genoemd door de organisatie" in seen, "named" in seen) == (True, False)


NUMBERS = {
    "added", "answered", "asked", "coming", "count", "days", "done", "has", "hours", "invited", "mails", "minutes", "more",
    "num", "people", "places", "rest", "seats", "sessions", "total", "waiting",
}  # fmt: skip
"""Names in texts that hold a number of things; `most` and `max` are limits, never one."""


def _singular() -> list[str]:
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return [each.id for each in read_po(file) if each.id and isinstance(each.id, str)]


def test_every_translation_is_words_and_names_what_its_text_names():
    """Of a plural the translations once came back as the letters of one word."""
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        pairs = [(each.id, each.string) for each in read_po(file) if each.id]
    wrong = []
    for text, translated in pairs:
        plural = not isinstance(text, str)
        for from_, to in zip(text, translated, strict=True) if plural else [(text, translated)]:
            letters = [len(re.findall(r"\w", each)) for each in (from_, to)]
            names = (set(re.findall(r"%\((\w+)\)s", each)) for each in (from_, to))
            too_short = min(letters) < 2 <= max(letters)
            if too_short or (len({frozenset(each) for each in names}) > 1 and not plural):
                wrong.append((from_, to))
    assert wrong == []


def test_every_number_of_things_has_words_for_one_and_for_more():
    """A number before a plural stands in ngettext, so that nobody reads '1 antwoordden'; in both languages, as all texts."""
    bare = [
        text
        for text in _singular()
        for name, word in re.findall(r"%\((\w+)\)[sd]%* (\w+)", text)
        if name in NUMBERS and word.endswith(("en", "ën", "s")) and word not in {"is", "gedaan"}
    ]
    assert bare == []


def test_nor_does_a_number_stand_before_a_plural_of_its_own():
    pages = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert re.findall(r"\}\}</strong>\s*(?:<span>)?\{\{ _\(\"(\w+(?:en|s))\"\)", pages) == []
