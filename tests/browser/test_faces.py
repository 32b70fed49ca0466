"""A network and a session get a face, and what that weighs on the page that everybody sees first."""

import io

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, PHONE, walked_on

pytestmark = walked_on("sqlite")
NETWORK, SESSION = "/organise/networks/digitale-transformatie", "/events/datagedreven-werken"
WIDEST = """() => {
  const blocks = [...document.querySelectorAll('main p, main li, main dd, main .utrecht-form-field-description')]
  const lines = blocks.filter(each => !each.closest('.rows, .tabs, .steps, .agenda') || each.matches('p')).map(each => {
    const range = document.createRange(), rows = {}, walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) for (let at = 0; at < walker.currentNode.length; at++) {
      range.setStart(walker.currentNode, at), range.setEnd(walker.currentNode, at + 1)
      const box = range.getClientRects()[0]
      if (box?.width) rows[Math.round(box.bottom / 8)] = (rows[Math.round(box.bottom / 8)] || 0) + 1
    }
    return Math.max(0, ...Object.values(rows))
  })
  return Math.max(...lines)
}"""


def _photo() -> dict:
    out = io.BytesIO()
    Image.effect_noise((1200, 800), 90).convert("RGB").save(out, "JPEG", quality=90)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_session_gets_a_face_and_its_page_stays_light(visitor):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go(f"{NETWORK}/settings")
    page.get_by_label("Eigen kleur").fill("#e8590c")
    organiser.press("Bewaar")
    expect(page.locator("#fouten")).to_be_focused()
    darker = page.get_by_label("Eigen kleur").input_value()
    organiser.press("Bewaar")
    page = organiser.go(f"/organise{SESSION}/face")
    page.get_by_label("Foto of logo").set_input_files(_photo())
    page.get_by_label("Wat staat erop?").fill("Mensen rond een tafel")
    page.get_by_label("Nee", exact=True).check()
    organiser.press("Bewaar")
    expect(page.get_by_role("img", name="Mensen rond een tafel")).to_be_visible()
    for size in (LAPTOP, PHONE):
        assert _first_view(visitor(viewport=size), darker) == []


def _first_view(visitor, colour: str) -> list[str]:
    """What is wrong with the page of the session as somebody sees it for the first time."""
    finished = []
    visitor.page.on("requestfinished", lambda request: finished.append(request))
    page = visitor.page
    page.goto(SESSION)
    page.wait_for_load_state("networkidle")
    sizes = {each.url: each.sizes()["responseBodySize"] for each in finished}
    faults = [] if len(sizes) <= 6 else [f"{len(sizes)} requests"]
    faults += [] if sum(sizes.values()) <= 60 * 1024 else [f"{sum(sizes.values())} bytes"]
    faults += [] if (widest := page.evaluate(WIDEST)) <= 70 else [f"a line of {widest} characters"]
    visitor.look()
    shown = page.get_by_role("link", name="Meld je aan").evaluate("each => getComputedStyle(each).backgroundColor")
    channels = ", ".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return faults + ([] if shown == f"rgb({channels})" else [f"a button in {shown}"])
