"""The Flask extensions, without an application: create_app() binds them."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_wtf import CSRFProtect

from app import rate_counts, translating
from app.database import db


def _sender() -> str:
    """Who is counted as one: an IPv4 address, or the /64 of IPv6 that one connection has whole."""
    address = get_remote_address()
    try:
        if isinstance(ip_address(address), IPv6Address):
            return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        pass
    return address


babel = translating.Translator()
csrf = CSRFProtect()
limiter = Limiter(key_func=_sender, storage_uri=f"{rate_counts.SCHEME}://")
mail = Mail()

__all__ = ["babel", "csrf", "db", "limiter", "mail"]
