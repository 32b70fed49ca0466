"""Help: a short page per task, with a picture of the page that it is about."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.help import tasks, views
    from app.web import doors

    app.jinja_env.globals["task_of_page"] = tasks.task_of_page
    doors.hang(app, views)
