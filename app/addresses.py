"""The addresses of pages that stand in mails and calendars, whole and with our own host."""

from urllib.parse import urlsplit

from flask import current_app


def absolute(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


def host() -> str:
    """Host name of the site, lower case, as it stands in UIDs."""
    return (urlsplit(current_app.config["BASE_URL"]).hostname or "localhost").lower()


def reply(token: str = "") -> str:
    """The address of our own mailbox, with a token in it by plus addressing (RFC 5233)."""
    constant: str = current_app.config["REPLY_ADDRESS"]
    local, _, domain = constant.partition("@")
    return f"{local}+{token}@{domain}" if token else constant


def event_page(slug: str) -> str:
    return absolute(f"/events/{slug}")


def network_page(slug: str) -> str:
    return absolute(f"/networks/{slug}")


def invitation_page(token: str) -> str:
    return absolute(f"/i/{token}")


def join_page(token: str) -> str:
    return absolute(f"/i/{token}/join")


def unsubscribe_page(token: str) -> str:
    return absolute(f"/unsubscribe/{token}")


def preferences_page(token: str) -> str:
    return absolute(f"/preferences/{token}")


def join_network_page(token: str) -> str:
    return absolute(f"/join/{token}")


def own_address_page(token: str) -> str:
    return absolute(f"/address/{token}")


def poll_page(token: str) -> str:
    return absolute(f"/poll/{token}")


def instead_page(token: str) -> str:
    return absolute(f"/instead/{token}")


def seats_page(token: str) -> str:
    return absolute(f"/seats/{token}")


def evaluation_page(token: str) -> str:
    return absolute(f"/evaluation/{token}")


def commitment_page(token: str) -> str:
    return absolute(f"/commitments/{token}")


def impression_page(slug: str) -> str:
    return absolute(f"/impressions/{slug}")


def board_page(code: str) -> str:
    return absolute(f"/k/{code}")


def personal_feed(token: str) -> str:
    return absolute(f"/calendar/{token}.ics")


def sign_in_page(token: str) -> str:
    return absolute(f"/sign-in/{token}")


def check_in_page(token: str) -> str:
    return absolute(f"/c/{token}")


def organise_event(slug: str) -> str:
    return absolute(f"/organise/events/{slug}")
