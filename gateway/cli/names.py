"""`jutong names`: English field names for items that have Chinese titles only."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import yaml

from gateway.cli.mistakes import Mistake, decoded, read_text
from schema.catalogue.pinning import Pin, list_items, pin_names


def names(
    path: Annotated[
        Path | None,
        typer.Argument(help="A resource's file, a directory, or a list of titles; default: a list on stdin."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the names into the files.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Draft names from the dictionary of common data elements, pinyin where it has none.

    In a catalogue an item may stand under its title (`姓名: XM`) until it has a name. What has a name
    keeps it. A list has one title a line, with a column after a comma; what is printed is its `items:`.
    """
    if path is None or (path.is_file() and path.suffix not in {".yaml", ".yml"}):
        text = read_text(path) if path else decoded(sys.stdin.buffer.read(), "Standard input")
        typer.echo(list_items(text.removeprefix("\ufeff").splitlines()), nl=False)
        return
    if not path.exists():
        raise Mistake(f"There is no {path}: give a resource's file, a directory or a list of titles.")
    found, failed = [], False
    for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
        try:
            found += [_described(file, pin) for pin in _pin(file, write)]
        except yaml.YAMLError:
            failed = True
            typer.echo(f"{file}: not YAML; `jutong check` says where.", err=True)
        except Mistake as mistake:
            failed = True
            typer.echo(str(mistake), err=True)
    if as_json:
        typer.echo(orjson.dumps({"names": found, "written": write}, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(found, write)
    raise typer.Exit(1 if failed else 0)


def _pin(file: Path, write: bool) -> Iterator[Pin]:
    pinned = pin_names(read_text(file))
    if write and pinned.pins:
        beside = file.with_name(f".{file.name}.new")  # a served catalogue never sees half a file
        beside.write_text(pinned.text, encoding="utf-8")
        beside.replace(file)
    yield from pinned.pins


def _described(file: Path, pin: Pin) -> dict[str, Any]:
    draft = pin.draft
    return {
        "file": str(file),
        "line": pin.line,
        "title": draft.title,
        "name": draft.name,
        "from": draft.origin,
    }


def _print(found: list[dict[str, Any]], written: bool) -> None:
    for one in found:
        typer.echo(f"{one['file']}:{one['line']}: {one['title']} → {one['name']} ({one['from']})")
    if not found:
        typer.echo("Every item has a name.")
    elif written:
        typer.echo(f"{len(found)} names written; from here on they are yours to change.")
    else:
        typer.echo(f"{len(found)} names drafted; --write puts them into the files.")
