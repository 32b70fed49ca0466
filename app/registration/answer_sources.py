"""How an answer came in: on the page, or from somebody's calendar."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AnswerSource:
    """From their calendar, and by whom when somebody else answered for the person."""

    from_calendar: bool = False
    by_address: str = ""

    @property
    def history(self) -> dict[str, Any]:
        return {"from_calendar": self.from_calendar, "by_address": self.by_address}

    @property
    def details(self) -> dict[str, Any]:
        """What the letter about the answer says of it."""
        return {"uit_agenda": True, "door": self.by_address} if self.from_calendar else {}


ON_THE_PAGE = AnswerSource()
FROM_CALENDAR = AnswerSource(from_calendar=True)
