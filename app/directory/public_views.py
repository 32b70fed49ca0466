"""What is there for members of a network, for whoever is not in it yet: how to join, and where to sign in."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.directory import listings
from app.me import sessions
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("members_door", __name__)


@public.get("/networks/<slug>/members")
def show_door(slug: str) -> ResponseReturnValue:
    """Members go on at once. What is theirs stands under an address of its own, so that proxies know it by its begin."""
    network = visiting.find_visible_network(slug) or abort(404)
    person = sessions.signed_in_person()
    if person and listings.is_member(person, network):
        return redirect(url_for("members.show_members", slug=slug), 303)
    return render_template("directory/door.html", network=network, person=person)
