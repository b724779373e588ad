"""`jutong audit`: the record, one JSON object a line."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from gateway.audit.sqlite import read_events


def audit(
    state: Annotated[Path, typer.Argument(help="Directory of the gateway's state.")],
) -> None:
    """Print every event of the record, oldest first."""
    for event in read_events(state / "record.sqlite"):
        typer.echo(orjson.dumps(event).decode())
