"""Where one goes on after signing in or showing who one is: a page of this site, whatever the address says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.way_back import address_on_this_site

HERE = [
    "/",
    "/organise",
    "/organise/networks/digitale-transformatie/people?q=de%20Vries&page=2",
    "/organise/events/x/mails?q=a/b//c&kind=invitation",
    "/me/data?x=abc234",
    "/organise/networks/caf%C3%A9",
    "/organise/organisations?q=Súdwest-Fryslân",
    "/i/abc?back=https://partner.example/",
]
ELSEWHERE = [
    None,
    "",
    "organise",
    "https://kwaad.example/",
    "HTTPS:kwaad.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//kwaad.example",
    "///kwaad.example",
    "/organise//kwaad.example",
    "\\\\kwaad.example",
    "/\\kwaad.example",
    "\\/kwaad.example",
    " //kwaad.example",
    "\t//kwaad.example",
    "/\t/kwaad.example",
    "/\n/kwaad.example",
    "/\r\nLocation: https://kwaad.example/",
    "/organise\r\nSet-Cookie: a=b",
    "/\x00/kwaad.example",
    "/\x0b/kwaad.example",
    "/\x7f/kwaad.example",
    "/\x85/kwaad.example",
    "/\u2028/kwaad.example",
    "/\u200b/kwaad.example",
    "/%2Fkwaad.example",
    "/%2fkwaad.example",
    "/%5Ckwaad.example",
    "/%5c%5ckwaad.example",
    "/%09/kwaad.example",
    "/%0d%0aLocation:%20https://kwaad.example",
    "/%252Fkwaad.example",
    "/%25252Fkwaad.example",
    "/%25252525252Fkwaad.example",
    "/organise?a=%0d%0aSet-Cookie:b",
    "/organise?a=\\kwaad",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("address", HERE)
def test_pages_of_this_site_are_gone_back_to(address):
    assert address_on_this_site(address) == address


@pytest.mark.parametrize("address", ELSEWHERE)
def test_all_else_leads_nowhere(address):
    assert address_on_this_site(address) is None


@given(st.text(alphabet=st.sampled_from("/\\%25fFcC09adD?:.#@kw \t\r\n\x00\u2028é"), max_size=30).map("/".__add__))
def test_what_is_let_through_never_names_a_host(address):
    kept = address_on_this_site(address)
    if kept is None:
        return
    assert (kept, kept.isprintable(), kept.startswith(("//", "/\\"))) == (address, True, False)
