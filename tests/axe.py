"""axe-core, the accessibility checker, which .ci/run fetches with npm."""

from pathlib import Path

AXE = Path(__file__).parents[1] / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
