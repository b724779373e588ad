"""What the numbers were measured on."""

import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT


def describe_machine() -> dict[str, Any]:
    """Machine, versions, commit and how busy it is now."""
    return {
        "started": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "load_before": round(os.getloadavg()[0], 2),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "node": _output("node", "--version"),
        "commit": _output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
