from werkzeug.datastructures import FileStorage
from wtforms import FileField as _FileField

class FileField(_FileField):
    data: FileStorage | None

class FileRequired:
    field_flags: dict[str, bool]
    def __init__(self, message: object = None) -> None: ...
    def __call__(self, form: object, field: object) -> None: ...
