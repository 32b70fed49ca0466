"""A real IMAP server on this machine: Dovecot with one mailbox, in a folder of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import imap_tools

from app import clock
from tests.server import PATIENCE, free_port

USER, PASSWORD = "postbus", "geheim/met:tekens@"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
first_valid_uid = 1
mail_uid = {reader}
mail_gid = {reader_group}
mail_max_userip_connections = 100
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""
"""What 2.3 (Debian 12) and 2.4 (Debian 13) read alike."""

_CONFIG_2_3 = """
service imap-login {{
  service_count = 0
}}
service imap {{
  service_count = 1000
}}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = home={folder}/home
}}
"""
"""By itself 2.3 begins two processes for each who logs in; one for all takes a quarter of the time."""
_TOKENS_2_3 = """
auth_mechanisms = $auth_mechanisms xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""
_TOKEN_SERVER = """
tokeninfo_url = http://127.0.0.1:{token_port}/tokeninfo?token=
introspection_mode = get
username_attribute = username
active_attribute = active
active_value = true
"""
"""What 2.3 reads from a file of its own and 2.4 in a block."""

_CONFIG_2_4 = """
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    home = {folder}/home
  }}
}}
"""
_TOKENS_2_4 = (
    """
auth_mechanisms = plain xoauth2
oauth2 {{"""
    + _TOKEN_SERVER
    + """}}
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
"""
)


@dataclass
class Dovecot:
    """Where it listens, and what a test does with its mailbox."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"imap://{USER}:geheim%2Fmet%3Atekens%40@127.0.0.1:{self.port}/INBOX"

    @contextmanager
    def open(self) -> Iterator[imap_tools.BaseMailBox]:
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.port).login(USER, PASSWORD) as box:
            yield box

    def deliver(self, *contents: bytes) -> None:
        """Put mails in the inbox, as a mail server would."""
        with self.open() as box:
            for content in contents:
                box.append(content, "INBOX", dt=clock.now())

    def folders(self) -> dict[str, int]:
        """How many mails each folder has, empty ones left out."""
        with self.open() as box:
            counts = {each.name: box.folder.status(each.name)["MESSAGES"] for each in box.folder.list()}
        return {name: count for name, count in counts.items() if count}

    def unseen(self, name: str = "INBOX") -> int:
        with self.open() as box:
            return box.folder.status(name)["UNSEEN"]

    def empty(self) -> None:
        """Throw everything away; the numbering of the inbox goes on."""
        with self.open() as box:
            for each in box.folder.list():
                if each.name != "INBOX":
                    box.folder.delete(each.name)
            box.delete(box.uids())

    def renumber(self) -> None:
        """Give every mail a new number, as a restored backup does (UIDVALIDITY)."""
        (self.folder / "mail" / "dovecot-uidlist").unlink()
        for index in (self.folder / "mail").glob("dovecot.index*"):
            index.unlink()


@contextmanager
def running(token_port: int | None = None, prefix: str = "") -> Iterator[Dovecot]:
    """Run it until the block ends; as root it serves the mailbox as 'mail', as anybody else as oneself.

    With `token_port` it lets in who has a token that the server on that port knows (XOAUTH2). `prefix` is what the
    names of all folders begin with.
    """
    with tempfile.TemporaryDirectory(prefix="leerkring-imap-") as folder:
        Path(folder).chmod(0o755)
        yield from _running(Path(folder), token_port, prefix)


def _running(folder: Path, token_port: int | None, prefix: str) -> Iterator[Dovecot]:
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin")
    assert program, "these tests need Dovecot (Debian: apt-get install dovecot-imapd)"
    port, me = free_port(), pwd.getpwuid(os.getuid())
    root = me.pw_uid == 0
    reader = pwd.getpwnam("mail") if root else me
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(parents=True)
    if root:
        shutil.chown(folder / "mail", reader.pw_uid, reader.pw_gid)
        shutil.chown(folder / "home", reader.pw_uid, reader.pw_gid)
    owner = "dovecot" if root else me.pw_name
    values = {
        "folder": folder,
        "port": port,
        "owner": owner,
        "group": owner if root else str(me.pw_gid),
        "reader": reader.pw_uid,
        "reader_group": reader.pw_gid,
        "password": PASSWORD,
        "token_port": token_port,
        "prefix": prefix,
        "separator": prefix[-1:] or "/",
    }
    config = folder / "dovecot.conf"
    config.write_text(_config(program, bool(token_port)).format(**values))
    if token_port:
        (folder / "oauth2.conf").write_text(_TOKEN_SERVER.format(**values))
    process = subprocess.Popen([program, "-F", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    dovecot = Dovecot(port, folder)
    try:
        _wait_until_it_answers(dovecot, process)
        yield dovecot
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _config(program: str, tokens: bool) -> str:
    """The configuration in the words of the version that is here; 2.4 wants to read first which words it gets."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    if version.startswith("2.3"):
        return _CONFIG + _CONFIG_2_3 + (_TOKENS_2_3 if tokens else "")
    words = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
    return words + _CONFIG + _CONFIG_2_4 + (_TOKENS_2_4 if tokens else "")


def _wait_until_it_answers(dovecot: Dovecot, process: subprocess.Popen) -> None:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        assert process.poll() is None, (dovecot.folder / "dovecot.log").read_text()
        try:
            with dovecot.open():
                return
        except OSError:
            continue
    raise TimeoutError("Dovecot does not answer")
