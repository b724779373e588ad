"""`jutong explain`: the plan of a document as an application would run it. Nothing is fetched."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from gateway.cli.caller import find_caller
from gateway.cli.mistakes import Mistake, check_catalogue, read_text
from gateway.cli.serve import settings_with
from gateway.errors import GatewayError
from gateway.opening import open_gateway
from gateway.pipeline import Gateway
from gateway.plan.explain import explain as explain_plan
from gateway.plan.explain import print_plan
from gateway.request import Ask
from gateway.telemetry.logs import set_up_logs


def explain(
    directory: Annotated[Path, typer.Argument(help="Directory of the catalogue.")],
    document: Annotated[
        Path, typer.Argument(help="File with a GraphQL document; variables beside it as .json.")
    ],
    as_: Annotated[str, typer.Option("--as", help="Application.")] = "",
    purpose: Annotated[str | None, typer.Option(help="Purpose.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print what would be fetched, in how many hops and calls, and what is denied and why; exit code 1 if
    the document is refused."""
    set_up_logs()
    check_catalogue(directory)
    try:
        found = asyncio.run(_explain(directory, document, as_, purpose))
    except GatewayError as error:
        for refusal in error.errors:
            typer.echo(f"{_place(document, refusal)}: {refusal['message']}", err=True)
        raise typer.Exit(1) from None
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if as_json else print_plan(found))


async def _explain(directory: Path, document: Path, name: str, purpose: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as state:
        settings = settings_with(catalogue=directory, state=Path(state))
        async with open_gateway(settings) as gateway:
            return explain_document(gateway, document, name, purpose)


def explain_document(gateway: Gateway, document: Path, name: str, purpose: str | None) -> dict[str, Any]:
    """Explain a file with an open gateway. Raises `Mistake` and what refuses the document."""
    ask = Ask(
        document=read_text(document),
        caller=find_caller(gateway.snapshot.policy, name, purpose),
        request_id="explain",
        deadline=0,
        variables=_variables(document.with_suffix(".json")),
    )
    view = gateway.snapshot.view(ask.caller.audience)
    asked = view.documents.ask(ask.document, None, ask.variables)
    plan, operands = gateway.plan(gateway.snapshot, view, ask.caller, asked, gateway.now())
    return explain_plan(plan, operands, gateway.capabilities)


def _variables(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = orjson.loads(read_text(path))
    except orjson.JSONDecodeError as error:
        raise Mistake(f"{path}:{error.lineno}:{error.colno}: no JSON: {error.msg}.") from None
    if not isinstance(found, dict):
        raise Mistake(f"{path}: variables are one JSON object.")
    return found


def _place(document: Path, refusal: dict[str, Any]) -> str:
    first = next(iter(refusal.get("locations", ())), None)
    return f"{document}:{first['line']}:{first['column']}" if first else str(document)
