"""Signing in by mail: a link that acts on POST, bound to the browser that asked, and a code for any other.

Known and unknown addresses are handled alike: the same row in the request, the mail written
later by the clockwork. The link may be opened by a mail scanner first, since opening does
nothing, and works again within its minutes.
"""

import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, mailed_codes, tokens, urls
from app.accounts import access_log
from app.accounts.models import Account, SignIn
from app.database import db, take_row, too_often
from app.mailed_codes import VALID
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.setbacks import one_by_one
from app.tokens import Purpose

MOST_WRONG_A_DAY = 25
"""Wrong codes for one address within a day; from then on only links sign in."""
MOST_REQUESTS = 5
"""Mails to one address within VALID."""


@dataclass(frozen=True)
class SignInTicket:
    """A request: its number and the secret that only the asking browser keeps."""

    number: int
    browser_secret: str


def ask_sign_in(email: str) -> SignInTicket:
    """Ask for a link and a code; they are mailed if the address belongs to an active account."""
    email = email.strip().lower()
    account_id = db.session.scalar(sa.select(Account.id).where(Account.email == email, Account.active))
    address_digest, secret = mailed_codes.digest_of_text(email), mailed_codes.make_browser_secret()
    since = clock.now() - VALID
    refused = too_often(SignIn.created_at, since, MOST_REQUESTS, SignIn.address_digest == address_digest)
    request = SignIn(
        account_id=None if refused else account_id,
        address_digest=address_digest,
        browser_digest=mailed_codes.digest_of_text(secret),
    )
    db.session.add(request)
    db.session.flush()
    return SignInTicket(request.id, secret)


def mail_sign_in_links() -> int:
    """Write the mails for the requests since the last run; return how many."""
    waiting = sa.select(SignIn.id).where(~SignIn.mailed, SignIn.account_id.is_not(None)).order_by(SignIn.id)
    return one_by_one.do_each("mail_sign_in_links", db.session.scalars(waiting).all(), _mail_sign_in_link)


def _mail_sign_in_link(sign_in_id: int) -> int | None:
    request = take_row(SignIn, sign_in_id, ~SignIn.mailed)
    if request is None:
        return None
    if request.account:
        _plan_sign_in_mail(request, request.account)
    request.mailed = True
    return 1


def make_sign_in_link(account: Account) -> str:
    """A sign-in link for somebody at the command line; it works in any browser."""
    request = SignIn(
        account_id=account.id,
        address_digest=mailed_codes.digest_of_text(account.email),
        browser_digest=_ANY_BROWSER,
        mailed=True,
    )
    db.session.add(request)
    db.session.flush()
    return urls.sign_in_url(tokens.make_token(Purpose.SIGN_IN, request.id))


def sign_in_of_link(token: str) -> SignIn | None:
    """The request of a link, as long as it is valid."""
    sign_in_id, _ = tokens.read_token(Purpose.SIGN_IN, token) or (0, 0)
    found = _load_valid(sign_in_id)
    if found is None:
        access_log.remember_failed_sign_in(_account_id_of(sign_in_id))
    return found


def is_same_browser(request: SignIn, browser_secret: str) -> bool:
    """Whether the link is opened in the browser that asked for it."""
    return request.browser_digest == _ANY_BROWSER or hmac.compare_digest(
        request.browser_digest, mailed_codes.digest_of_text(browser_secret)
    )


def has_asked_too(request: SignIn, sign_in_id: int, browser_secret: str) -> bool:
    """Whether this browser asked for the same address, in the request of that number.

    So whoever else asks, and however often, never keeps somebody out: one of the last mails always lets them in.
    """
    own = mailed_codes.load_valid_request(SignIn, sign_in_id)
    same = own is not None and own.address_digest == request.address_digest
    return same and is_same_browser(own, browser_secret) if own else False


def account_of_code(sign_in_id: int, code: str) -> Account | None:
    """The account that this code of this request opens; after MOST_WRONG_A_DAY for an address only links do."""
    request = _load_valid(sign_in_id, lock=True)
    works = request is not None and request.account_id is not None and not _guessed_too_often(request)
    if request is None or not mailed_codes.try_code(request, code, works=works):
        access_log.remember_failed_sign_in(_account_id_of(sign_in_id))
        return None
    return request.account


def forget_old_sign_ins() -> int:
    """Delete requests that are a day old."""
    return mailed_codes.forget_old_requests(SignIn)


_ANY_BROWSER = "any"


def _guessed_too_often(request: SignIn) -> bool:
    """Of a million codes these few are tried a day, from however many addresses of however many requests."""
    guessed = sa.select(sa.func.sum(SignIn.wrong_codes)).where(
        SignIn.address_digest == request.address_digest, SignIn.created_at > clock.now() - mailed_codes.KEPT
    )
    return (db.session.scalar(guessed) or 0) >= MOST_WRONG_A_DAY


def _account_id_of(sign_in_id: int) -> int | None:
    return db.session.scalar(sa.select(SignIn.account_id).where(SignIn.id == sign_in_id))


def _load_valid(sign_in_id: int, lock: bool = False) -> SignIn | None:
    request = mailed_codes.load_valid_request(SignIn, sign_in_id, lock)
    return None if request and request.account and not request.account.active else request


def _plan_sign_in_mail(request: SignIn, account: Account) -> None:
    site = letters.site_name()
    values = {
        "naam": account.name,
        "site": site,
        "code": mailed_codes.write_code(request),
        "knop": _write_sign_in_button(account, urls.sign_in_url(tokens.make_token(Purpose.SIGN_IN, request.id))),
        "minuten": mailed_codes.minutes_valid(),
    }
    letter = letters.write_letter(
        letters.letter_source(MessageKind.SIGN_IN.letter, account.language),
        values,
        account.language,
        {"because": MessageKind.SIGN_IN.because},
    )
    plan_finished_mail(Mail(letter, account.email, account.name, site), MessageKind.SIGN_IN)


def _write_sign_in_button(account: Account, address: str) -> letters.LetterBlock:
    with force_locale(account.language):
        return letters.LetterBlock.render("button", link=address, label=gettext("Inloggen"))
