"""The addresses of pages that stand in mails and calendars, whole and with our own host."""

from urllib.parse import urlsplit

from flask import current_app


def absolute_url(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


def site_host() -> str:
    """Host name of the site, lower case, as it stands in UIDs."""
    return (urlsplit(current_app.config["BASE_URL"]).hostname or "localhost").lower()


def reply_address(token: str = "") -> str:
    """The address of our own mailbox, with a token in it by plus addressing (RFC 5233)."""
    constant: str = current_app.config["REPLY_ADDRESS"]
    local, _, domain = constant.partition("@")
    return f"{local}+{token}@{domain}" if token else constant


def event_url(slug: str) -> str:
    return absolute_url(f"/events/{slug}")


def series_url(slug: str) -> str:
    return absolute_url(f"/series/{slug}")


def network_url(slug: str) -> str:
    return absolute_url(f"/networks/{slug}")


def invitation_url(token: str) -> str:
    return absolute_url(f"/i/{token}")


def own_certificate_url(token: str) -> str:
    return absolute_url(f"/i/{token}/certificate")


def own_course_url(token: str) -> str:
    """How it stands with somebody's course, and their certificate of it."""
    return absolute_url(f"/i/{token}/course-certificate")


def join_online_url(token: str) -> str:
    return absolute_url(f"/i/{token}/join")


def speaker_url(token: str) -> str:
    return absolute_url(f"/speak/{token}")


def course_url(slug: str) -> str:
    return absolute_url(f"/courses/{slug}")


def item_url(slug: str) -> str:
    """Something on offer without a date."""
    return absolute_url(f"/catalogue/{slug}")


def next_edition_url(token: str) -> str:
    """Where somebody says whether they want to hear of the next edition of a course."""
    return absolute_url(f"/next-edition/{token}")


def match_url(token: str) -> str:
    """Where somebody says whether they take part in a round of matching, and sees with whom they are."""
    return absolute_url(f"/match/{token}")


def question_url(token: str) -> str:
    """Where a member answers a question of their network."""
    return absolute_url(f"/question/{token}")


def questions_url(slug: str) -> str:
    """The questions of a network, for its members."""
    return absolute_url(f"/networks/{slug}/questions")


def members_url(slug: str) -> str:
    """What a network has for its members."""
    return absolute_url(f"/members/{slug}")


def material_url(token: str, material_id: int) -> str:
    return absolute_url(f"/i/{token}/materials/{material_id}")


def unsubscribe_url(token: str) -> str:
    return absolute_url(f"/unsubscribe/{token}")


def preferences_url(token: str) -> str:
    return absolute_url(f"/preferences/{token}")


def confirm_join_url(token: str) -> str:
    return absolute_url(f"/join/{token}")


def confirm_address_url(token: str) -> str:
    return absolute_url(f"/address/{token}")


def address_change_url(token: str) -> str:
    return absolute_url(f"/address-change/{token}")


def address_proposal_url(token: str) -> str:
    return absolute_url(f"/address-proposal/{token}")


def own_sign_in_url(token: str) -> str:
    return absolute_url(f"/me/sign-in/{token}")


def own_code_url() -> str:
    """Where the code to sign in is typed, in any browser."""
    return absolute_url("/me/sign-in/code")


def own_message_url(contact_id: int) -> str:
    """Where somebody answers a message of another member."""
    return absolute_url(f"/me/messages/{contact_id}")


def message_url(token: str) -> str:
    """Where somebody reports a message of another member, or blocks them."""
    return absolute_url(f"/message/{token}")


def come_back_url(token: str) -> str:
    """Where somebody who left everything comes back."""
    return absolute_url(f"/come-back/{token}")


def stay_url(token: str) -> str:
    return absolute_url(f"/stay/{token}")


def poll_url(token: str) -> str:
    return absolute_url(f"/poll/{token}")


def instead_url(token: str) -> str:
    return absolute_url(f"/instead/{token}")


def seats_url(token: str) -> str:
    return absolute_url(f"/seats/{token}")


def evaluation_url(token: str) -> str:
    return absolute_url(f"/evaluation/{token}")


def commitment_url(token: str) -> str:
    return absolute_url(f"/commitments/{token}")


def used_url(token: str) -> str:
    """Where somebody says what they did with the suggestions of a session."""
    return absolute_url(f"/used/{token}")


def koppel_url(token: str) -> str:
    return absolute_url(f"/koppels/{token}")


def impression_url(slug: str) -> str:
    return absolute_url(f"/impressions/{slug}")


def board_url(code: str) -> str:
    return absolute_url(f"/k/{code}")


def check_url(number: str) -> str:
    """Where anybody checks whether a certificate is genuine."""
    return absolute_url(f"/check/{number}")


def visit_url(token: str, path: str) -> str:
    """A page of a network that is not listed, for whom the link was mailed to."""
    return absolute_url(f"/visit/{token}{path}")


def personal_feed_url(token: str) -> str:
    return absolute_url(f"/calendar/{token}.ics")


def sign_in_url(token: str) -> str:
    return absolute_url(f"/sign-in/{token}")


def check_in_url(token: str) -> str:
    return absolute_url(f"/c/{token}")


def organise_event_url(slug: str) -> str:
    return absolute_url(f"/organise/events/{slug}")
