"""What a person wants to hear, and how often; changed on their own pages."""

from collections.abc import Mapping

from app.network import memberships, unsubscribing
from app.network.models import Delivery
from app.network.people.models import DigestFrequency, Language, Person


def change_preferences(
    person: Person,
    frequency: DigestFrequency,
    language: Language,
    mails_a_week: int | None,
    networks: Mapping[int, Delivery | None],
) -> None:
    """Keep what a person wants; `networks` says per id how to hear of it, None for not at all.

    People who want all of a network in the digest get one, weekly when they had chosen none; who wants no digest or
    nothing of a network any more is told so by mail, with a way back: somebody else may have done it.
    """
    had_digest = person.digest != DigestFrequency.NEVER
    person.digest, person.language, person.mails_a_week = frequency, language, mails_a_week
    for membership in person.memberships:
        if membership.network_id not in networks:
            continue
        delivery = networks[membership.network_id]
        if delivery is None:
            unsubscribing.stop_mail(membership)
        else:
            memberships.resubscribe_member(membership)
            membership.delivery = delivery
    if Delivery.DIGEST in networks.values() and person.digest == DigestFrequency.NEVER:
        person.digest = DigestFrequency.WEEKLY
    if had_digest and person.digest == DigestFrequency.NEVER:
        unsubscribing.confirm_digest_stopped(person)
