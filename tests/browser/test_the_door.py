"""Door mode on phones, with the network really cut: two desks, a list of two thousand, a page that was closed with taps unsent."""

import base64
import re

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app import qr
from app.database import db
from app.events.models import Event, Mode
from app.invitations import check_in_codes
from app.invitations.models import Invitation, Origin
from app.network.people.models import Person
from app.registration import answers
from tests.browser.conftest import PHONE, walked_on
from tests.browser.test_the_whole_loop import begins, behind, invited

pytestmark = walked_on("sqlite")
SLUG = "datagedreven-werken"
DOOR = f"/organise/events/{SLUG}/day/door"
FULL_LIST = 2000
KEPT = """async () => {
  for (const name of await caches.keys()) if (await (await caches.open(name)).match(location.href)) return true
}"""
CAMERA = """code => {
  navigator.mediaDevices.getUserMedia = async () => {
    const picture = new Image()
    picture.src = code
    await picture.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 480 })
    const draw = () => {
      canvas.getContext('2d').fillStyle = '#fff'
      canvas.getContext('2d').fillRect(0, 0, 480, 480)
      canvas.getContext('2d').drawImage(picture, 60, 60, 360, 360)
      requestAnimationFrame(draw)
    }
    draw()
    return canvas.captureStream()
  }
}"""

NOTHING_IS_SENT = """() => {
  const real = window.fetch
  window.fetch = (address, options) => (options?.method === 'POST' ? Promise.reject(new Error('cut')) : real(address, options))
}"""


def fill_list(slug: str) -> None:
    """So many invited people that the list has two thousand."""
    event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
    names = [f"gast nummer{number:04d}" for number in range(FULL_LIST)]
    named = [{"name": name, "call_name": name, "sort_name": name, "search_text": name} for name in names]
    db.session.execute(sa.insert(Person), named)
    guests = db.session.scalars(sa.select(Person.id).where(Person.name.in_(names)))
    asked = {"event_id": event.id, "origin": Origin.ORGANISER}
    db.session.execute(sa.insert(Invitation), [{"person_id": number} | asked for number in guests])


def open_door(phone) -> Page:
    page = phone.go(DOOR)
    expect(page.locator("#verbinding")).to_contain_text("Bijgewerkt om")
    page.wait_for_function(KEPT)
    return page


def cut(phone) -> None:
    phone.context.set_offline(True)
    expect(phone.page.locator("#verbinding")).to_contain_text("Geen verbinding", timeout=30_000)


def restore(phone) -> None:
    phone.context.set_offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.page.locator("#onverzonden")).to_be_hidden(timeout=30_000)


def press(phone, name: str) -> None:
    phone.page.get_by_role("button", name=name, exact=True).click()


def count_of(phone):
    return phone.page.locator("#teller strong")


def sign_out(phone) -> None:
    phone.page.goto(f"/organise/events/{SLUG}/day")
    phone.page.locator("details.menu > summary:visible").click()
    press(phone, "Uitloggen")


def forget_cuts(phone) -> None:
    """The browser says of every request that the network is gone: that is what was asked for."""
    phone.faults[:] = [fault for fault in phone.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_two_desks_work_on_without_network_and_come_together(visitor, site):
    with behind(site):
        guests = [invited(SLUG, place) for place in range(3)]
        for guest in guests:
            answers.accept_invitation(guest, Mode.ON_SITE)
        anna, bert, carla = (guest.person.name for guest in guests)
        link = check_in_codes.link_to_check_in(guests[2])
        fill_list(SLUG)
        begins(SLUG, hours=-1)
    code = base64.b64encode(qr.draw_code_png(link)).decode()
    first, second = visitor(viewport=PHONE), visitor(viewport=PHONE)
    for phone in (first, second):
        phone.sign_in()
    first.go(f"/organise/events/{SLUG}/day")
    first.press("Deurstand voor op je telefoon", "link")
    open_door(first)
    expect(first.page.get_by_label("Zoek op naam of organisatie")).to_be_focused()
    press(first, f"Aanwezig: {anna}")
    expect(count_of(first)).to_have_text("1")
    expect(first.page.locator("#onverzonden")).to_be_hidden()
    open_door(second)
    expect(count_of(second)).to_have_text("1")
    first.look()
    first.picture("door")

    for phone in (first, second):
        cut(phone)
    press(first, f"Maak ongedaan: {anna}")
    press(first, f"Aanwezig: {bert}")
    expect(count_of(first)).to_have_text("1")
    press(second, f"Maak ongedaan: {anna}")
    press(second, f"Aanwezig: {anna}")
    expect(second.page.locator("#onverzonden")).to_contain_text("2 tikken zijn nog niet verstuurd")

    first.page.close()
    first.page = first.context.new_page()
    first.page.goto(DOOR)
    expect(first.page.locator("#onverzonden")).to_contain_text("2 tikken zijn nog niet verstuurd")
    expect(count_of(first)).to_have_text("1")
    first.page.evaluate(CAMERA, f"data:image/png;base64,{code}")
    press(first, "Scan een code")
    expect(first.page.locator("#zeg")).to_have_text(f"{carla} is aanwezig.")
    press(first, "Stop met scannen")
    expect(count_of(first)).to_have_text("2")
    first.page.get_by_text("Niet op de lijst?").click()
    first.page.get_by_label("Naam", exact=True).fill("Wilhelmina Wandelaar")
    press(first, "Bewaar het voorstel")
    expect(first.page.locator("#onverzonden")).to_contain_text("4 tikken zijn nog niet verstuurd")
    first.page.get_by_label("Zoek op naam of organisatie").fill("nummer00")
    first.look()
    first.picture("door-offline")

    restore(first)
    restore(second)
    for phone in (first, second):
        phone.page.get_by_label("Zoek op naam of organisatie").fill(anna)
        expect(phone.page.locator("#rijen")).to_contain_text("Twee balies zijn het niet eens", timeout=30_000)
        expect(count_of(phone)).to_have_text("3")
    first.look()
    first.picture("door-differs")
    press(second, f"Niet aanwezig: {anna}")
    expect(count_of(second)).to_have_text("2")
    expect(count_of(first)).to_have_text("2", timeout=30_000)
    first.page.get_by_role("link", name="Wacht op een organisator: 1").click()
    expect(first.page.get_by_role("main")).to_contain_text("Wilhelmina Wandelaar")
    first.look()

    took = second.page.evaluate("performance.getEntriesByName('tap').map(each => each.duration)")
    print(f"\ndoor: {len(took)} taps in a list of {FULL_LIST}, shown after {min(took):.0f} to {max(took):.0f} ms")  # noqa: T201
    assert max(took) < 5000
    second.page.evaluate(NOTHING_IS_SENT)
    press(second, f"Aanwezig: {anna}")
    expect(second.page.locator("#onverzonden")).to_contain_text("1 tik is nog niet verstuurd")
    with second.page.expect_response(re.compile(rf"{DOOR}/taps$")):  # before it, nothing is shown as unsent yet
        sign_out(second)
    expect(second.page).to_have_url(re.compile(DOOR))
    expect(second.page.locator("#onverzonden")).to_be_hidden(timeout=30_000)
    expect(count_of(second)).to_have_text("3")
    sign_out(second)
    expect(second.page.locator(".messages")).to_contain_text("Je bent uitgelogd")
    second.page.wait_for_function("async () => !(await indexedDB.databases()).length && !(await caches.keys()).length")
    forget_cuts(first)
    forget_cuts(second)
