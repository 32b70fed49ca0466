"""The mail to a colleague who is given access to a network: nobody learns of it by chance."""

from flask_babel import force_locale, gettext

from app import urls
from app.accounts.models import Account, NetworkRole
from app.network.models import Network
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail


def plan_access_mail(account: Account, network: Network, role: NetworkRole, by: Account) -> None:
    """Tell somebody what they may do in a network from now on, and who gave them that."""
    kind, site = MessageKind.ACCESS_GIVEN, letters.site_name()
    with force_locale(account.language):
        button = letters.LetterBlock.render("button", link=urls.absolute_url("/organise"), label=gettext("Inloggen"))
    values = {
        "naam": account.name,
        "site": site,
        "netwerk": network.name,
        "door": by.name,
        "organiseert": role == NetworkRole.ORGANISER,
        "adres": account.email,
        "knop": button,
    }
    letter = letters.write_letter(
        letters.letter_source(kind.letter or "", account.language), values, account.language, {"because": kind.because}
    )
    plan_finished_mail(Mail(letter, account.email, account.name, site), kind)
