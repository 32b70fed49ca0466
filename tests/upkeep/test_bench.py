"""What the bench says of its figures: goals, ratios to L, the last ones beside them, and the tables in the docs."""

import pytest

from bench import chart, growth, report, results
from bench.__main__ import PARTS as MEASURED
from bench.figures import PARTS, Figure, at_least, at_most, find_figure
from bench.results import Reading, Run

L = 5_000.0


@pytest.mark.parametrize(
    ("goal", "database", "value", "share", "met"),
    [
        (at_most(12, 16), "sqlite", 12, None, True),
        (at_most(12, 16), "sqlite", 12.1, None, False),
        (at_most(12, 16), "postgresql", 12.1, None, True),
        (at_least(45), "sqlite", 44, None, False),
        (at_least(20, share=True), "sqlite", 1, 20, True),
        (at_least(20, share=True), "sqlite", 5_000, 19, False),
        (at_least(20, share=True), "sqlite", 5_000, None, None),
    ],
)
def test_a_goal_is_met_by_the_value_or_by_its_share_of_l(goal, database, value, share, met):
    assert goal.is_met(database, value, share) is met


def test_a_rate_is_a_share_of_l_and_a_time_so_many_pages_of_it():
    assert Figure("home", "/s").ratio(2_500, L) == 50
    assert Figure("feed", "ms").ratio(3, L) == pytest.approx(15)
    assert Figure("digests", "s").ratio(2, L) == 10_000
    assert Figure("memory", "MB").ratio(110, L) is None
    assert Figure("home", "/s").ratio(2_500, None) is None


def test_each_value_is_compared_with_the_l_around_itself():
    """Half the requests on a machine that was half as quick are as much."""
    reading = Reading([4_000, 2_000, 3_000], [4_000, 2_000, 3_000])
    assert reading.ratio(Figure("home", "/s")) == 100
    assert (reading.value, round(reading.spread)) == (3_000, 67)


def test_what_was_measured_stands_beside_the_last_time_and_the_goal():
    now = {"home": Reading([4_000, 4_400], [L, L]), "library": Reading([6_000], [L])}
    last = Run("2026-11-01", "2 cores", {"sqlite": {"home": Reading([5_000], [4_000])}})
    home, library = report.compare("visitors", "sqlite", now, last)[2:]
    assert home.split() == [
        "home",
        "4,200",
        "/s",
        "10",
        "%",
        "84",
        "%",
        "5,000",
        "/s",
        "125",
        "%",
        "≥",
        "100",
        "%",
        "of",
        "L",
        "NOT",
        "MET",
    ]
    assert library.split() == ["library", "6,000", "/s", "once", "120", "%", "≥", "100", "%", "of", "L"]


def test_the_last_figures_are_read_as_they_were_written(tmp_path):
    run = Run("2026-11-01", "2 cores", {"sqlite": {"home": Reading([4_000.5], [L])}, "postgresql": {}}, "At 0.5.")
    other = Run("2026-11-02", "2 cores", {"sqlite": {"one worker": Reading([600], [None])}})
    results.write_runs({"visitors": run, "mailing": other}, tmp_path / "last.json")
    assert results.read_last(tmp_path / "last.json") == {
        "visitors": Run(
            run.date, run.machine, {"sqlite": {"home": Reading([4_000], [L])}, "postgresql": {}}, "At 0.5."
        ),
        "mailing": other,
    }
    assert results.read_last(tmp_path / "none.json") == {}


def test_a_part_writes_its_own_table_and_nothing_else(tmp_path):
    file = tmp_path / "performance.md"
    rest = "<!-- bench: mailing -->\nolder\n<!-- end of mailing -->\n\nAfter.\n"
    file.write_text(f"# Before\n\n<!-- bench: visitors -->\nold\n<!-- end of visitors -->\n\nBetween.\n\n{rest}")
    databases = {"sqlite": {"home": Reading([4_900, 5_100], [L, L])}, "postgresql": {"home": Reading([2_500], [L])}}
    report.write_document({"visitors": Run("2026-11-01", "2 cores", databases)}, file)
    begin, _, after = file.read_text().partition("<!-- end of visitors -->")
    assert after == f"\n\nBetween.\n\n{rest}"
    assert begin.startswith("# Before\n\n<!-- bench: visitors -->\n2026-11-01, 2 cores.\n")
    assert begin.endswith("| home | 5,000 /s ± 2 % | 100 % | 2,500 /s | 50 % | ≥ 100 % of L |\n")
    with pytest.raises(KeyError):
        report.write_document({"writes": Run("2026-11-01", "2 cores", databases)}, file)


def test_every_part_has_figures_and_a_place_in_the_docs():
    assert set(MEASURED) == set(PARTS)
    text = report.DOCUMENT.read_text()
    for part in [*PARTS, "growth", "costs"]:
        assert report.replace_block(text, part, "new") != text
    with pytest.raises(KeyError):
        find_figure("visitors", "unheard of")


def test_growth_is_a_line_per_page_and_says_which_tables_are_read_whole():
    small, large = {"people": {"statements": 7, "ms": 5}}, {"people": {"statements": 7, "ms": 6.5}}
    grown = {"sqlite": {"1000": small, "10000": large}, "postgresql": {"1000": small, "10000": large}}
    written = growth.write_growth(grown, {"people": ["invitations"]}, "2026-11-01.")
    assert "| people | 7, 5 | 7, 6.5 | 7, 5 | 7, 6.5 |" in written
    assert "people (invitations)" in written
    drawn = chart.draw_growth(grown, ("digests",))
    assert drawn.count("<polyline") == 2
    assert "10,000" in drawn
