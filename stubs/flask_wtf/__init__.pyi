"""What the program uses of Flask-WTF, which ships no types."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup
from wtforms import Form

class CSRFProtect:
    def init_app(self, app: Flask) -> None: ...
    def exempt(self, view: Any) -> Any: ...

class FlaskForm(Form):
    def __init__(self, formdata: Any = ..., **kwargs: Any) -> None: ...
    def validate_on_submit(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool: ...
    def hidden_tag(self, *fields: object) -> Markup: ...
