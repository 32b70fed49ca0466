"""What was learned: evaluations, cards, insights, suggestions, commitments, impressions, the library."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.network.models import Membership
    from app.network.people.models import Person


def wire() -> None:
    from app.events import planning
    from app.invitations.waves import wave_letters
    from app.lessons.evaluations import evaluations
    from app.lessons.impressions import documents, follow_up_letters, impressions, library
    from app.lessons.insights import commitment_letters, commitments
    from app.network import memberships
    from app.network.faces import pictures
    from app.network.imports import merges
    from app.network.people import people
    from app.network.vocabulary import theme_uses
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind
    from app.themes import themes

    impressions.published.connect(library.index_impression)
    impressions.published.connect(documents.want_documents)
    themes.renamed.connect(library.index_theme)
    theme_uses.joined.connect(library.index_theme)
    pictures.changed.connect(documents.show_new_picture)
    impressions.withdrawn.connect(library.remove_from_library)
    planning.moved.connect(evaluations.forget_asking)
    planning.copied.connect(evaluations.copy_evaluation)
    wave_letters.thanking.connect(evaluations.ask_along)
    people.erased.connect(_erase)
    people.erased.connect(commitments.take_names_back)
    memberships.restricted.connect(_restrict)
    memberships.left.connect(_leave_network)
    merges.merging.connect(_combine_uses)
    commitments.name_changed.connect(documents.forget_names)
    message_writing.register_writer(MessageKind.EVALUATION, evaluations.write_evaluation_mails)
    for kind in (commitment_letters.TOLD, commitment_letters.REMINDER):
        message_writing.register_writer(kind, commitment_letters.write_commitment_mails)
    for kind in (follow_up_letters.THANKS, follow_up_letters.MISSED):
        message_writing.register_writer(
            kind, follow_up_letters.write_follow_up_mails, prepare=follow_up_letters.prepare_follow_up_mails
        )


def bind(app: Flask) -> None:
    from app.lessons.board import catching_views
    from app.lessons.evaluations import evaluation_views
    from app.lessons.impressions import impression_views, library_views
    from app.lessons.insights import commitment_views, learning_views, suggestion_views, use_views
    from app.web import doors

    doors.hang(
        app,
        catching_views,
        commitment_views,
        evaluation_views,
        impression_views,
        learning_views,
        library_views,
        suggestion_views,
        use_views,
    )


def _erase(person: "Person") -> None:
    from app.lessons import erasure
    from app.lessons.insights import uses

    erasure.erase_card_authors(person)
    uses.erase_uses(person)


def _restrict(person: "Person") -> None:
    from app.lessons.insights import commitments, uses

    commitments.take_names_back(person)
    uses.take_yeses_back(person)


def _leave_network(membership: "Membership") -> None:
    from app.lessons.insights import uses

    uses.leave_network(membership)


def _combine_uses(*people: Any, **journal: Any) -> None:
    from app.lessons.insights import uses

    uses.combine_uses(*people, **journal)
