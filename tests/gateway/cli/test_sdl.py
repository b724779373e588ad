"""`jutong sdl` prints slices."""

from pathlib import Path

from graphql import build_schema, validate_schema
from typer.testing import CliRunner

from gateway.cli.main import app

HARBOUR = Path(__file__).parents[3] / "tests/cities/harbour"


def test_a_theme_is_printed() -> None:
    done = CliRunner().invoke(app, ["sdl", str(HARBOUR), "--theme", "credit"])
    assert done.exit_code == 0
    assert validate_schema(build_schema(done.stdout)) == []
    assert "type MarketTax {" in done.stdout
    assert "TransportQualification" not in done.stdout


def test_what_there_is_not_is_refused_with_what_there_is() -> None:
    for kind, known in (("theme", "credit, schooling"), ("department", "education, market")):
        done = CliRunner().invoke(app, ["sdl", str(HARBOUR), f"--{kind}", "nowhere"])
        assert done.exit_code == 2
        assert f"There is no {kind} 'nowhere'. There are: {known}" in done.stderr
