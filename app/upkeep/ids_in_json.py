"""Ids that stand in JSON, where no foreign key keeps the row: every such column, and what becomes of an id when its row goes.

A column of JSON that is on none of these lists fails a test, and so does a number in the details of a message that is
not: what it names could go unseen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.indicators.models import IndicatorVersion
from app.lessons.evaluations.models import EvaluationSheet
from app.network.audiences import rule_rows
from app.network.audiences.models import Audience
from app.network.imports.models import Merge
from app.network.people.models import Person
from app.outbox import message_states
from app.outbox.models import Circuit, Message

Named = Iterable[tuple[str, int | str]]
"""Table and key of each row that a value names."""


def _rules() -> Iterator[tuple[int, Named]]:
    for audience_id, rule in db.session.execute(sa.select(Audience.id, Audience.rule)):
        yield audience_id, rule_rows.rows_of_rule(rule)


def _sheets() -> Iterator[tuple[int, Named]]:
    """Each question once: there are many sheets, and which one names it does not matter."""
    for evaluation in db.session.scalars(sa.select(EvaluationSheet.evaluation_id).distinct()).all():
        sheets = db.session.scalars(
            sa.select(EvaluationSheet.values).where(EvaluationSheet.evaluation_id == evaluation)
        )
        yield evaluation, {("evaluation_questions", int(question_id)) for values in sheets for question_id in values}


def _refusals() -> Iterator[tuple[int, Named]]:
    for circuit_id, refused in db.session.execute(sa.select(Circuit.id, Circuit.refused)):
        yield circuit_id, (("messages", each) for each in refused)


def _narrowings() -> Iterator[tuple[int, Named]]:
    for version_id, narrowing in db.session.execute(sa.select(IndicatorVersion.id, IndicatorVersion.narrowing)):
        yield version_id, rule_rows.rows_of_narrowing(narrowing)


KEPT: dict[str, Callable[[], Iterator[tuple[int, Named]]]] = {
    "audiences.rule": _rules,
    "evaluation_sheets.values": _sheets,
    "indicator_versions.narrowing": _narrowings,
    "mail_circuit.refused": _refusals,
}
"""Columns whose rows have to be there: whoever removes one asks first whether it is named. By row, what it names."""
MAY_BE_GONE = {
    "messages.details": "a mail about what is gone is left out when it would be written",
    "theme_merges.journal": "undoing leaves out people who are gone, and says that it was overtaken",
    "progress_editions.contents": "what was frozen stands; the list behind a figure says how many are no longer there",
    "progress_members.ids": "the count stands; the list behind a figure says how many are no longer there",
    "match_proposals.obstacles": "a sentence about who is gone is left out",
    "merges.journal": "undoing says that it was overtaken; erasing empties it",
    "imported_people.before": "undoing leaves out what is gone; erasing empties it",
    "imports.mapping": "the organisation is asked for again",
    "audit_log.changes": "the log says how it was",
    "audit_log.step": "undoing says that it was changed since",
    "errands.row_ids": "what is gone is passed over when its turn comes",
    "errands.details": "an edition that is gone has nobody to let in",
    "departures.kept": "coming back leaves out what is gone",
    "taps.seen": "a tap that is gone holds nothing any more",
}
"""Columns that may name what is gone, and what then happens."""
NO_IDS = {
    "certificate_versions.days": "days and minutes",
    "impressions.by_hand": "counts",
    "impressions.facts": "counts",
    "need_list_mails.counts": "counts by a digest of the answer",
    "networks.joining_domains": "domains",
    "address_changes.before": "addresses",
    "address_changes.after": "addresses",
    "questions.choices": "words",
    "asked_speakers.told": "moments and words",
    "balance_reports.breaches": "words",
}
IN_DETAILS = {
    "voter": "voters", "vote": "poll_votes", "allotment": "allotments", "impression": "impressions",
    "commitment": "commitments", "edition": "editions", "office": "koppel_offices",
    "report": "progress_reports", "round": "match_rounds", "enrolment": "match_enrolments", "certificate": "certificates", "asked_speaker": "asked_speakers",
    "delivery": "question_deliveries", "material": "materials",
}  # fmt: skip
"""What numbers in the details of a message name."""
FIGURES = {"sequence", "version"}
"""Numbers there that name nothing."""


def ids_in_json_are_of_rows_that_are_there() -> Iterator[str]:
    found: dict[str, dict[int | str, str]] = defaultdict(dict)
    for where, read in KEPT.items():
        for row_id, named in read():
            for table, key in named:
                found[table][key] = f"{where} of {row_id}"
    for name, keys in found.items():
        column = db.metadata.tables[name].primary_key.columns.values()[0]
        there = set(db.session.scalars(sa.select(column).where(column.in_(keys))))
        for gone in keys.keys() - there:
            yield f"{keys[gone]} names {name} {gone}, which is not there"


def journals_name_nobody_who_was_erased() -> Iterator[str]:
    erased = sa.select(Person.id).where(Person.id.in_([Merge.kept_id, Merge.gone_id]), Person.erased_at.is_not(None))
    kept = sa.select(Merge.id).where(sa.cast(Merge.journal, sa.Text) != "[]", erased.exists())
    for merge_id in db.session.scalars(kept):
        yield f"the journal of merge {merge_id} is of somebody who was erased"


def details_say_what_their_numbers_are() -> Iterator[str]:
    unsent = sa.select(Message.id, Message.kind, Message.details).where(Message.state.in_(message_states.UNSENT))
    for message_id, kind, details in db.session.execute(unsent.where(sa.cast(Message.details, sa.Text) != "{}")):
        for name, value in _numbers(details):
            if name not in IN_DETAILS and name not in FIGURES:
                yield f"message {message_id}, {kind}: nothing says what {name} {value} is"


def _numbers(details: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for name, value in details.items():
        if isinstance(value, int) and not isinstance(value, bool):
            yield name, value
