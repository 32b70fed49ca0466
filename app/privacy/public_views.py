"""What a reader learns of their data: the privacy page."""

from flask import current_app, render_template

from app.network import controllers
from app.privacy import register
from app.web.doors import PublicPages

public = PublicPages("privacy", __name__)


@public.get("/privacy", kept=())
def show_privacy() -> str:
    return render_template(
        "privacy/privacy.html",
        kinds=register.list_kinds_with_spans(),
        controller=controllers.controller_of(None),
        named=controllers.list_named_controllers(),
        processors=current_app.config["PROCESSORS"],
    )
