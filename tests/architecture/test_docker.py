"""The image and the compose file say what is true of the project."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")


def test_the_image_runs_as_nobody_special_and_checks_its_health() -> None:
    last = DOCKERFILE.split("FROM")[-1]
    assert "USER jutong" in last
    assert "HEALTHCHECK" in last
    assert "/readyz" in last
    assert DOCKERFILE.count("FROM ${BASE}") == 2


def test_the_state_may_be_written_by_the_user_who_runs() -> None:
    """`COPY --chown` leaves the directory that WORKDIR made to root: the demo could not start."""
    last = DOCKERFILE.split("FROM")[-1]
    assert "install -d -o jutong -g jutong /app/var" in last
    assert "JUTONG_STATE=/app/var" in last


def test_what_is_copied_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        for path in line.split()[:-1]:
            assert (ROOT / path).exists(), path


def test_compose_serves_the_demo_when_its_services_are_well() -> None:
    compose = yaml.safe_load((ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
    gateway = compose["services"]["gateway"]
    assert (ROOT / "docker" / gateway["build"]["context"] / gateway["build"]["dockerfile"]).exists()
    assert gateway["command"][:2] == ["jutong", "demo"]
    for name, wanted in gateway["depends_on"].items():
        assert wanted == {"condition": "service_healthy"}
        assert "healthcheck" in compose["services"][name]
    assert gateway["ports"] == ["127.0.0.1:8000:8000"]
