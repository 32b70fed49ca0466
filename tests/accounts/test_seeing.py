"""Who reads people asks who may see them: a rule on the source text, for all that ends up before somebody's eyes.

Views, the API and their forms build no queries on people themselves. The modules that read for them, named in `READS`,
do: there each public function that leads to such a query takes a `Viewer` along, or stands in `WITHOUT` with the reason.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.imports import kind_of

APP = Path(__file__).parents[2] / "app"
PEOPLE = {
    "Person", "EmailAddress", "Position", "Membership", "NetworkNote", "ContactPerson", "AddressClaim", "AddressChange", "AddressProposal", "Double",
    "ImportedPerson", "Invitation", "HistoryEntry", "Registration", "QuestionAnswer", "Attendance", "Commitment", "Message",
    "Voter", "SubstituteWish", "EvaluationTicket", "Enrolment", "SuggestionUse",
}  # fmt: skip
"""Tables of people, or of what they were asked, answered, did and promised."""
QUERIES = {"select", "query", "get", "get_one", "exists", "join", "outerjoin", "select_from", "row_of"}
READS = (
    "api.*", "reports.*", "network.audiences.*", "network.finding.*", "network.organisations.portrait",
    "network.people.people_list", "network.network_queries", "network.imports.doubles", "registration.cockpit",
    "invitations.invitation_queries", "invitations.deliveries.delivery_board", "attendance.arrivals", "feeds.organiser_feed",
    "contact_moments.talk_queries", "courses.enrolled_people",
)  # fmt: skip
"""Modules that read people for pages."""
WITHOUT = {
    "outbox.mailbox_views": "stands in for a mail server where there is none: everybody reads everything",
    "feeds.organiser_feed.load_organiser_feed": "looks with the eyes of the account that the feed belongs to",
    "invitations.deliveries.delivery_board.can_repeat": "about a mail that was found with a viewer",
    "invitations.deliveries.delivery_board.repeated_by": "about a mail that was found with a viewer",
    "invitations.invitation_queries.list_invitation_steps": "about an invitation that was found with a viewer",
    "registration.cockpit.list_messages_about": "about an invitation that was found with a viewer",
    "invitations.invitation_queries.load_invitations_for_letters": "for the clockwork, which writes letters",
    "invitations.invitation_queries.message_rows_for_invitations": "for the clockwork, which plans letters",
    "invitations.invitation_queries.count_messages_by_wave": "figures: how many, not who",
    "registration.cockpit.count_funnel": "figures: how many, not who",
    "attendance.arrivals.count_present": "figures: how many, not who",
    "attendance.arrivals.count_ever_present": "figures: how many, not who",
    "reports.network_year.took_place": "a part of conditions, which a viewer is added to",
    "reports.network_year.load_tiles": "is handed conditions to which a viewer was added",
    "reports.overall_year.count_reached": "how many municipalities of conditions that it is handed, not which",
    "reports.network_year.years_of_network": "in which years there was a session, not who was there",
    "reports.needs.list_needs": "figures of the networks that the account organises",
    "network.people.people_list.in_order": "puts in order what was selected with a viewer",
    "network.network_queries.count_network_figures": "figures of members, whom every reader of the network sees",
    "network.audiences.audience_blocks.current_positions": "a part of conditions, which a viewer is added to",
    "network.imports.doubles.find_doubles": "for the clockwork, which compares everybody",
    "network.imports.doubles.dismiss_double": "says of two people, whom the view found with a viewer, that they are two",
}


@cache
def _modules() -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(APP).with_suffix("").parts): ast.parse(path.read_text()) for path in APP.rglob("*.py")
    }


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _reads_people(node: ast.AST) -> bool:
    """Whether a query on a table of people is built somewhere in here."""
    return any(
        isinstance(call, ast.Call)
        and _name(call.func) in QUERIES
        and any(isinstance(each, ast.Name) and each.id in PEOPLE for part in call.args for each in ast.walk(part))
        for call in ast.walk(node)
    )


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _leading_to_people(tree: ast.Module) -> set[str]:
    """Functions of a module that build such a query, or call one that does."""
    used = {each.name: {node.id for node in ast.walk(each) if isinstance(node, ast.Name)} for each in _functions(tree)}
    found = {each.name for each in _functions(tree) if _reads_people(each)}
    while more := {name for name, uses in used.items() if name not in found and uses & found}:
        found |= more
    return found


def _takes_viewer(function: ast.FunctionDef) -> bool:
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(each.annotation and _name(each.annotation) in {"Viewer", "Look"} for each in given)


def _is_read(module: str) -> bool:
    return any(module == each or (each.endswith(".*") and module.startswith(each[:-1])) for each in READS)


def test_views_build_no_queries_on_people():
    looked_at = [
        module
        for module in _modules()
        if kind_of(f"app.{module}") in {"view", "form"} and module not in {"cli", "jobs"} and not _is_read(module)
    ]
    assert len(looked_at) > 60
    assert [module for module in looked_at if _reads_people(_modules()[module]) and module not in WITHOUT] == []


def test_who_reads_people_for_a_page_takes_along_who_looks():
    asked = {
        f"{module}.{function.name}": _takes_viewer(function)
        for module, tree in _modules().items()
        if _is_read(module)
        for function in _functions(tree)
        if function.name in _leading_to_people(tree) and not function.name.startswith("_")
    }
    assert len(asked) > 30
    without = {name for name, takes in asked.items() if not takes}
    assert without == {name for name in WITHOUT if not name.endswith("_views")}
