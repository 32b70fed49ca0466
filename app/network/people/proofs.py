"""Whether who comes by a personal link reads the mail of the address we have: a forwarded mail carries the link too.

The link in the mail works in whatever browser opens it, for it is the mail that proves something. So whoever else
asks for such mails, and however many, the owner is never locked out. The code works only where it was asked for, and
is guessed at most MOST_WRONG_A_DAY times for one person, from however many addresses.
"""

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, mailed_codes, tokens, urls
from app.database import db, too_often
from app.network.people.models import EmailAddress, Person, ProofRequest
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.tokens import Purpose

MOST_MAILS = 3
"""To one person, within the minutes that a request is valid."""
MOST_WRONG_A_DAY = 25


def address_to_prove(person: Person) -> EmailAddress | None:
    """Where the mail goes: the preferred address, else one that does not bounce; None when there is none."""
    works = [each for each in person.addresses if each.bounced_at is None]
    return next((each for each in works if each.preferred), works[0] if works else None)


def ask_proof(person: Person, address: EmailAddress) -> ProofRequest:
    """Mail a link and a code; beyond MOST_MAILS there is no mail, and the request opens nothing."""
    since = clock.now() - mailed_codes.VALID
    mine = (ProofRequest.person_id == person.id, ProofRequest.mailed.is_(True))
    refused = too_often(ProofRequest.created_at, since, MOST_MAILS, *mine)
    secret = mailed_codes.digest_of_text(mailed_codes.make_browser_secret())
    request = ProofRequest(person_id=person.id, browser_digest=secret, mailed=not refused)
    db.session.add(request)
    db.session.flush()
    if request.mailed:
        _plan_proof_mail(request, person, address)
    return request


def proof_of_link(token: str) -> ProofRequest | None:
    """The request of a link, as long as it is valid and its person is who they were."""
    request_id, _ = tokens.read_token(Purpose.PROOF, token) or (0, 0)
    return _load_valid(request_id)


def is_right_code(person: Person, request_id: int, code: str) -> bool:
    """Whether this code of this request proves who somebody is."""
    request = _load_valid(request_id, lock=True)
    if request is None or request.person_id != person.id:
        return False
    return mailed_codes.try_code(request, code, works=request.mailed and not _guessed_too_often(person))


def forget_old_proofs() -> int:
    """Delete requests that are a day old."""
    return mailed_codes.forget_old_requests(ProofRequest)


def _load_valid(request_id: int, lock: bool = False) -> ProofRequest | None:
    request = mailed_codes.load_valid_request(ProofRequest, request_id, lock)
    changed = request and (request.person.erased_at or request.person.merged_into_id)
    return None if changed else request


def _guessed_too_often(person: Person) -> bool:
    guessed = sa.select(sa.func.sum(ProofRequest.wrong_codes)).where(
        ProofRequest.person_id == person.id, ProofRequest.created_at > clock.now() - mailed_codes.KEPT
    )
    return (db.session.scalar(guessed) or 0) >= MOST_WRONG_A_DAY


def _plan_proof_mail(request: ProofRequest, person: Person, address: EmailAddress) -> None:
    link, site = urls.proof_url(tokens.make_token(Purpose.PROOF, request.id)), letters.site_name()
    with force_locale(person.language):
        button = LetterBlock.render("button", link=link, label=gettext("Ja, dat ben ik"))
    values = {
        "voornaam": person.call_name,
        "site": site,
        "code": mailed_codes.write_code(request),
        "knop": button,
        "minuten": mailed_codes.minutes_valid(),
    }
    letter = letters.write_letter(
        letters.letter_source(MessageKind.PROOF.letter, person.language),
        values,
        person.language,
        {"because": MessageKind.PROOF.because},
    )
    plan_finished_mail(Mail(letter, address.address, person.name, site), MessageKind.PROOF, person_id=person.id)
