"""What makes a mail of each kind leave, and which acts of organisers do so without a page that asks first.

An act that mails others asks first (web/asking_first.py), or stands here with the reason why it does not.
"""

from app.outbox.kinds import MessageKind as M


class Cause:
    """Why a mail leaves."""

    ASKED_FIRST = (
        "a change of a session: a page says whom it concerns, what was and will be, and asks; held back for a minute"
    )
    OWN_ACT = "its reader did something, by link, page or mail, or a colleague did in their stead"
    RELEASED = "an organiser released it, after a page that says to how many and when"
    SAYS_SO = "an organiser pressed a button of a page, or sent a form, that says whom it mails"
    WHO_MAY_KNOW = "something of its reader changed that they have to know of"
    STANDING = "what its reader asked to hear regularly, promised, or has to do by a day that stands"
    BY_A_MEMBER = "another member wrote to its reader, who chose to be in the list, on a page that says so"
    OURS = "about the site itself, to those who look after it"


CAUSES = {
    **dict.fromkeys([M.EVENT_CHANGED, M.EVENT_CANCELLED, M.PROMOTED], Cause.ASKED_FIRST),
    **dict.fromkeys(
        [
            M.CONFIRMED, M.WAITING, M.CANCELLED, M.DECLINED, M.SUBSTITUTE_INVITATION, M.SUBSTITUTE_ASKED, M.SUBSTITUTE_COMES,
            M.SUBSTITUTE_DECLINED, M.REQUESTED, M.SEAT_NAMED, M.MAYBE, M.ASKED_AGAIN, M.TOO_LATE, M.TIME_PROPOSED,
            M.ANSWER_UNDONE, M.SUBSTITUTE_WANTED, M.INSTEAD, M.CALENDAR_NOTE, M.JOIN, M.OWN_ADDRESS, M.UNSUBSCRIBED,
            M.DIGEST_STOPPED, M.LEFT_ALL, M.OWN_SIGN_IN, M.SIGN_IN, M.JOIN_WAITING, M.NEXT_ASKED, M.CONTACT_REPORTED, M.QUESTION_WAITING, M.QUESTION_WHERE,
            M.CERTIFICATE_NAME,
        ],
        Cause.OWN_ACT,
    ),
    **dict.fromkeys(
        [M.SAVE_THE_DATE, M.INVITATION, M.REMINDER, M.LAST_PLACES, M.LAST_INFORMATION, M.THANK_YOU, M.OWN_LETTER, M.OWN_MAILING, M.EVALUATION, M.THANKS, M.MISSED],
        Cause.RELEASED,
    ),
    **dict.fromkeys(
        [M.MATCH_CALL, M.MATCH_NEWS, M.SEATS_OFFERED, M.NEED_LIST, M.QUESTION_DECIDED, M.POLL, M.POLL_CHOSEN, M.POLL_DATE, M.FORWARDED, M.JOIN_GRANTED, M.JOIN_REFUSED, M.COMMITMENT, M.TEST, M.MAIL_TEST, M.LOOK_ALONG, M.KOPPEL, M.SPEAKER_ASKED, M.SPEAKER_WITHDRAWN, M.CERTIFICATE, M.CERTIFICATE_WITHDRAWN],
        Cause.SAYS_SO,
    ),
    **dict.fromkeys(
        [M.ADDED, M.ADDRESS_CHANGED, M.ADDRESS_PROPOSED, M.CALENDAR_CLEARED, M.CALENDAR_ANEW, M.OWN_PROGRAMME, M.COURSE, M.COURSE_DAY, M.SPEAKER_CHANGED, M.SPEAKER_INFECTED, M.MATERIAL_INFECTED, M.STAY, M.ERASED, M.ACCESS_GIVEN, M.ORGANISATION_ANSWER, M.MERGE_ANSWER],
        Cause.WHO_MAY_KNOW,
    ),
    **dict.fromkeys([M.DIGEST, M.COMMITMENT_REMINDER, M.NEXT_EDITION, M.QUESTION_ANSWERED, M.SPEAKER_THANKED, M.PROGRESS_ASKED, M.PROGRESS_REMINDER, M.PROGRESS_TEAM], Cause.STANDING),
    M.MEMBER_MESSAGE: Cause.BY_A_MEMBER,
    **dict.fromkeys([M.ALARM, M.ORGANISATION_REQUEST, M.MERGE_REQUEST], Cause.OURS),
}  # fmt: skip
_ONE = "the page says that this one person gets a mail, and who gets the place that comes free"
UNASKED: dict[str, tuple[set[M], str]] = {
    "/organise/events/{e}/people/{i}/register": ({M.CONFIRMED, M.WAITING}, _ONE),
    "/organise/events/{e}/people/{i}/cancel": ({M.DECLINED, M.CANCELLED, M.PROMOTED}, _ONE),
    "/organise/events/{e}/people/{i}/resend": ({M.INVITATION}, "the button says so"),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}/send": (
        {M.KOPPEL},
        "the button says so",
    ),
    "/organise/networks/{n}/questions/{asked}/let-through": (
        {M.QUESTION_DECIDED},
        "the form says that who asked gets a mail",
    ),
    "/organise/events/{e}/speakers/{speaker}/send": ({M.SPEAKER_ASKED}, "the button says so"),
    "/organise/events/{e}/speakers/{speaker}/take-back": ({M.SPEAKER_WITHDRAWN}, "to the one person who was asked"),
    "/organise/events/{e}/waves/{w}/test": ({M.TEST}, "to whoever presses the button"),
    "/organise/networks/{n}/test-mail": ({M.TEST}, "to whoever presses the button"),
}
"""Acts that mail at once: which kinds, and why that needs no asking."""
