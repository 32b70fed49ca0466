"""Ids in JSON: every column is accounted for, and what is named in one stays or is found again."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.network.audiences import audiences, rule_rows
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.imports import import_runs, merges
from app.network.organisations import lineage
from app.network.vocabulary import theme_uses
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.upkeep import balance, ids_in_json
from tests import factories


def _found() -> list[str]:
    return [str(each) for each in balance.find_breaches()]


def test_every_column_of_json_is_on_one_list():
    columns = [column for table in db.metadata.tables.values() for column in table.columns]
    stored = {str(column) for column in columns if isinstance(column.type, sa.JSON)}
    lists = [*ids_in_json.KEPT, *ids_in_json.MAY_BE_GONE, *ids_in_json.NO_IDS]
    assert sorted(lists) == sorted(stored)


def test_every_block_of_an_audience_says_which_rows_it_names():
    assert rule_rows.NAMED.keys() | rule_rows.NAMES_NOTHING == set(AudienceBlock)
    assert set(rule_rows.NAMED.values()) | set(ids_in_json.IN_DETAILS.values()) <= db.metadata.tables.keys()


@pytest.mark.unbalanced
@pytest.mark.parametrize("block", rule_rows.NAMED)
def test_an_audience_that_names_what_is_gone_is_found(app, block):
    value = "NIET" if block == AudienceBlock.ROLE else 999_999
    audience = factories.audience(factories.network(), "Weg", {"block": block, "values": [value]})
    where = f"audiences.rule of {audience.id} names {rule_rows.NAMED[block]} {value}, which is not there"
    assert _found() == [f"ids in json are of rows that are there: {where}"]


@pytest.mark.unbalanced
def test_a_number_of_which_nobody_says_what_it_is_is_found(app):
    address = factories.person().addresses[0]
    message = message_queue.plan_message(
        MessageKind.TEST, address, details={"nieuw": 3, "reden": "", "uit_agenda": True}
    )
    db.session.flush()
    words = f"message {message.id}, test: nothing says what nieuw 3 is"
    assert _found() == [f"details say what their numbers are: {words}"]


def _who(audience) -> list[str]:
    wanted = audiences.select_people_of_audience(audience).with_only_columns(factories.Person.name)
    return list(db.session.scalars(wanted))


def test_who_went_up_in_another_is_still_meant(app):
    network = factories.network()
    gone, kept = factories.person("Jan de Wit", of=network), factories.person("Jan de Witt", of=network)
    audience = factories.audience(network, "Deze", {"block": AudienceBlock.PERSON, "values": [gone.id]})
    merge = merges.merge_people(kept, gone)
    assert _who(audience) == ["Jan de Witt"]
    merges.undo_merge(merge)
    assert _who(audience) == ["Jan de Wit"]
    assert import_runs.has_history(gone, network.id)


def test_a_theme_that_an_audience_asks_for_is_in_use(app):
    theme = factories.theme("Stilte")
    before = theme_uses.count_uses(theme)
    factories.audience(factories.network(), "Thema", {"block": AudienceBlock.THEME, "values": [theme.id]})
    assert theme_uses.count_uses(theme) == before + 1


def test_an_organisation_that_went_up_in_another_is_still_meant(app):
    network = factories.network()
    old, new = factories.organisation("Oosterhout"), factories.organisation("Breda")
    audience = factories.audience(network, "Daar", {"block": AudienceBlock.ORGANISATION, "values": [old.id]})
    person = factories.person("Jan de Wit", of=network, at=old.name)
    lineage.succeed_organisation(old, new, factories.clock.today())
    db.session.flush()
    assert _who(audience) == [person.name]
