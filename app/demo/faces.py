"""What the demo's networks are known by: drawings of our own, of a few shapes in the colour of each."""

import base64
import io
import math
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from app.network.faces import colours, pictures
from app.network.faces.pictures import Face
from app.network.models import Network
from app.uploads import faces
from app.uploads.people_shown import PeopleShown

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1920, 960
"""Twice what a page shows, so that slanting edges come out smooth."""
_PAPER = "#fbf7ef"


def add_faces(networks: dict[str, Network]) -> None:
    """Once: a network that has a picture keeps it."""
    for slug, (alt, draw) in _DRAWINGS.items():
        network = networks[slug]
        if network.picture is None:
            pictures.give_picture(network, _make_face(network, draw), alt, PeopleShown.NOBODY)


def _make_face(network: Network, draw: "Callable[[ImageDraw, str], None]") -> Face:
    from PIL import Image, ImageDraw

    picture, content = Image.new("RGB", (WIDTH, HEIGHT), _PAPER), io.BytesIO()
    draw(ImageDraw.Draw(picture), colours.colour_by_day(network))
    picture.resize((WIDTH // 2, HEIGHT // 2)).save(content, "PNG")
    made = faces.make_face(content.getvalue())
    files = {name: base64.b64decode(file) for name, file in made["files"].items()}
    width, height = made["size"]
    return Face(files, made["logo"], (width, height))


def _draw_threads(on: "ImageDraw", colour: str) -> None:
    """Buildings of a town, and places above them joined by lines."""
    for number, height in enumerate((150, 260, 200, 320, 170, 280, 220, 330, 190, 250, 160, 230)):
        on.rectangle((160 * number, HEIGHT - height, 160 * number + 159, HEIGHT), fill=_shade(colour, number))
        on.rectangle((160 * number + 50, HEIGHT - height + 40, 160 * number + 110, HEIGHT - height + 90), fill=_PAPER)
    places = [(180, 480), (420, 220), (700, 430), (960, 170), (1220, 410), (1480, 210), (1740, 470)]
    for one, other in (*pairwise(places), *pairwise(places[::2])):
        on.line((one, other), fill=colours.lighten(colour), width=14)
    for number, place in enumerate(places):
        on.circle(place, 74 if number % 2 else 54, fill=colour)
        on.circle(place, 30 if number % 2 else 20, fill=_PAPER)


def _shade(colour: str, number: int) -> str:
    return colour if number % 2 else colours.lighten(colour)


def _draw_village(on: "ImageDraw", colour: str) -> None:
    """Hills with a sun, houses and trees."""
    on.rectangle((0, 0, WIDTH, HEIGHT), fill="#d8e8ef")
    on.circle((1480, 260), 130, fill="#f2c14e")
    on.ellipse((-400, 480, 1300, 1500), fill=colours.lighten(colour))
    on.ellipse((700, 560, 2500, 1600), fill=colour)
    for left, top in ((360, 430), (560, 400), (760, 440)):
        on.rectangle((left, top, left + 130, top + 150), fill=_PAPER)
        on.polygon(((left - 24, top), (left + 65, top - 90), (left + 154, top)), fill="#b5523b")
    for left, top in ((1180, 520), (1330, 500), (1640, 520)):
        on.rectangle((left - 10, top, left + 10, top + 110), fill="#6b4a2b")
        on.circle((left, top - 20), 66, fill=colours.lighten(colour))


def _draw_water(on: "ImageDraw", colour: str) -> None:
    """Waves before a dike with a tree, under a low sun."""
    on.rectangle((0, 0, WIDTH, HEIGHT), fill="#e3eef5")
    on.circle((420, 300), 120, fill="#f2c14e")
    on.polygon(((900, 620), (1240, 380), (WIDTH, 380), (WIDTH, 700), (900, 700)), fill="#5f8f4e")
    on.rectangle((1530, 220, 1552, 390), fill="#6b4a2b")
    on.circle((1541, 190), 96, fill="#3f6f3a")
    for row, shade in enumerate((colours.lighten(colour), colour, "#123f63")):
        base = 620 + 110 * row
        crest = [(x, base + 26 * math.sin(x / 150 + 2 * row)) for x in range(0, WIDTH + 1, 20)]
        on.polygon((*crest, (WIDTH, HEIGHT), (0, HEIGHT)), fill=shade)


def _draw_table(on: "ImageDraw", colour: str) -> None:
    """A round table seen from above, with seats around it and papers on it."""
    on.rectangle((0, 0, WIDTH, HEIGHT // 2), fill="#e3cfdf")
    seats = ("#f2c14e", colours.lighten(colour), "#1b6aa8", "#1d6f42")
    for number in range(12):
        angle = number * math.pi / 6
        on.circle((WIDTH / 2 + 620 * math.cos(angle), HEIGHT / 2 + 390 * math.sin(angle)), 62, fill=seats[number % 4])
    on.ellipse((460, 170, WIDTH - 460, HEIGHT - 170), fill=colour)
    for left, top in ((700, 330), (1060, 300), (880, 520), (1130, 560)):
        on.rounded_rectangle((left, top, left + 120, top + 84), 10, fill=_PAPER)


_DRAWINGS: "dict[str, tuple[str, Callable[[ImageDraw, str], None]]]" = {
    "digitale-transformatie": (
        "Tekening: gebouwen van een stad, met punten erboven die met lijnen aan elkaar vastzitten.",
        _draw_threads,
    ),
    "brede-welvaart": ("Tekening: een dorp op een heuvel, met bomen en een lage zon.", _draw_village),
    "klimaatadaptatie": ("Tekening: golven voor een dijk met een boom.", _draw_water),
    "brabant-academie": ("Tekening: een ronde tafel van boven, met stoelen eromheen.", _draw_table),
}
