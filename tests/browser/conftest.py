"""A real browser on a running server with the demo."""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from app.settings import ROOT
from tests.browser.clicks import Walk, written_down
from tests.databases import KINDS
from tests.server import Server, prepared, serving

CHROMIUMS = ("/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium")
"""One browser in two builds: the one without windows loads a page in two thirds of the time."""
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(os.path.exists, CHROMIUMS), CHROMIUMS[-1])
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
PHONE, LAPTOP = {"width": 375, "height": 812}, {"width": 1280, "height": 900}
PICTURES = ROOT / "docs" / "images"
ORGANISER = "loes.verhoeven@oosterhout.example"
JUDGING = f"const AXE = {json.dumps(AXE)};\n{(Path(__file__).parent / 'judging.js').read_text()}"


def walked_on(kind: str):
    """Walks of a file use one kind of database, so that files take turns; 'make faults' walks them on the other too."""
    other = [pytest.param(each, marks=pytest.mark.faults) for each in KINDS if each != kind]
    return pytest.mark.parametrize("database", [kind, *other], indirect=True, scope="module")


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def database(request) -> str:
    """The kind of database of a module's tests, from `walked_on`."""
    return request.param


class Seen:
    """What was judged, by any process of a run: states of pages, and places of text for their colours."""

    def __init__(self, folder: Path):
        folder.mkdir(exist_ok=True)
        self._folder = folder

    def is_new(self, what: str, how: int | str) -> bool:
        """Whether nobody asked this before, from which moment on it is known."""
        name = hashlib.sha256(f"{how} {what}".encode()).hexdigest()
        try:
            (self._folder / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@pytest.fixture(scope="session")
def seen(shared_folder) -> Seen:
    return Seen(shared_folder / "seen")


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """The demo as 'make run' shows it; tests of a module share it. The clockwork runs when a test says so."""
    with prepared(tmp_path_factory.mktemp("browser"), databases.with_demo(database)) as server:
        server.command("worker", "--once")
        with serving(server, "--workers", "1"):
            yield server


class Visitor:
    """Somebody at a browser. Every page they pass is looked at: axe-core, console, sideways scrolling.

    With `also` a size, in a window of that size too.
    """

    def __init__(self, browser: Browser, server: Server, seen: Seen, **options):
        self.server = server
        self.scripts = options.get("java_script_enabled", True)
        self._also = options.pop("also", None)
        self.context = browser.new_context(
            base_url=server.address, locale=options.pop("locale", "nl-NL"), **{"viewport": LAPTOP} | options
        )
        self.context.add_init_script(JUDGING)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self._seen = seen
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def _hear(self, message) -> None:
        """Errors of the console; a form that comes back with 422 is what a test asked for."""
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def go(self, address: str) -> Page:
        self.page.goto(address)
        return self.look()

    def press(self, name: str, role: str = "button", exact: bool = True) -> Page:
        self.page.get_by_role(role, name=name, exact=exact).first.click()
        return self.look()

    def press_in_menu(self, name: str) -> Page:
        self.page.locator("details.menu > summary:visible").click()
        return self.press(name, "link")

    def look(self) -> Page:
        """Note what is wrong with the page one is on."""
        self.page.wait_for_load_state()
        if self.scripts:
            self._judge()
            self._judge_also()
        return self.page

    def _judge_also(self) -> None:
        if self._also:
            own = self.page.viewport_size
            self.page.set_viewport_size(self._also)
            self._judge()
            self.page.set_viewport_size(own)

    def _judge(self) -> None:
        """Judge a state of a page once a width; colours of a place in a page once a width, and once in dark."""
        found = self.page.evaluate("judging.look()")
        if found["sideways"]:
            self._note(["scrolls sideways"])
        width = self.page.viewport_size["width"]
        if self._seen.is_new(found["state"], width):
            self._note(self.page.evaluate("judging.rules()"))
        self._judge_colours([place for place in found["places"] if self._seen.is_new(place, width)])
        in_dark = [place for place in found["places"] if self._seen.is_new(place, "dark")]
        if in_dark:
            self.page.emulate_media(color_scheme="dark")
            self._judge_colours(in_dark)
            self.page.emulate_media(color_scheme="light")

    def _judge_colours(self, places: list[str]) -> None:
        if places:
            self._note(self.page.evaluate("places => judging.colours(places)", places))

    def _note(self, faults: list[str]) -> None:
        self.faults += [f"{self.page.url}: {fault}" for fault in faults]

    def mail(self, recipient: str, subject: str = "") -> Page:
        """Open the last mail to somebody in the mailbox."""
        self.server.command("worker", "--once")
        self.page.goto(f"/mailbox?q={recipient}")
        self.page.locator(".rows a").filter(has_text=re.compile(subject)).first.click()
        return self.look()

    def press_in_mail(self, name: str) -> Page:
        self.page.frame_locator("iframe").first.get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_url(lambda address: "/mailbox" not in address)
        return self.look()

    def sign_in(self, address: str = ORGANISER) -> None:
        link = self.server.command("accounts", "sign-in-link", address)
        try:
            self.page.goto(link)
        except Error as error:  # Chromium took a kept connection that the server had let go of meanwhile
            if "ERR_SOCKET_NOT_CONNECTED" not in str(error):
                raise
            self.page.goto(link)
        self.press("Log in")

    def picture(self, name: str) -> None:
        """Keep what one sees for the documentation, when asked with SCREENSHOTS=1."""
        if os.environ.get("SCREENSHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def visitor(chromium, site, seen):
    """Makes visitors; at the end none of them may have met a fault."""
    made: list[Visitor] = []

    def make(**options) -> Visitor:
        made.append(Visitor(chromium, site, seen, **options))
        return made[-1]

    yield make
    faults = [fault for each in made for fault in each.faults]
    for each in made:
        each.context.close()
    assert faults == []


__all__ = ["LAPTOP", "ORGANISER", "PHONE", "Path", "expect", "walked_on"]


@pytest.fixture
def count(capsys):
    """Holds what a walk took against what is written down, and what it may take at most; says it."""

    def hold(job: str, walk: Walk, most: tuple[int, int] | None = None) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{job}: {walk.pages} pages, {walk.presses} presses\n")
        assert most is None or all(had <= may for had, may in zip(walk.figures, most, strict=True))
        assert walk.figures == written_down()[job]

    return hold
