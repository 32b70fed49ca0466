"""Tokens: genuine ones are read, anything else is not, whatever it looks like."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import tokens
from app.tokens import Purpose

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(("number", "version"), [(1, 1), (2**40 - 1, 255), (600, 7)])
def test_made_tokens_are_read(purpose, number, version):
    token = tokens.make_token(purpose, number, version)
    assert tokens.read_token(purpose, token) == (number, version)
    assert tokens.read_token(purpose, token.upper()) == (number, version)
    assert (len(token), token == token.lower(), token.isalnum()) == (36, True, True)


def test_no_purpose_opens_what_another_is_for():
    for purpose in Purpose:
        assert [other for other in Purpose if tokens.read_token(other, tokens.make_token(purpose, 5))] == [purpose]


def test_changing_any_character_makes_it_worthless():
    token = tokens.make_token(Purpose.INVITATION, 5)
    for place, character in enumerate(token):
        other = "a" if character != "a" else "b"
        assert tokens.read_token(Purpose.INVITATION, token[:place] + other + token[place + 1 :]) is None


@settings(max_examples=200)
@given(
    text=st.one_of(st.text(max_size=60), st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=36, max_size=36))
)
def test_anything_else_is_no_token(app, text):
    assert tokens.read_token(Purpose.INVITATION, text) is None
