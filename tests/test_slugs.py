"""Addresses of pages after their titles."""

from threading import Thread

import pytest

from app import slugs
from app.database import db
from app.network.models import Network
from tests import factories


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_two_of_one_title_at_the_same_moment_have_addresses_of_their_own(app):
    found = []

    def make_another():
        with app.app_context():
            found.append(slugs.free_slug(Network.slug, "Samen slimmer", "netwerk"))
            db.session.rollback()

    slug = slugs.free_slug(Network.slug, "Samen slimmer", "netwerk")
    other = Thread(target=make_another)
    other.start()
    other.join(0.3)
    factories.network(slug=slug)
    db.session.commit()
    other.join(20)
    assert (slug, found) == ("samen-slimmer", ["samen-slimmer-2"])
