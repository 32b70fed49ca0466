"""What it takes to start: processor time of commands, and memory of a server process that gave nothing yet."""

import os
import subprocess

from bench.measuring import Measuring
from bench.sessions import memory
from tests.server import FLASK, Server, serving

COMMANDS = {
    "flask accounts --help": ("accounts", "--help"),
    "flask privacy sweep --dry-run": ("privacy", "sweep", "--dry-run"),
    "flask worker --once with nothing to do": ("worker", "--once"),
}


def figures(server: Server, measuring: Measuring) -> None:
    for name, arguments in COMMANDS.items():
        _processor_time(server, arguments)
        measuring.take(lambda name=name, given=arguments: {f"{name}, processor time": _processor_time(server, given)})
    with serving(server, "--workers", "2"):
        measuring.once(lambda: {"server process after start": memory()})


def _processor_time(server: Server, arguments: tuple[str, ...]) -> float:
    before = os.times()
    command = [FLASK, "--app", "wsgi", *arguments]
    subprocess.run(command, env=server.environ, cwd=FLASK.parents[2], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
