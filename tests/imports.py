"""The contract of the house for import-linter: who may import whom, in two orders that both run downwards.

By kind: command line, jobs, API and views → forms → rules and queries → models → ground.
By domain, for rules calling rules: the order of DOMAINS.
"""

from importlinter import Contract, ContractCheck, fields, output

GROUND = {
    "settings",
    "clock",
    "database",
    "transaction_notes",
    "extensions",
    "rate_counts",
    "page_stamps",
    "quick_locals",
    "quick_postgres",
    "quick_templates",
    "tokens",
    "urls",
    "plain_text",
    "day_reading",
    "translating",
    "wording",
    "words",
    "mailed_codes",
    "markdown",
    "qr",
    "rows",
    "signals",
    "slugs",
    "row_journal",
    "choices",
    "as_read",
    "folding",
    "sheets",
    "budget",
    "uploads",
}
DOMAINS = (
    "demo",
    "help",
    "upkeep",
    "privacy",
    "progress",
    "indicators",
    "agendas",
    "contact_moments",
    "matching",
    "reports",
    "me",
    "directory",
    "digests",
    "inbox",
    "feeds",
    "questions",
    "speakers",
    "catalogue",
    "lessons",
    "courses",
    "certificates",
    "attendance",
    "registration",
    "invitations",
    "polls",
    "elsewhere",
    "calendars",
    "materials",
    "breakouts",
    "events",
    "places",
    "accounts",
    "network",
    "themes",
    "outbox",
    "setbacks",
    "papers",
)
KINDS = ("ground", "model", "rule", "form", "view")


def kind_of(module: str) -> str:
    """What a module of the program is, after its name."""
    _, first, *rest = [*module.split("."), ""]
    last = next((part for part in reversed(rest) if part), first)
    if first in GROUND:
        return "ground"
    if first in {"cli", "jobs", "api"} or last.endswith("views"):
        return "view"
    if last in {"models", "kinds"}:
        return "model"
    if last == "forms" or last.endswith("_forms") or (first == "web" and last != "assets"):
        return "form"
    return "rule"


class OrderContract(Contract):
    """No module imports one of a higher kind, and no rule one of a higher domain."""

    packages = fields.StringField()

    def check(self, graph, verbose) -> ContractCheck:
        wrong = []
        for importer in graph.modules:
            if importer == "app" or graph.find_children(importer):
                continue
            for imported in graph.find_modules_directly_imported_by(importer):
                if not graph.find_children(imported) and (problem := self._problem(importer, imported)):
                    wrong.append(f"{importer} imports {imported}: {problem}")
        return ContractCheck(kept=not wrong, metadata={"wrong": sorted(wrong)})

    def render_broken_contract(self, check) -> None:
        for line in check.metadata["wrong"]:
            output.print_error(line)

    @staticmethod
    def _problem(importer: str, imported: str) -> str | None:
        upper, lower = kind_of(importer), kind_of(imported)
        if KINDS.index(upper) < KINDS.index(lower):
            return f"a {upper} knows no {lower}"
        if importer.endswith("views") and imported.endswith("views"):
            return "a view knows no other view"
        if upper == lower == "rule":
            above, below = (module.split(".")[1] for module in (importer, imported))
            if above in DOMAINS and below in DOMAINS and DOMAINS.index(above) > DOMAINS.index(below):
                return f"{above} lies below {below}"
        return None
