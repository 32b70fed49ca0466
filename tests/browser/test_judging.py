"""The judge of all pages sees what is wrong with one, and in a second state of it what is new."""

from types import SimpleNamespace

import pytest

from tests.browser.conftest import Seen, Visitor

PAGE = """<!doctype html><html lang="nl"><head><title>Proef</title><style>
    body {{ background: #fff; color: #000 }}
    @media (prefers-color-scheme: dark) {{ body {{ background: #000; color: #fff }} .night {{ color: #333 }} }}
    .pale {{ color: #ddd }}
    .wide {{ width: 3000px }}
</style></head><body><main><h1>Proef</h1>{}</main></body></html>"""


@pytest.fixture
def faults_of(chromium, tmp_path):
    """Shows pages to one visitor and tells what each has wrong."""
    visitor = Visitor(chromium, SimpleNamespace(address="http://leerkring.test"), Seen(tmp_path / "seen"))

    def show(content: str) -> list[str]:
        visitor.faults.clear()
        visitor.page.set_content(PAGE.format(content))
        visitor.look()
        return [fault.split(": ", 1)[1] for fault in visitor.faults]

    yield show
    visitor.context.close()


def test_each_kind_of_fault_is_seen(faults_of):
    assert faults_of("<p>Goed</p>") == []
    assert faults_of('<p><img src="data:,"></p>') == ["image-alt img"]
    assert faults_of('<p class="pale">Bleek</p>') == ["color-contrast p"]
    assert faults_of('<p class="night">Alleen in het donker</p>') == ["color-contrast p"]
    assert faults_of('<div class="wide">Breed</div>') == ["scrolls sideways"]


def test_what_was_judged_is_not_judged_again_but_what_is_new_beside_it_is(faults_of):
    assert faults_of("<p>Een</p>") == faults_of("<p>Twee</p>") == []
    assert faults_of('<p>Een</p><p class="pale">Bleek</p>') == ["color-contrast .pale"]
    assert faults_of('<p>Een</p><p class="pale">Nog eens</p>') == []
    assert faults_of('<p>Een</p><section class="pale"><p>Bleek</p></section>') == ["color-contrast section > p"]
