"""The colour of a network on its pages; one of its own comes as a style in the page, allowed by its digest."""

import base64
import hashlib

from flask import g
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.network.faces import colours
from app.network.models import Network
from app.web.security import content_policy


def colour_class(network: Network) -> str:
    """The class that gives an element the colour of this network."""
    if not network.own_colour:
        return f"network--{network.colour}"
    g.setdefault("own_colours", {})[network.own_colour] = None
    return f"network--own-{network.own_colour.removeprefix('#')}"


def own_colours() -> Markup:
    """The style for all colours that classes were made of, once the page has been written."""
    found = g.get("own_colours")
    if not found:
        return Markup("")
    style = "".join(_rule(colour, colour) for colour in found)
    dark = "".join(_rule(colour, colours.lighten(colour)) for colour in found)
    style += f"@media (prefers-color-scheme: dark){{{dark}}}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    g.content_policy = content_policy(style_src=f"'self' 'sha256-{digest}'")
    return Markup(f"<style>{style}</style>")  # noqa: S704 - made of colours that were read as such


def _rule(colour: str, shown: str) -> str:
    return f".network--own-{colour.removeprefix('#')}{{--colour:{shown}}}"


@pass_context
def face_of_page(context: Context) -> str:
    """The class of a page that is about one network, whose colour its buttons have."""
    network = about_network(context)
    return colour_class(network) if network else ""


def about_network(context: Context) -> Network | None:
    """The network that a page is about."""
    about = (context.get(name) for name in ("network", "event", "poll", "impression"))
    networks = (each if isinstance(each, Network) else getattr(each, "network", None) for each in about if each)
    return next((each for each in networks if isinstance(each, Network)), None)
