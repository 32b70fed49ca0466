"""A row of presence is of a day: a query that joins it or counts it would take who came on two days for two people."""

import ast
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
COUNTS_OF_DAYS = {
    "attendance/arrivals.py: _select_arrivals": "of one day",
    "invitations/invitation_queries.py: invitations_of_person": "of the first day",
    "network/organisations/portrait.py: count_presences": "counts distinct people and sessions",
    "network/audiences/audience_blocks.py: _select_present": "used in IN",
    "network/audiences/audience_blocks.py: _of_person": "used in IN",
    "privacy/contact.py: _had_none_since": "used in EXISTS",
    "reports/network_year.py: load_network_year": "counts distinct people and organisations",
    "reports/network_year.py: _load_sessions": "by presence_counts",
    "reports/network_year.py: load_tiles": "by presence_counts",
    "reports/overall_year.py: _count_sessions": "counts distinct people and organisations",
    "reports/overall_year.py: count_reached": "counts distinct organisations",
    "lessons/impressions/facts.py: count_figures": "counts distinct people",
    "lessons/impressions/facts.py: _organisations": "counts distinct organisations",
    "upkeep/balance.py: nobody_is_there_before_the_day": "of each day",
    "upkeep/balance.py: presence_is_of_days_of_the_event": "of each day",
    "upkeep/balance.py: counters_are_sums_of_rows": "of each day",
    "progress/reach.py: _select_sessions": "counts distinct people and organisations",
    "indicators/counting.py: _presence": "reads distinct ids",
    "indicators/counting.py: _find_people": "of those",
    "indicators/counting.py: find_kinds": "keeps one a person",
    "lessons/insights/use_questions.py: list_due_reports": "used in IN",
    "registration/course_page.py: _events_attended": "reads distinct ids, of one person",
    "courses/completion.py: _presence": "reads the days of each",
    "courses/completed_people.py: _select_editions": "reads of which courses there were days",
    "courses/course_certificates.py: editions_to_look_at": "joins when attendance was closed, not who was there",
    "speakers/in_the_room.py: count_drawn": "counts distinct people",
    "me/record.py: list_years": "a line a day for who was there, which counts nobody",
    "demo/afterwards.py: _owner": "of sessions of one day",
}
"""Functions that join presence to people or sessions, and why nobody counts twice in them."""


def _joins(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and (
            (call.func.attr in {"join", "outerjoin", "select_from"} and "Attendance" in ast.unparse(call))
            or (call.func.attr == "count" and "Attendance" in ast.unparse(call))
        )
        for call in ast.walk(function)
    )


def test_who_joins_presence_says_why_nobody_counts_twice():
    found = {
        f"{path.relative_to(APP).as_posix()}: {function.name}"
        for path in APP.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and _joins(function)
    }
    assert found == set(COUNTS_OF_DAYS)
