"""What the board of mails is narrowed down to, and a corrected address."""

from flask import request
from flask_babel import lazy_gettext as _l

from app.invitations.deliveries.delivery_board import MessageFilter, MessageOrder
from app.rows import read_row_number
from app.web.forms import AddressField, Form

ALL = "all"
"""The button that shows every state."""


class CorrectionForm(Form):
    """The address that a mail should have gone to."""

    address = AddressField(_l("Verbeterd mailadres"))


def read_message_filter() -> MessageFilter:
    """What the address narrows the list down to; a button of a state, `show`, goes before the state that was shown."""
    state = request.args.get("show") or request.args.get("state", "")
    return MessageFilter(
        text=request.args.get("q", "").strip(),
        kind=request.args.get("kind", ""),
        state="" if state == ALL else state,
        wave=read_row_number(request.args.get("wave", "")),
    )


def read_message_order() -> MessageOrder:
    asked = request.args.get("sort", "")
    return MessageOrder(asked) if asked in list(MessageOrder) else MessageOrder.LATEST
