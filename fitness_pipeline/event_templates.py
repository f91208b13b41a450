"""Templates of what a calendar event says: text with names of fields in braces, such as `{distance} mi`."""

from collections.abc import Mapping
from string import Formatter

# What a template may name; `calendar.event_fields` says what each of them is.
FIELDS = (
    "distance",
    "distance_km",
    "type",
    "duration",
    "pace",
    "pace_km",
    "heart_rate",
    "shoe",
    "source",
    "run_id",
)

TITLE = "{distance} mi {type}"
DESCRIPTION = """Pace {pace} /mi
Duration {duration}
Heart rate {heart_rate} bpm
Shoe {shoe}
Run {run_id}"""


def checked_template(template: str) -> str:
    """Return the template, if it is one.

    Args:
        template: text with names of `FIELDS` in braces; `{{` and `}}` stand for braces themselves.

    Raises:
        ValueError: it names something else; the message tells what can be named.
    """
    advice = f"Name one of {', '.join(FIELDS)} in braces, such as {{distance}}"
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"it is no template ({error}). {advice}") from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in FIELDS or form or conversion):
            raise ValueError(f"it names {{{name}}} in a way that is not known. {advice}")
    return template


def filled(template: str, values: Mapping[str, str | None]) -> str:
    """Return the template's text, without those lines that name something which is not there.

    Args:
        template: a checked one.
        values: the text of each of `FIELDS`; None where a run has none, as without a heart rate.
    """
    lines = [_line(line, values) for line in template.split("\n")]
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, values: Mapping[str, str | None]) -> str | None:
    text = []
    for literal, name, _, _ in Formatter().parse(line):
        text.append(literal)
        if name is not None:
            value = values[name]
            if value is None:
                return None
            text.append(value)
    return "".join(text)
