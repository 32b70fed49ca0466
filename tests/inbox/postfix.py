"""A real mail server on this machine: Postfix that delivers to the mailbox of a Dovecot and bounces what it does not know."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from tests.inbox.dovecot import Dovecot
from tests.server import PATIENCE, free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.leerkring.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
recipient_delimiter = +
virtual_mailbox_domains = leerkring.example, oss.example
virtual_mailbox_base = {mailbox}
virtual_mailbox_maps = inline:{{ antwoord@leerkring.example=mail/, bounce@leerkring.example=mail/, jan@oss.example=jan/ }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = error:5.1.2 this machine knows no other domain
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def running(dovecot: Dovecot) -> Iterator[int]:
    """Run it until the block ends and give its port; needs root, as Postfix does."""
    program = shutil.which("postfix", path="/usr/sbin")
    assert program, "these tests need Postfix (Debian: apt-get install postfix)"
    assert os.getuid() == 0, "Postfix runs as root only"
    with tempfile.TemporaryDirectory(prefix="leerkring-mx-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "queue").mkdir()
        (folder / "data").mkdir()
        shutil.chown(folder / "data", "postfix")
        owner = (dovecot.folder / "mail").stat()
        dovecot.folder.chmod(0o777)
        values = {"folder": folder, "mailbox": dovecot.folder, "uid": owner.st_uid, "gid": owner.st_gid, "port": port}
        (folder / "main.cf").write_text(_MAIN.format(**values).lstrip())
        (folder / "master.cf").write_text(_MASTER.format(**values).lstrip())
        control = [program, "-c", str(folder)]
        done = subprocess.run([*control, "start"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + _log(folder)
        try:
            _wait_until_it_answers(port, folder)
            yield port
        finally:
            subprocess.run([*control, "stop"], capture_output=True)


def _wait_until_it_answers(port: int, folder: Path) -> None:
    import smtplib

    end = monotonic() + PATIENCE
    while monotonic() < end:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5):
                return
        except OSError:
            continue
    raise TimeoutError(_log(folder))


def _log(folder: Path) -> str:
    log = folder / "postfix.log"
    return log.read_text() if log.exists() else ""
