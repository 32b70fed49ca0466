"""Signing in on one's own pages by mail: a link that acts on POST, in whatever browser opens it, and a code that is enough by itself.

It is the mail that proves something, so the link is tied to no browser, and the code works wherever the address is typed
along. Known and unknown addresses are handled alike: the same row in the request, the mail written later by the clockwork.
Who else asks for such mails, and however often, never keeps the owner out: the last mails go on working within their
minutes. A code is guessed at most MOST_WRONG_A_DAY times for one address, from however many browsers.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, mailed_codes, tokens, urls
from app.database import db, rows_changed, take_row, too_often
from app.mailed_codes import VALID
from app.network.people import mailboxes
from app.network.people.address_reading import address_key
from app.network.people.models import EmailAddress, Person, PersonSignIn
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.setbacks import one_by_one
from app.tokens import Purpose

MOST_MAILS = 3
"""To one address, within the minutes that a request is valid."""
MOST_WRONG_A_DAY = 25


def ask_at(address: str) -> str:
    """Ask for a mail to an address, which goes if somebody is behind it; returns the digest by which its code is found."""
    known = [each for each in mailboxes.rows_of(address) if each.bounced_at is None]
    first = min(known, key=lambda each: (each.through, each.id), default=None)
    return _ask(address, first.id if first else None)


def ask_of(person: Person, address: EmailAddress) -> str:
    """Ask for a mail to an address of somebody that opens their pages alone; returns the digest as `ask_at`."""
    return _ask(address.key, address.id, person.id)


def address_that_works(person: Person) -> EmailAddress | None:
    """Where the mail goes: the preferred address, else one that does not bounce; None when there is none."""
    works = [each for each in person.addresses if each.bounced_at is None]
    return next((each for each in works if each.preferred), works[0] if works else None)


def digest_of_address(address: str) -> str:
    """Under what a request for an address is found and counted."""
    return mailed_codes.digest_of_text(f"own pages {address_key(address)}")


def request_of_link(token: str) -> PersonSignIn | None:
    """The request of a link, as long as it is valid and somebody is still behind its address."""
    sign_in_id, _ = tokens.read_token(Purpose.OWN_SIGN_IN, token) or (0, 0)
    found = mailed_codes.load_valid_request(PersonSignIn, sign_in_id)
    return found if found and people_of(found) else None


def request_of_code(digest: str, code: str) -> PersonSignIn | None:
    """The request for this address that has this code; a wrong one is counted, and after too many none is right."""
    asked = _valid_requests(digest)
    if not asked:
        return None
    open_ones = [] if _guessed_too_often(digest) else [each for each in asked if _may_be_tried(each)]
    found = [each for each in open_ones if mailed_codes.is_code(each, code)]
    if not found:
        asked[0].wrong_codes += 1
    return next((each for each in found if people_of(each)), None)


def people_of(request: PersonSignIn) -> list[Person]:
    """Whose pages it opens: of a mailbox that several are behind, one of them."""
    address = request.email_address
    if address is None or address.bounced_at:
        return []
    alone = [request.person] if request.person_id and address.person_id == request.person_id else []
    found = alone if request.person_id else mailboxes.who_is_behind(address.key).everybody
    return [each for each in found if each and not each.erased_at and not each.merged_into_id]


def link_of_request(request: PersonSignIn) -> str:
    return urls.own_sign_in_url(tokens.make_token(Purpose.OWN_SIGN_IN, request.id))


def mail_own_sign_ins() -> int:
    """Write the mails for the requests since the last run; return how many."""
    waiting = sa.select(PersonSignIn.id).where(~PersonSignIn.mailed, PersonSignIn.email_address_id.is_not(None))
    ids = db.session.scalars(waiting.order_by(PersonSignIn.id)).all()
    return one_by_one.do_each("mail_own_sign_ins", ids, _mail_own_sign_in)


def forget_requests(person: Person) -> None:
    """Let no mail that somebody asked for sign anybody in any more."""
    theirs = sa.select(EmailAddress.id).where(EmailAddress.person_id == person.id)
    mine = sa.or_(PersonSignIn.person_id == person.id, PersonSignIn.email_address_id.in_(theirs))
    db.session.execute(sa.delete(PersonSignIn).where(mine).execution_options(synchronize_session="fetch"))


def forget_own_sign_ins() -> int:
    """Delete requests that are a day old. Returns how many."""
    return rows_changed(sa.delete(PersonSignIn).where(PersonSignIn.created_at < clock.now() - mailed_codes.KEPT))


def _ask(address: str, address_id: int | None, person_id: int | None = None) -> str:
    digest = digest_of_address(address)
    refused = too_often(PersonSignIn.created_at, clock.now() - VALID, MOST_MAILS, PersonSignIn.address_digest == digest)
    secret = mailed_codes.digest_of_text(mailed_codes.make_browser_secret())
    asked = PersonSignIn(address_digest=digest, browser_digest=secret)
    if not refused:
        asked.email_address_id, asked.person_id = address_id, person_id
    db.session.add(asked)
    db.session.flush()
    return digest


def _valid_requests(digest: str) -> Sequence[PersonSignIn]:
    """The latest first, locked: of two who guess at once the second sees what the first did."""
    wanted = sa.select(PersonSignIn).where(
        PersonSignIn.address_digest == digest, PersonSignIn.created_at > clock.now() - VALID
    )
    return db.session.scalars(wanted.order_by(PersonSignIn.id.desc()).with_for_update()).all()


def _may_be_tried(request: PersonSignIn) -> bool:
    return request.mailed and request.wrong_codes < mailed_codes.MOST_WRONG_CODES


def _guessed_too_often(digest: str) -> bool:
    guessed = sa.select(sa.func.sum(PersonSignIn.wrong_codes)).where(
        PersonSignIn.address_digest == digest, PersonSignIn.created_at > clock.now() - mailed_codes.KEPT
    )
    return (db.session.scalar(guessed) or 0) >= MOST_WRONG_A_DAY


def _mail_own_sign_in(sign_in_id: int) -> int | None:
    request = take_row(PersonSignIn, sign_in_id, ~PersonSignIn.mailed)
    if request is None:
        return None
    request.mailed = True
    people, address = people_of(request), request.email_address
    if people and address:
        _plan_mail(request, people, address)
    return 1


def _plan_mail(request: PersonSignIn, people: list[Person], address: EmailAddress) -> None:
    """One mail to a mailbox, also when several are behind it: who opens it says who they are."""
    person, site, kind = people[0], letters.site_name(), MessageKind.OWN_SIGN_IN
    with force_locale(person.language):
        button = LetterBlock.render("button", link=link_of_request(request), label=gettext("Inloggen"))
    values = {
        "voornaam": person.call_name if len(people) == 1 else "",
        "site": site,
        "code": mailed_codes.write_code(request),
        "pagina": urls.own_code_url(),
        "knop": button,
        "minuten": mailed_codes.minutes_valid(),
    }
    source = letters.letter_source(kind.letter, person.language)
    letter = letters.write_letter(source, values, person.language, {"because": kind.because})
    name = person.name if len(people) == 1 else ""
    plan_finished_mail(Mail(letter, address.address, name, site), kind, person_id=person.id)
