"""``make bench``: each figure that we promise, measured beside its peer in the same run."""

from __future__ import annotations

import subprocess
import sys

MODULES = (
    "benchmarks.board",
    "benchmarks.plain_words",
    "benchmarks.turns",
    "benchmarks.reminders",
    "benchmarks.pictures",
)


def main() -> int:
    """Run one after the other, each in a process of its own; the exit status of the first that fails."""
    for module in MODULES:
        print(f"--- {module}", flush=True)
        status = subprocess.run([sys.executable, "-m", module], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
