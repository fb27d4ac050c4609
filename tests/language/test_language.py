"""Another language needs no other code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.language import pseudo

WALK = Path(__file__).with_name("in_another_language.py")


def test_the_whole_bot_speaks_another_language(tmp_path: Path) -> None:
    pseudo.write_language(tmp_path)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(WALK)],
        cwd=pseudo.ROOT,
        env=own | {"TEXTDOMAINDIR": str(tmp_path), "LANGUAGE": pseudo.NAME},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
