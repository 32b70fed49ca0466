"""What our own mail server found out about the sender of a mail."""

from email.message import Message

from flask import current_app

from app.inbox import mail_parsing


def sender_is_proven(message: Message) -> bool:
    """Whether DMARC passed for the domain in From, by the topmost result of our own server (RFC 8601 section 5).

    Results with another name stand in any mail that somebody wants to be believed.
    """
    own = (current_app.config["INBOX_AUTHSERV_ID"] or "").lower()
    header = mail_parsing.header_text(message, "Authentication-Results")
    if not own or not header:
        return False
    import authres
    from authres.core import AuthResError

    try:
        found = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {header}")
    except AuthResError:
        return False
    domain = mail_parsing.sender_of(message)[1].rpartition("@")[2]
    passed = [each for each in found.results if each.method == "dmarc" and each.result == "pass"]
    proven = {entry.value.lower() for each in passed for entry in each.properties if entry.name == "from"}
    return (found.authserv_id or "").lower() == own and bool(domain) and domain in proven
