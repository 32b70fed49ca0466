"""Who was there: check-in at the door, walk-ins, joining online, who stayed away."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.attendance import badge_views, door_views, organiser_views, participant_views, screen_views
    from app.web import doors

    doors.hang(app, badge_views, door_views, organiser_views, participant_views, screen_views)


def wire() -> None:
    from app.attendance import erasure
    from app.network.people import people

    people.erased.connect(erasure.erase_walk_ins)
