"""The impression: written, checked and published by organisers; read by everybody as page, PDF and Word."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import undefer

from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db, only_reading
from app.events.models import Event
from app.lessons.impressions import attachments, documents, facts, impressions, library
from app.lessons.impressions.forms import AttachmentForm, ImpressionForm, WithdrawForm
from app.lessons.impressions.models import Attachment, Impression, ImpressionState
from app.lessons.insights import usage
from app.papers import paper_sheets
from app.papers.kinds import DocumentKind
from app.themes import themes
from app.uploads.people_shown import PeopleShown
from app.web import downloads, seen_parts, visiting
from app.web.acting import acting
from app.web.doors import OrganiserPages, PublicPages

organisers = OrganiserPages("impression", __name__)
public = PublicPages("impression", __name__)
_EVENT = "/organise/events/<slug>/impression"
_KIND = f"<any({', '.join(DocumentKind)}):kind>"


@organisers.get(_EVENT, needs=Need.PEOPLE)
def show_impression(event: Event) -> str:
    """How it stands, and how it will look."""
    impression = impressions.impression_with_insights(event)
    return render_template(
        "lessons/impression_desk.html",
        event=event,
        own=sessions.account(),
        files=_files_context(impression),
        can_make_pdf=paper_sheets.can_make_pdf(),
        **(documents.desk_contents(impression) if impression else {"impression": None}),
    )


@organisers.post(f"{_EVENT}/start", needs=Need.ORGANISE)
def start_impression(event: Event) -> ResponseReturnValue:
    impression = impressions.ensure_impression(event)
    if impression.edited_by_id is None:
        impression.edited_by_id = sessions.account().id
    db.session.commit()
    return redirect(url_for("impression.edit_impression", slug=event.slug), 303)


@organisers.route(
    f"{_EVENT}/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=impressions.impression_of_event
)
def edit_impression(event: Event, impression: Impression) -> ResponseReturnValue:
    form = ImpressionForm(impression).of(impression)
    if form.validate_on_submit():
        return _save_impression(event, impression, form)
    return _render_writing(event, impression, form=form)


def _render_writing(
    event: Event,
    impression: Impression,
    form: ImpressionForm | None = None,
    attachment: AttachmentForm | None = None,
) -> ResponseReturnValue:
    wrong = attachment or (form if form and form.errors else None)
    return render_template(
        "lessons/impression_form.html",
        event=event,
        impression=impression,
        form=form or ImpressionForm(impression, formdata=None).of(impression),
        counted=facts.count_figures(facts.events_of_impression(impression)),
        attachment=attachment or AttachmentForm(impression, formdata=None),
        people_shown=PeopleShown,
        names=list(facts.Figure),
        wrong=wrong,
    ), 422 if wrong else 200


def _save_impression(event: Event, impression: Impression, form: ImpressionForm) -> ResponseReturnValue:
    with acting() as act:
        impressions.rewrite_impression(
            impression,
            form.texts(),
            themes.load_themes(form.themes.data or []),
            form.by_hand(),
            sessions.account(),
            form.said,
        )
        act.say(gettext("Opgeslagen."))
    return redirect(url_for("impression.show_impression", slug=event.slug), 303)


@organisers.post(f"{_EVENT}/attachments", needs=Need.ORGANISE, subject=impressions.impression_of_event)
def attach_file(event: Event, impression: Impression) -> ResponseReturnValue:
    form = AttachmentForm(impression)
    if not form.validate_on_submit():
        return _render_writing(event, impression, attachment=form)
    with acting(form) as act:
        with only_reading():
            file = attachments.clean_attachment(*form.upload())
        said = PeopleShown(form.people_shown.data)
        attachments.add_attachment(impression, file, said, sessions.account(), form.said)
        act.say(
            gettext("De bijlage staat bij de impressie.")
            if said != PeopleShown.UNASKED
            else gettext("De bijlage is bewaard. Openbaar staat zij pas als de mensen erop het goed vinden.")
        )
    if act.refused:
        return _render_writing(event, impression, attachment=form)
    return redirect(url_for("impression.edit_impression", slug=event.slug, _anchor="bijlagen"), 303)


@organisers.post(
    f"{_EVENT}/attachments/<int:attachment_id>/people", needs=Need.ORGANISE, subject=impressions.impression_of_event
)
def note_people_shown(event: Event, impression: Impression, attachment_id: int) -> ResponseReturnValue:
    """Whether who is on it agreed; taken back, it is gone from the public page at once."""
    row = next((each for each in impression.attachments if each.id == attachment_id), None) or abort(404)
    if request.form.get("people_shown") in list(PeopleShown):
        row.people_shown = PeopleShown(request.form["people_shown"])
        db.session.commit()
        flash(gettext("Opgeslagen."), "ok")
    return redirect(url_for("impression.edit_impression", slug=event.slug, _anchor="bijlagen"), 303)


@organisers.post(
    f"{_EVENT}/attachments/<int:attachment_id>/remove", needs=Need.ORGANISE, subject=impressions.impression_of_event
)
def detach_file(event: Event, impression: Impression, attachment_id: int) -> ResponseReturnValue:
    row = next((each for each in impression.attachments if each.id == attachment_id), None) or abort(404)
    note = " ".join(request.form.get("note", "").split())[:300]
    with acting() as act:
        attachments.remove_attachment(
            row, impression, sessions.account(), note or gettext("Bijlage weggehaald: %(name)s", name=row.name)
        )
        act.say(gettext("De bijlage is weggehaald."))
    return redirect(url_for("impression.edit_impression", slug=event.slug, _anchor="bijlagen"), 303)


@organisers.post(
    f"{_EVENT}/check",
    needs=Need.ORGANISE,
    subject=impressions.impression_of_event,
    seen=seen_parts.parts_of_impression,
)
def check_impression(event: Event, impression: Impression) -> ResponseReturnValue:
    return _take_step(
        event,
        impression,
        lambda impression: impressions.check_impression(impression, sessions.account()),
        gettext("Nagekeken. De impressie kan nu naar buiten."),
    )


@organisers.post(
    f"{_EVENT}/publish",
    needs=Need.ORGANISE,
    subject=impressions.impression_of_event,
    seen=seen_parts.parts_of_impression,
)
def publish_impression(event: Event, impression: Impression) -> ResponseReturnValue:
    words = gettext("Gepubliceerd. Morgenochtend krijgen de deelnemers bericht.")
    return _take_step(event, impression, impressions.publish_impression, words)


@organisers.post(
    f"{_EVENT}/restore",
    needs=Need.ORGANISE,
    subject=impressions.impression_of_event,
    seen=seen_parts.parts_of_impression,
)
def restore_impression(event: Event, impression: Impression) -> ResponseReturnValue:
    return _take_step(event, impression, impressions.restore_impression, gettext("De impressie staat er weer."))


def _take_step(
    event: Event, impression: Impression, rule: Callable[[Impression], object], words: str
) -> ResponseReturnValue:
    with acting() as act:
        rule(impression)
        act.say(words)
    return redirect(url_for("impression.show_impression", slug=event.slug), 303)


@organisers.route(
    f"{_EVENT}/withdraw", methods=["GET", "POST"], needs=Need.ORGANISE, seen=seen_parts.parts_of_impression
)
def withdraw_impression(event: Event) -> ResponseReturnValue:
    impression = impressions.impression_of_event(event)
    if impression is None or not impression.published:
        abort(404)
    form = WithdrawForm()
    if form.validate_on_submit():
        impressions.withdraw_impression(impression, form.reason.data)
        db.session.commit()
        flash(gettext("De impressie is ingetrokken. Wie de link heeft, leest waarom."), "ok")
        return redirect(url_for("impression.show_impression", slug=event.slug), 303)
    return render_template(
        "lessons/withdraw.html", event=event, impression=impression, form=form
    ), 422 if form.errors else 200


@public.get("/impressions/<slug>", kept=())
def show_public_impression(slug: str) -> ResponseReturnValue:
    impression = _readable_impression(slug)
    if isinstance(impression, tuple):
        return impression
    return render_template(
        "lessons/impression.html",
        files=_files_context(impression),
        heard=library.count_heard(impression.insights),
        used=usage.usage_of_suggestions([each.id for row in impression.insights for each in row.suggestions]),
        **documents.document_contents(impression),
    )


@public.get(f"/impressions/<slug>.{_KIND}")
def download_impression(slug: str, kind: str) -> ResponseReturnValue:
    """The file as it was made last; while it is being made a page that says so."""
    impression = _readable_impression(slug)
    if isinstance(impression, tuple):
        return impression
    document = documents.document_with_content(impression, DocumentKind(kind))
    if document is None or document.content is None:
        missing = document is not None and document.problem
        return (
            render_template("lessons/document_wait.html", impression=impression, missing=missing),
            503,
            {"Retry-After": "10"},
        )
    return Response(
        document.content,
        mimetype=document.kind.mimetype,
        headers={"Content-Disposition": f'attachment; filename="{slug}.{kind}"', "Cache-Control": "no-cache"},
    )


@public.get("/impressions/<slug>/attachments/<int:attachment_id>")
def download_attachment(slug: str, attachment_id: int) -> ResponseReturnValue:
    impression = _readable_impression(slug)
    if isinstance(impression, tuple):
        return impression
    row = db.session.get(Attachment, attachment_id, options=[undefer(Attachment.content)])
    if row is None or row.impression_id != impression.id or not row.public:
        abort(404)
    return downloads.send_upload(row.content, row.name)


def _readable_impression(slug: str) -> Impression | tuple[str, int]:
    """A published impression, or the answer when it is not published: 404, or 410 when it was withdrawn."""
    impression = impressions.find_impression(slug)
    if impression is None or impression.state in {ImpressionState.DRAFT, ImpressionState.CHECKED}:
        abort(404)
    if not visiting.may_visit(impression.network, f"/impressions/{slug}"):
        abort(404)
    if impression.state == ImpressionState.WITHDRAWN:
        return render_template("lessons/withdrawn.html", impression=impression), 410
    return impression


def _files_context(impression: Impression | None) -> dict[str, Any]:
    return {kind: documents.document_of(impression, kind) for kind in DocumentKind} if impression else {}
