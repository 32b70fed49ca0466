"""Who is signed in on their own pages: the cookie holds a secret, the table whose it is and when they last showed it by mail.

One browser is somebody's at a time. What could do harm asks for a sign-in of the last minutes (`is_fresh`), and no link of
an ordinary mail makes one fresh: only the mail that was asked for just now.
"""

import hashlib
import secrets
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from flask import g, has_request_context, request, session
from sqlalchemy.orm import contains_eager

from app import clock
from app.accounts.sessions import describe_browser
from app.database import db, is_read_only, rows_changed, write_in_passing
from app.network.people.models import Person, PersonSession

FRESH = timedelta(minutes=10)
"""For how long somebody who signed in may do what could harm them if another did it."""
KEPT, BRIEF = timedelta(days=30), timedelta(hours=12)
"""How long a session holds that is not used, on a device where it was to stay and on any other."""
NOTED_EVERY = timedelta(minutes=5)
"""How exactly is known when a session was used last; a page that only reads costs a write no more often."""
_KEY = "person"


def start_session(person: Person, *, kept: bool) -> None:
    """Let this browser be somebody's from here on; whose it was before is signed out."""
    _end_own_row()
    session[_KEY] = open_session(person, describe_browser(request.user_agent.string), kept=kept)
    session.permanent = session.permanent or kept
    g.pop("own_session", None)


def open_session(person: Person, browser: str = "", *, kept: bool = False) -> str:
    """Note that somebody is signed in, and showed just now who they are; returns the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    db.session.add(PersonSession(person_id=person.id, digest=_digest(secret), browser=browser, kept=kept))
    db.session.flush()
    return secret


def sign_out() -> None:
    """Sign out, also for whoever kept a copy of the cookie."""
    _end_own_row()
    session.pop(_KEY, None)
    g.own_session = None


def signed_in_person() -> Person | None:
    """Who is signed in on their own pages in this browser, if anybody; then the answer is kept by no cache."""
    row = _current()
    return row.person if row else None


def is_signed_in_as(person: Person | None) -> bool:
    """Whether it is them who look: who comes by a link in a mail may have got it forwarded."""
    found = signed_in_person()
    return found is not None and person is not None and found.id == person.id


def is_fresh() -> bool:
    """Whether whoever is signed in showed by mail who they are within the last FRESH."""
    row = _current()
    return row is not None and abs(clock.now() - row.authenticated_at) < FRESH


def is_kept() -> bool:
    """Whether this browser stays signed in."""
    row = _current()
    return row is not None and row.kept


def current_session_id() -> int | None:
    """The session of the running request; None where there is none, as in a job."""
    row = _current() if has_request_context() else None
    return row.id if row else None


def list_sessions(person: Person) -> list[PersonSession]:
    """Where somebody is signed in, used last first."""
    wanted = sa.select(PersonSession).where(PersonSession.person_id == person.id, _holds())
    return list(db.session.scalars(wanted.order_by(PersonSession.used_at.desc(), PersonSession.id.desc())))


def end_session(person: Person, session_id: int) -> bool:
    """Sign somebody out in one browser; False when it is not theirs, or over."""
    return _end(PersonSession.person_id == person.id, PersonSession.id == session_id) > 0


def end_sessions(person_id: int, *, but: int | None = None) -> int:
    """Sign somebody out everywhere, `but` in one session; returns how many ended."""
    return _end(PersonSession.person_id == person_id, PersonSession.id != (but or 0))


def forget_own_sessions() -> int:
    """Delete sessions that hold no more. Returns how many."""
    return rows_changed(sa.delete(PersonSession).where(~_holds()))


def _current() -> PersonSession | None:
    """Read once a request."""
    if "own_session" not in g:
        g.own_session = row = _load()
        if row:
            g.knows_reader = True
            _note_use(row)
    found: PersonSession | None = g.own_session
    return found


def _load() -> PersonSession | None:
    secret = session.get(_KEY)
    if not isinstance(secret, str):
        return None
    row = db.session.scalar(_of_secret(), {"digest": _digest(secret)})
    return row if row and row.used_at > clock.now() - (KEPT if row.kept else BRIEF) else None


@cache
def _of_secret() -> sa.Select[PersonSession]:
    return (
        sa.select(PersonSession)
        .join(PersonSession.person)
        .where(PersonSession.digest == sa.bindparam("digest"), PersonSession.ended_at.is_(None))
        .where(Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .options(contains_eager(PersonSession.person))
    )


def _holds() -> sa.ColumnElement[bool]:
    """The condition that somebody is signed in by a session."""
    now = clock.now()
    used_lately = sa.or_(
        sa.and_(PersonSession.kept, PersonSession.used_at > now - KEPT), PersonSession.used_at > now - BRIEF
    )
    return sa.and_(PersonSession.ended_at.is_(None), used_lately)


def _end(*theirs: sa.ColumnElement[bool]) -> int:
    ended = sa.update(PersonSession).where(PersonSession.ended_at.is_(None), *theirs).values(ended_at=clock.now())
    return rows_changed(ended.execution_options(synchronize_session="fetch"))


def _end_own_row() -> None:
    if isinstance(secret := session.get(_KEY), str):
        _end(PersonSession.digest == _digest(secret))


def _note_use(row: PersonSession) -> None:
    """Note it in the request's own transaction, or beside it when that only reads; a cookie that is kept is dated anew."""
    now = clock.now()
    if now - row.used_at < NOTED_EVERY:
        return
    used = sa.update(PersonSession).where(PersonSession.id == row.id).values(used_at=now)
    if is_read_only():
        write_in_passing(used)
    else:
        db.session.execute(used.execution_options(synchronize_session=False))
    session.modified = session.modified or row.kept


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
