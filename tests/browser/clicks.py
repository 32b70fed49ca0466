"""How much work a job is: presses, and pages one sees. The figures stand in docs/performance.md, and are held to it."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from app.settings import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
_ROW = re.compile(r"^\| (?P<job>[^|]+?) \| (?P<pages>\d+) \| (?P<presses>\d+) \|", re.MULTILINE)


@dataclass
class Walk:
    """One job, from the page on which it begins."""

    page: Page
    presses: int = 0
    pages: int = 1

    def press(self, what: Locator, to: str = "") -> None:
        """Press once; where it leads `to` an address, what is there is a page more."""
        what.click()
        self.presses += 1
        if to:
            self.page.wait_for_url(re.compile(to))
            self.pages += 1

    @property
    def figures(self) -> tuple[int, int]:
        return self.pages, self.presses


def written_down() -> dict[str, tuple[int, int]]:
    """Pages and presses of each job, as the documentation says."""
    part = DOCUMENT.read_text().partition("## Presses")[2].partition("\n## ")[0]
    return {found["job"]: (int(found["pages"]), int(found["presses"])) for found in _ROW.finditer(part)}
