"""The main process of the web server: it loads the application once, before it makes the workers.

They begin as copies of it and share the memory of what was loaded for as long as neither changes it; one that follows
another is there at once, in the version that was started. Where Python makes processes in another way than by fork, each
loads the application by itself.
"""

import importlib
import runpy


def run_workers() -> None:
    """Serve as the arguments of granian's command say, until told to stop."""
    importlib.import_module("wsgi")
    runpy.run_module("granian", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    run_workers()
