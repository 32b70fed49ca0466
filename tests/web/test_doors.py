"""The doors: a page that does not say what it asks does not get hung."""

import pytest

from app.accounts.rights import Need
from app.web.doors import OrganiserPages, PersonalPages, PublicPages, row_of
from app.web.personal import INVITATION, Link


def _view(*objects):
    return "open"


@pytest.mark.parametrize(
    ("door", "address", "said", "why"),
    [
        (OrganiserPages, "/x", {}, "say what it needs="),
        (OrganiserPages, "/x", {"needs": "admin"}, "say what it needs="),
        (OrganiserPages, "/x", {"needs": Need.ORGANISE}, "ORGANISE of which network or event?"),
        (
            OrganiserPages,
            "/events/<slug>/<int:number>",
            {"needs": Need.READ, "subject": lambda event, number, day: event},
            "the address names its subject by half",
        ),
        (PersonalPages, "/x/<token>", {}, "say by which link="),
        (PersonalPages, "/x", {"link": Link(lambda token: None)}, "this link is not remembered"),
        (PublicPages, "/x", {"methods": ["GET", "POST"]}, "say how often it may be sent, limit="),
    ],
)
def test_a_page_that_does_not_say_what_it_asks_is_refused_at_import(door, address, said, why):
    with pytest.raises(TypeError, match=why):
        door("some", __name__).route(address, **said)(_view)


@pytest.mark.parametrize(
    ("door", "address", "said"),
    [
        (OrganiserPages, "/x", {"needs": Need.SIGNED_IN}),
        (OrganiserPages, "/networks/<slug>/<int:number>", {"needs": Need.READ, "subject": row_of(object)}),
        (PersonalPages, "/x/<token>", {"link": Link(lambda token: None)}),
        (PersonalPages, "/my/<slug>", {"link": INVITATION}),
        (PublicPages, "/x", {}),
        (PublicPages, "/x", {"methods": ["POST"], "limit": "20/hour"}),
    ],
)
def test_a_page_that_says_so_is_hung(door, address, said):
    door("some", __name__).route(address, **said)(_view)


def test_two_addresses_of_one_view_ask_the_same():
    door = OrganiserPages("some", __name__)
    door.get("/x", needs=Need.ADMIN)(_view)
    with pytest.raises(TypeError, match="its addresses say different things"):
        door.get("/y", needs=Need.SIGNED_IN)(_view)
