"""Discord's rule for the choices that answer an autocomplete.

https://docs.discord.com/developers/interactions/application-commands#autocomplete
"""

from sandbox.discord.interactions.command_rules import MAX_CHOICE, MAX_CHOICES
from sandbox.discord.json_fields import objects, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import FormErrors


def check_choices(data: JsonObject) -> None:
    """Refuse more than 25 choices, and names or string values that are empty or over 100 characters."""
    errors = FormErrors()
    choices = objects(data.get("choices"))
    if len(choices) > MAX_CHOICES:
        errors.add(("data", "choices"), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_CHOICES} or fewer in length.")
    for index, choice in enumerate(choices):
        for key in ("name", "value"):
            value = choice.get(key)
            if key == "value" and isinstance(value, int | float):
                continue
            if not 1 <= len(text(choice, key)) <= MAX_CHOICE:
                errors.add(
                    ("data", "choices", index, key),
                    "BASE_TYPE_BAD_LENGTH",
                    f"Must be between 1 and {MAX_CHOICE} in length.",
                )
    errors.raise_if_any()
