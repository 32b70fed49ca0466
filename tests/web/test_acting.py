"""What a page does is saved or taken back as a whole, and the reader is told which, and where."""

import pytest
from flask import get_flashed_messages
from flask_babel import lazy_gettext as _l

from app.database import db
from app.network.models import Network
from app.web.acting import acting
from app.web.forms import Form, LineField
from app.words import Refusal
from tests import factories


class _Taken(Refusal):
    says = {"name": _l("%(name)s is al opgegaan in een andere organisatie.")}
    field = "name"


class _Form(Form):
    name = LineField("Naam", 20)


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context(method="POST"):
        yield


def _act(form=None, *, refuse: bool, **how):
    with acting(form, **how) as act:
        factories.network(slug="nieuw")
        act.say("Opgeslagen.")
        if refuse:
            raise _Taken("name", name="Uden")
    db.session.rollback()
    return bool(act.refused), db.session.query(Network).count(), get_flashed_messages(with_categories=True)


def test_what_goes_well_is_saved_and_said():
    assert _act(refuse=False) == (False, 1, [("ok", "Opgeslagen.")])


def test_a_refusal_takes_all_back_and_says_why_alone():
    why = "Uden is al opgegaan in een andere organisatie."
    assert _act(refuse=True) == (True, 0, [("warning", why)])


def test_at_its_field_when_the_page_has_a_form():
    form = _Form(formdata=None)
    assert _act(form, refuse=True) == (True, 0, [])
    assert form.errors == {"name": ["Uden is al opgegaan in een andere organisatie."]}


@pytest.mark.parametrize(("path", "shows"), [("/organise/x", "<h1"), ("/api/v1/x", '"message":')])
def test_a_refusal_that_no_page_foresaw_is_told_all_the_same(app, path, shows):
    with app.test_request_context(path):
        answer = app.make_response(app.handle_user_exception(_Taken("name", name="Uden")))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, shows in text, "Uden is al opgegaan" in text) == (409, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [("Kies.", [("warning", "Kies.")]), (("Kies.", "error"), [("error", "Kies.")]), ("", [])],
    ids=["in the same tone", "in another", "silent"],
)
def test_in_the_words_of_the_page(words, said):
    assert _act(refuse=True, words={_Taken: words}) == (True, 0, said)
