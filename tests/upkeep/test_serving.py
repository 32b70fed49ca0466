"""The production server ends when told to, at whatever moment."""

from tests.server import prepared, serving


def test_told_to_stop_while_a_worker_still_loads_it_ends(databases, tmp_path):
    with prepared(tmp_path / "instance", databases.with_tables("sqlite")) as ready, serving(ready, "--workers", "2"):
        pass
    # Leaving waits for the process to end, and fails when it does not.
