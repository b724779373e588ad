"""The tables of docs/catalogue.md, made from the models that read the files."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schema.catalogue import declarations, item_declarations, resource_declarations
from schema.policy import declarations as access

MARK = "## Every key\n"
UPDATE = "JUTONG_TEST_UPDATE_DOCS"
"""Environment variable that writes the tables into the file."""


def models() -> list[type[BaseModel]]:
    """In the order of the files, as a reader meets them: what is nested follows what holds it."""
    found: dict[str, type[BaseModel]] = {}
    for module in (declarations, resource_declarations, item_declarations, access):
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, BaseModel)
                and value.__module__ == module.__name__
            ):
                found.setdefault(value.__name__, value)
    return list(found.values())


def tables() -> str:
    """Everything below `Every key`."""
    return "".join(_table(model) for model in models())


def split(path: Path) -> tuple[str, str]:
    """The written part of the reference, and its tables."""
    before, mark, after = path.read_text(encoding="utf-8").partition(MARK)
    assert mark
    return before + mark, after


def _table(model: type[BaseModel]) -> str:
    name = model.__name__.removesuffix("Declaration")
    rows = [
        f"| `{f.alias or key}` | {_default(f)} | {f.description or ''} |"
        for key, f in model.model_fields.items()
    ]
    head = [
        "",
        f"### {name}",
        "",
        str(model.__doc__).strip(),
        "",
        "| key | default | meaning |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return "none"
    if isinstance(default, BaseModel):
        return "none" if default.model_dump(exclude_defaults=True) == {} else f"`{default}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list | dict) and not default:
        return "none"
    return f"`{', '.join(default)}`" if isinstance(default, list) else f"`{default}`"
