"""The names on the map: whole, as people say them, within a tile."""

import csv

import pytest

from app.settings import ROOT
from app.web.tile_names import MOST_LINES, WIDEST, tile_lines

with (ROOT / "app/network/reference/organisations.csv").open(newline="") as _file:
    NAMES = [row["name"] for row in csv.DictReader(_file) if row["grid_row"]]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("'s-Hertogenbosch", ["Den Bosch"]),
        ("Bergen op Zoom", ["Bergen op", "Zoom"]),
        ("Sint-Michielsgestel", ["Sint-", "Michiels-", "gestel"]),
        ("Geertruidenberg", ["Geertrui-", "denberg"]),
        ("Oss", ["Oss"]),
        ("Nuenen, Gerwen en Nederwetten", ["Nuenen", "c.a."]),
        ("Oosterhout", ["Ooster-", "hout"]),
    ],
)
def test_a_name_is_broken_where_people_would(name, lines):
    assert tile_lines(name) == lines


def test_every_name_on_the_map_is_whole_and_fits():
    drawn = {name: tile_lines(name) for name in NAMES}
    assert len(drawn) == 56
    assert {name for name, lines in drawn.items() if len(lines) > MOST_LINES or max(map(len, lines)) > WIDEST} == set()
    shown = {name: "".join(lines).replace("-", "").replace(" ", "") for name, lines in drawn.items()}
    cut = {name for name, each in shown.items() if each != name.replace("-", "").replace(" ", "")}
    assert cut == {"'s-Hertogenbosch", "Nuenen, Gerwen en Nederwetten"}
