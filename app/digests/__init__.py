"""One calm mail that bundles what a person should know: what belongs in it, who gets it when."""

from flask import Flask


def wire() -> None:
    from app.digests import digest_letters, digest_selection, editions
    from app.outbox import message_writing

    message_writing.register_writer(
        editions.KIND,
        digest_letters.write_digests,
        prepare=digest_letters.prepare_digests,
        keep=digest_selection.remember_told,
    )


def bind(app: Flask) -> None:
    from app.digests import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)
