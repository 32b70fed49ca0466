"""Measures anew, writes the table and says what became cheaper or dearer: python -m tests.costs"""

from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import ROOT
from tests.costs import table
from tests.databases import KINDS, Databases


def main() -> None:
    before = table.read() if table.FILE.exists() else {}
    with TemporaryDirectory(prefix="leerkring-costs-") as folder:
        databases = Databases(ROOT / ".pytest_cache" / "d" / "databases", Path(folder))
        now = {kind: table.measure(databases.with_demo_at_standstill(kind)) for kind in KINDS}
        databases.close()
    table.write(now)
    for kind, costs in now.items():
        for name, cost in costs.items():
            was = before.get(kind, {}).get(name, {})
            print(f"{kind:<11} {name:<30}", *(f"{what} {was.get(what, '-')} → {count}" for what, count in cost.items()))


if __name__ == "__main__":
    main()
