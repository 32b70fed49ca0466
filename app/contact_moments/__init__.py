"""Talks with organisations, as an organiser notes them."""


def wire() -> None:
    from app.contact_moments import models as models
