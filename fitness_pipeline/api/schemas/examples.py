"""How a model shows in the documentation what an answer looks like."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict


def shown_as(example: JsonDict) -> ConfigDict:
    """Return the configuration of a model that is made of our records, and shown by an example.

    Args:
        example: as JSON has it.
    """
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [example]})


def restore_nulls(document: dict[str, Any]) -> None:
    """Show the examples of our models as they are: FastAPI leaves out what is null in them.

    Args:
        document: an OpenAPI document.
    """
    schemas = document["components"]["schemas"]
    for model in _models(BaseModel):
        extra = model.model_config.get("json_schema_extra")
        if "examples" in schemas.get(model.__name__, {}) and isinstance(extra, dict) and "examples" in extra:
            schemas[model.__name__]["examples"] = extra["examples"]


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for below in model.__subclasses__():
        yield below
        yield from _models(below)
