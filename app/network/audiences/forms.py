"""An audience as it is put together."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Label

from app.network.audiences.audience_blocks import BY_NUMBER, AudienceBlock, Rule
from app.network.people import mailboxes
from app.network.people.models import Person
from app.rows import read_row_number
from app.web.forms import (
    Form,
    LineField,
)


@dataclass
class Condition:
    """One line of an audience's rule as it stands on the form."""

    block: AudienceBlock
    values: list[str]
    but: bool
    name: str
    """Of its fields: 0-1 is the second condition of the first group."""
    choices: list[SelectChoice]
    error: str = ""

    def in_words(self) -> str:
        chosen = ", ".join(str(choice.label) for choice in self.choices if str(choice.value) in self.values)
        return f"{'≠ ' if self.but else ''}{self.block.words}: {chosen}"

    def kept(self) -> dict[str, Any]:
        values = [int(value) for value in self.values] if self.block in BY_NUMBER else self.values
        return {"block": self.block.value, "values": values, "not": self.but}


class _ConditionsField(Field):
    """All conditions together, as one thing that somebody else may have changed meanwhile."""

    def _value(self) -> str:
        return ""

    def hold(self, form: "AudienceForm", rule: Rule) -> None:
        """Set what is stored beside what the form says."""
        self._form, self._stored = form, form._show(rule)
        self.object_data, self.data = _groups_in_words(self._stored), _groups_in_words(form.groups)

    def take_over(self) -> None:
        self._form.groups = self._stored


class AudienceForm(Form):
    """A name and groups of conditions. Within a condition any ticked value will do; an empty one says nothing."""

    name = LineField(_l("Naam van de doelgroep"), 120, required=True)
    conditions = _ConditionsField(_l("Voorwaarden"))

    def __init__(
        self,
        choices: dict[AudienceBlock, list[SelectChoice]],
        visible: Callable[[Collection[int]], list[Person]],
        by_address: Callable[[Collection[int]], list[Person]],
        sent: MultiDict[str, str] | None = None,
        rule: Rule | None = None,
        **options: Any,
    ) -> None:
        """`choices` are the values that each block offers, `visible` the people that may be named, `by_address` those
        whose addresses may be known.

        What was `sent` goes before the `rule` of a saved audience.
        """
        super().__init__(**options)
        self.block_choices, self.visible, self.by_address = choices, visible, by_address
        self.groups = self._show(rule) if sent is None else self._read(sent)
        self.conditions.hold(self, rule or [])

    def rule(self) -> list[list[dict[str, Any]]]:
        """What the form says, without its empty conditions."""
        groups = [[each.kept() for each in group if each.values] for group in self.groups]
        return [group for group in groups if group]

    def add_asked(self, data: MultiDict[str, str]) -> None:
        """Add the condition, or the group, whose button was pressed."""
        if data.get("group"):
            self.groups.append([self._condition(AudienceBlock.KIND, [], False, len(self.groups), 0)])
        for number, group in enumerate(self.groups):
            block = data.get(f"block-{number}")
            if data.get("add") == str(number) and block in list(AudienceBlock):
                group.append(self._condition(AudienceBlock(block), [], False, number, len(group)))

    def wrong_fields(self) -> list[Any]:
        return super().wrong_fields() + [_Wrong(each) for group in self.groups for each in group if each.error]

    def _show(self, rule: Rule | None) -> list[list[Condition]]:
        usual: Rule = [
            [{"block": block, "values": []} for block in (AudienceBlock.KIND, AudienceBlock.REGION, AudienceBlock.ROLE)]
        ]
        return [
            [
                self._condition(
                    AudienceBlock(each["block"]),
                    [str(value) for value in each["values"]],
                    bool(each.get("not")),
                    number,
                    place,
                )
                for place, each in enumerate(group)
            ]
            for number, group in enumerate(rule or usual)
        ]

    def _read(self, data: MultiDict[str, str]) -> list[list[Condition]]:
        groups: list[list[Condition]] = []
        while blocks := data.getlist(f"{len(groups)}-block"):
            number = len(groups)
            groups.append(
                [
                    self._condition(
                        AudienceBlock(block),
                        data.getlist(f"{number}-{place}-values"),
                        data.get(f"{number}-{place}-not") == "1",
                        number,
                        place,
                        data.get(f"{number}-{place}-addresses", ""),
                    )
                    for place, block in enumerate(blocks)
                    if block in list(AudienceBlock)
                ]
            )
        return groups or self._show(None)

    def _condition(
        self, block: AudienceBlock, values: list[str], but: bool, number: int, place: int, addresses: str = ""
    ) -> Condition:
        error = ""
        if block == AudienceBlock.PERSON:
            chosen, error = self._people([row for value in values if (row := read_row_number(value))], addresses)
            choices = [SelectChoice(str(person.id), person.name) for person in chosen]
            values = [choice.value for choice in choices]
        else:
            choices = self.block_choices[block]
        allowed = {str(choice.value) for choice in choices}
        return Condition(
            block, [value for value in values if value in allowed], but, f"{number}-{place}", choices, error
        )

    def _people(self, person_ids: list[int], text: str) -> tuple[list[Person], str]:
        """The people that were ticked or whose addresses were typed, and what is wrong with those."""
        unknown = []
        for address in re.split(r"[\s,;]+", text.strip()) if text.strip() else []:
            behind = self.by_address([each.id for each in mailboxes.who_is_behind(address).everybody])
            person_ids += [each.id for each in behind]
            if not behind:
                unknown.append(address)
        error = (
            gettext("Niemand in je netwerken heeft dit adres: %(addresses)s.", addresses=", ".join(unknown))
            if unknown
            else ""
        )
        return self.visible(person_ids) if person_ids else [], error


def _groups_in_words(groups: list[list[Condition]]) -> str:
    """What groups of conditions ask, one group a line; empty conditions ask nothing."""
    asked = [[each.in_words() for each in group if each.values] for group in groups]
    return "\n".join(" + ".join(group) for group in asked if group)


@dataclass
class _Wrong:
    """A condition that is wrong, as the list of wrong fields shows it."""

    condition: Condition

    @property
    def id(self) -> str:
        return f"{self.condition.name}-values"

    @property
    def label(self) -> Label:
        return Label(self.id, self.condition.block.words)

    @property
    def errors(self) -> list[str]:
        return [self.condition.error]
