"""What comes back by mail: read from the mailbox, sorted by shape, acted on, filed."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.inbox import forgetting, organiser_views
    from app.network import people

    app.register_blueprint(organiser_views.blueprint)
    people.erased.connect(forgetting.forget)
