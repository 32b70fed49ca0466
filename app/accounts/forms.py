"""What organisers send to sign in and to manage accounts."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from app.accounts.models import NetworkRole
from app.network.models import Network
from app.web.forms import AddressField, CheckboxesField, Form, LineField, choices


class SignInForm(Form):
    address = AddressField(_l("Je mailadres"))


class ColleagueForm(Form):
    """Give somebody a role in a network."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    role = SelectField(
        _l("Wat mag deze collega?"),
        choices=lambda: choices(NetworkRole),
        description=_l("Een organisator plant, nodigt uit en wijzigt. Een lezer kijkt mee."),
    )


class NameForm(Form):
    """What somebody is called in logs and mails."""

    name = LineField(_l("Naam"), 120, required=True)


class ApiTokenForm(Form):
    """A key for a program that reads."""

    purpose = LineField(_l("Waar is de sleutel voor?"), 120, required=True)
    networks = CheckboxesField(
        _l("Welke netwerken mag het programma lezen?"),
        description=_l("Kies je niets, dan alle netwerken die jij ziet."),
    )
    days = SelectField(
        _l("Hoe lang werkt de sleutel?"),
        choices=[
            SelectChoice("90", _l("3 maanden")),
            SelectChoice("365", _l("1 jaar")),
            SelectChoice("730", _l("2 jaar")),
        ],
        default="365",
    )

    def __init__(self, networks: Iterable[Network], **options: Any) -> None:
        super().__init__(**options)
        self._networks = {str(each.id): each for each in networks}
        self.networks.choices = [SelectChoice(network_id, each.name) for network_id, each in self._networks.items()]

    def chosen_networks(self) -> list[Network]:
        return [self._networks[network_id] for network_id in self.networks.data or ()]


class AccountForm(Form):
    """A new account, by an administrator."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    is_admin = BooleanField(_l("Beheerder: mag alles in alle netwerken"))
