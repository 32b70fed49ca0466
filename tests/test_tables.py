"""What one test does to the tables is gone before the next, in the reference data too; what is made once is there anew."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.vocabulary.models import Role
from tests import factories
from tests.tables import everything


def test_reference_data_that_a_test_changed_is_put_back(app, written):
    before = everything()
    factories.organisation("Tilburg").successor_id = factories.organisation("Breda").id
    db.session.delete(factories.organisation("Zundert"))
    db.session.add(Organisation(name="Test Hei", kind=OrganisationKind.PARTNERSHIP))
    db.session.query(Role).update({Role.name_nl: Role.name_nl + " X"})
    db.session.commit()
    db.session.remove()
    written.empty()
    assert everything() == before


def _make() -> dict:
    db.session.add(Organisation(name="Test Hei", kind=OrganisationKind.PARTNERSHIP))
    return {"networks": [factories.network(), factories.network()], "person": factories.person(at="Test Hei")}


def test_what_is_made_once_is_there_again_whatever_became_of_it(app, written):
    made = written.make_once(_make)
    before, ids = everything(), [each.id for each in made["networks"]]
    db.session.delete(made["networks"][0])
    made["person"].name = "Iemand Anders"
    db.session.commit()
    written.empty()
    db.session.remove()
    assert db.session.scalar(sa.select(Network)) is None
    db.session.rollback()

    again = written.make_once(_make)
    assert ([each.id for each in again["networks"]], everything()) == (ids, before)
    assert factories.network().id > max(ids)


def test_what_is_made_once_is_made_in_empty_tables(app, written):
    factories.network()
    with pytest.raises(ValueError, match="something was made before it"):
        written.make_once(_make)
