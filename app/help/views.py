"""The pages of help, for everybody."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import translating
from app.help import tasks
from app.web.doors import PublicPages

public = PublicPages("help", __name__, url_prefix="/help")


@public.get("", kept=("q",))
def list_tasks() -> ResponseReturnValue:
    sought = request.args.get("q", "").strip()[:100]
    found = dict(tasks.search_tasks(sought, translating.language()))
    return render_template("help/tasks.html", found=found, sought=sought)


@public.get("/<slug>", kept=())
def show_task(slug: str) -> ResponseReturnValue:
    """What it comes to, the picture, then the steps; and what else the same people do."""
    task = tasks.find_task(slug) or abort(404)
    language = translating.language()
    lead, _, steps = task.words(language).partition("\n\n")
    return render_template("help/task.html", task=task, lead=lead, steps=steps, picture=task.picture(language))
