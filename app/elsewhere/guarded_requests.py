"""Asking an address that somebody filled in, without letting it lead us into our own network.

For processes with a budget (app/budget.py): loads nothing that a site is built with.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

WAIT = (5, 10)
"""Seconds to connect, and between two pieces."""


def guarded_session(agent: str, on_this_machine: bool) -> "requests.Session":
    """Every address, also one that is redirected to, is resolved once and must be on the open internet."""
    from requests_hardened import Config, Manager

    manager = Manager(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=on_this_machine,
            never_redirect=False,
            default_timeout=WAIT,
            user_agent_override=agent,
        )
    )
    session: requests.Session = manager.get_session()
    return session
