"""How somebody handles a page: with a mouse or finger, or by the keys of a keyboard alone. Counts what they press."""

import re

from playwright.sync_api import Locator

from tests.browser.clicks import Walk

MOST_TABS = 120
_RING = """() => {
  const style = getComputedStyle(document.activeElement)
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1) || style.boxShadow !== 'none'
}"""
_IS_FOCUSED = "each => each === document.activeElement"


class Hands(Walk):
    """Presses, types and chooses as a pointer does."""

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, option: Locator) -> None:
        self.press(option)


class Keys(Hands):
    """The same with Tab, Enter, space and arrows. What has the focus must show it."""

    def press(self, what: Locator, to: str = "") -> None:
        self.reach(what)
        self.page.keyboard.press("Enter")
        self.presses += 1
        if to:
            self.page.wait_for_url(re.compile(to))
            self.page.wait_for_load_state()
            self.pages += 1

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        kind = field.get_attribute("type")
        for typed in _as_typed(kind or "", text):
            self.page.keyboard.insert_text(typed) if "\n" in typed else self.page.keyboard.type(typed)
            if field.input_value() == text:
                return
            for _ in range(2):
                self.page.keyboard.press("Shift+Tab")
            self.reach(field)
        raise AssertionError(f"{text} cannot be typed: {field.input_value()!r}")

    def choose(self, option: Locator) -> None:
        """Of radio buttons one is in the order of Tab; arrows go to the others."""
        group = self.page.locator(f"input[name='{option.get_attribute('name')}']")
        self.reach(group)
        for _ in range(group.count()):
            if option.is_checked():
                break
            self.page.keyboard.press("ArrowUp")
        self.presses += 1
        assert option.is_checked()

    def reach(self, wanted: Locator) -> None:
        """Go on by Tab until one of these has the focus; everything on the way shows that it has."""
        for _ in range(MOST_TABS):
            if any(each.evaluate(_IS_FOCUSED) for each in wanted.all()):
                return
            self.page.keyboard.press("Tab")
            on = self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
            assert on.startswith("<body") or self.page.evaluate(_RING), f"{self.page.url}: no ring on {on}"
        raise AssertionError(f"{self.page.url}: not reached by Tab: {wanted}")


def _as_typed(kind: str, text: str) -> list[str]:
    """The keys for a text: those of a date or an hour depend on the language of the browser."""
    if kind == "date":
        year, month, day = text.split("-")
        return [f"{month}{day}{year}", f"{day}{month}{year}"]
    if kind == "time":
        hour, minute = text.split(":")
        half = f"{int(hour) % 12 or 12:02}{minute}{'PM' if int(hour) > 11 else 'AM'}"
        return [half, f"{hour}{minute}"]
    return [text]
