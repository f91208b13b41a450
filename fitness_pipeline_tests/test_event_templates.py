"""Templates of events: what they may name, and lines that fall away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.event_templates import DESCRIPTION, FIELDS, TITLE, checked_template, filled

VALUES: dict[str, str | None] = {name: f"<{name}>" for name in FIELDS}


@pytest.mark.parametrize(
    "template", [TITLE, DESCRIPTION, "", "no field", *(f"{{{name}}}" for name in FIELDS)]
)
def test_a_template_that_names_known_fields_is_taken_as_it_is(template: str) -> None:
    assert checked_template(template) == template


@pytest.mark.parametrize(
    "template",
    [
        "{weather}",
        "{distance} {weather}",
        "{}",
        "{0}",
        "{distance.real}",
        "{distance[0]}",
        "{distance:.2f}",
        "{distance!r}",
        "{dis\ntance}",
    ],
)
def test_what_is_no_field_is_refused_with_those_that_there_are(template: str) -> None:
    with pytest.raises(ValueError, match="in a way that is not known") as refused:
        checked_template(template)
    assert all(name in str(refused.value) for name in FIELDS)
    assert str(refused.value).endswith("in braces, such as {distance}")


@pytest.mark.parametrize("template", ["{distance", "distance}", "{", "}", "{distance!}", "{{distance}"])
def test_a_brace_without_its_other_half_is_refused_with_advice(template: str) -> None:
    with pytest.raises(ValueError, match=r"it is no template .*Name one of distance, "):
        checked_template(template)


def test_two_braces_are_one() -> None:
    assert filled(checked_template("{{{distance}}} {{km}}"), {**VALUES, "distance": "8"}) == "{8} {km}"


def test_each_field_is_filled_in() -> None:
    assert filled(" ".join(f"{{{name}}}" for name in FIELDS), VALUES) == " ".join(
        f"<{name}>" for name in FIELDS
    )


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert filled("{shoe}", {**VALUES, "shoe": "{pace} {"}) == "{pace} {"


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("pace", "\nb <type>\nc <shoe> of <type>"),
        ("type", "a <pace>\n"),
        ("shoe", "a <pace>\n\nb <type>"),
    ],
)
def test_a_line_that_names_what_is_not_there_falls_away(missing: str, left: str) -> None:
    template = "a {pace}\n\nb {type}\nc {shoe} of {type}"
    assert filled(template, {**VALUES, missing: None}) == left


def test_when_every_line_falls_away_nothing_is_left() -> None:
    assert filled("{shoe}\n{heart_rate}", {**VALUES, "shoe": None, "heart_rate": None}) == ""


@given(st.lists(st.sampled_from(["{{", "}}", "\n", "a", *(f"{{{name}}}" for name in FIELDS)])))
def test_whatever_is_checked_can_be_filled(parts: list[str]) -> None:
    template = checked_template("".join(parts))
    said = {"{{": "{", "}}": "}", **{f"{{{name}}}": f"<{name}>" for name in FIELDS}}
    assert filled(template, VALUES) == "".join(said.get(part, part) for part in parts)
