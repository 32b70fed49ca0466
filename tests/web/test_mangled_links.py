"""Links with what a sentence, a mail program or a copy left on them open what was meant, after one redirect."""

from urllib.parse import quote

import pytest

from app.database import db
from app.invitations import invitation_links
from tests import factories

pytestmark = pytest.mark.one_database

BEHIND = [".", ",", ")", ">", "/", ").", "\u200b", "%20", "”", "'", "…", "\u2060)", "*"]


@pytest.fixture
def pages(app) -> dict[str, str]:
    """An address of each kind of door, as it is in a mail or a text."""
    event = factories.event(title="Wonen en zorg")
    invitation = factories.invitation(event, factories.person("Sanne de Vries"))
    db.session.commit()
    with app.test_request_context():
        personal = invitation_links.link_to_invitation(invitation)
    return {"personal": "/" + personal.split("/", 3)[3], "public": f"/events/{event.slug}", "text": "/accessibility"}


@pytest.mark.parametrize("behind", BEHIND)
def test_a_mark_behind_a_link_is_passed_over(client, pages, behind):
    for path in pages.values():
        answer = client.get(f"{path}{quote(behind, safe='%/')}?taal=nl")
        assert (answer.status_code, answer.location) == (302, f"{path}?taal=nl")
        assert client.get(path).status_code == 200


def test_capitals_and_invisible_characters_inside_are_passed_over(client, pages):
    assert client.get(pages["public"].upper()).location == pages["public"]
    assert (
        client.get(quote("\u2066" + pages["personal"].replace("/i/", "/i\u200b/")).replace("%E2%81%A6/", "/")).location
        == pages["personal"]
    )
    assert client.get(pages["personal"].replace("/i/", "/I/")).location == pages["personal"]


@pytest.mark.parametrize(
    "path",
    ["/bestaat-niet.", "/events/bestaat-niet", "//kwaad.example/.", "/\\kwaad.example.", "/api/v1/bestaat-niet."],
)
def test_what_is_nowhere_leads_nowhere_else(client, path):
    answer = client.get(path)
    assert answer.status_code == 404 or answer.location == "/"


def test_what_is_sent_goes_nowhere_else(client, pages):
    assert client.post(f"{pages['personal']}.").status_code in {400, 404, 405}
