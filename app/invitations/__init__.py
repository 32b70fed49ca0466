"""Waves of mail to an audience, invitations, personal links."""

from flask import Flask


def wire() -> None:
    from app.events import planning
    from app.invitations import participation
    from app.invitations.waves import wave_copies, wave_letters, wave_recipients, waves
    from app.outbox import errands, message_writing
    from app.outbox.models import ErrandKind

    for kind in wave_recipients.IN_OWN_WORDS:
        message_writing.register_writer(
            kind.mail,
            wave_letters.write_own_letters,
            wave_letters.reasons_not_to_leave,
            prepare=wave_letters.prepare_own_letters,
        )
    for kind in wave_recipients.STANDING:
        message_writing.register_writer(
            kind.mail,
            wave_letters.write_wave_mails,
            wave_letters.reasons_not_to_leave,
            prepare=wave_letters.prepare_wave_mails,
            keep=participation.remember,
        )
    planning.copied.connect(wave_copies.copy_waves)
    errands.register_errand(ErrandKind.PLAN_AGAIN, waves.plan_these_again)


def bind(app: Flask) -> None:
    from app.invitations import path_views
    from app.invitations.deliveries import delivery_views, list_views
    from app.invitations.letters import letter_views
    from app.invitations.waves import own_letter_views, wave_views
    from app.web import doors

    doors.hang(app, wave_views, own_letter_views, letter_views, delivery_views, list_views, path_views)
