"""What a reader learns of their data: the privacy page."""

from flask import current_app, render_template

from app.privacy import register
from app.web.doors import PublicPages

public = PublicPages("privacy", __name__)


@public.get("/privacy")
def show_privacy():
    kinds, officer = register.list_kinds_with_spans(), current_app.config["PRIVACY_OFFICER"]
    return render_template("privacy/privacy.html", kinds=kinds, officer=officer)
