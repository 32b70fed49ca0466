"""Organisers: accounts, roles per network, sign-in by mail, audit log, API tokens."""

from flask import Flask


def wire() -> None:
    from app.accounts import audit

    audit.connect_audit_log()


def bind(app: Flask) -> None:
    from app.accounts import organiser_views, own_account_views, views
    from app.web import doors

    doors.hang(app, views, organiser_views, own_account_views)
