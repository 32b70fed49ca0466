"""What organisers choose from the shared words, and change in them."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice

from app.network.vocabulary.models import Role
from app.web.forms import Form, LineField


def role_choices(roles: list[Role]) -> list[SelectChoice]:
    return [SelectChoice(role.code, role.words) for role in roles]


class RoleForm(Form):
    """What an administrator says of a role."""

    name_nl = LineField(_l("Naam"), 80, required=True)
    name_en = LineField(_l("Naam in het Engels"), 80, required=True)
    door = BooleanField(_l("Eigen ingang op de voorpagina"))
