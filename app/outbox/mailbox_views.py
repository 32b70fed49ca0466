"""The built-in mailbox: every mail as its reader would see it. Exists only without a mail server."""

import sqlalchemy as sa
from flask import Response, abort, render_template, request
from sqlalchemy.orm import joinedload

from app.database import db
from app.outbox import mail_parts
from app.outbox.models import Message, MessageState
from app.web.doors import PublicPages
from app.web.mail_frame import mail_frame

public = PublicPages("mailbox", __name__, private=True)
PER_PAGE = 50


@public.get("/mailbox")
def show_mailbox() -> str:
    sought = request.args.get("q", "").strip()
    wanted = (
        sa.select(Message)
        .where(Message.state.in_([MessageState.SENT, MessageState.BOUNCED]))
        .join(Message.finished)
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )
    if sought:
        pattern = f"%{sought.replace('%', '')}%"
        wanted = wanted.where(Message.recipient.ilike(pattern) | Message.subject.ilike(pattern))
    return render_template(
        "outbox/mailbox.html", page=db.paginate(wanted, per_page=PER_PAGE, error_out=False), sought=sought
    )


@public.get("/mailbox/<int:message_id>")
def show_message(message_id: int) -> str:
    row = _row(message_id)
    return render_template(
        "outbox/message.html",
        message=row,
        parts=mail_parts.read_mail_parts(row.body or b""),
        headers=mail_parts.read_mail_headers(row.body or b""),
    )


@public.get("/mailbox/<int:message_id>/html")
def show_message_html(message_id: int) -> Response:
    return mail_frame(mail_parts.read_mail_parts(_row(message_id).body or b"").html)


@public.get("/mailbox/<int:message_id>/source")
def show_message_source(message_id: int) -> Response:
    return Response(_row(message_id).body, mimetype="text/plain")


def _row(message_id: int) -> Message:
    row = db.session.get(Message, message_id, options=[joinedload(Message.finished)])
    if row is None or row.body is None:
        abort(404)
    return row
