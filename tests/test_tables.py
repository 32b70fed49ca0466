"""What one test does to the tables is gone before the next, in the reference data too."""

from app.database import db
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
