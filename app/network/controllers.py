"""Who is responsible for the personal data of a network (GDPR articles 4(7), 26 and 37): it may differ from the site's."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from app import settings, wording
from app.database import db
from app.network.models import Network


@dataclass(frozen=True)
class Controller:
    """The controller, where it is reached, and its data protection officer; empty where there is none."""

    name: str
    address: str
    officer: str = ""
    joint: str = ""
    """Other bodies that decide along, when there are."""


def controller_of(network: Network | None) -> Controller:
    """Of a network, or of the site where the network names none."""
    config = current_app.config
    if network is None or not network.controller:
        return Controller(wording.name_site_owner(), config["CONTACT_ADDRESS"], config["PRIVACY_OFFICER"] or "")
    address = network.privacy_address or network.contact_address
    return Controller(network.controller, address, network.privacy_officer, network.joint_controllers)


def is_controller_named(network: Network | None = None) -> bool:
    """Whether mails of a network can say who is responsible: it says so itself, or the site does."""
    return bool(network and network.controller) or current_app.config["SITE_OWNER"] != settings.default_of("SITE_OWNER")


def list_named_controllers() -> list[tuple[Network, Controller]]:
    """Listed networks that name a controller of their own."""
    named = sa.select(Network).where(Network.controller != "", Network.listed).order_by(Network.name)
    return [(network, controller_of(network)) for network in db.session.scalars(named)]
