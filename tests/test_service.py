"""The systemd unit and the Containerfile: what can be told of them without a service manager and a registry."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "docs" / "frontpage.service"


@pytest.mark.systemd
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """Unknown keys and values are warnings there; only the program's place is another here."""
    unit = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text(), flags=re.MULTILINE)
    (tmp_path / "frontpage.service").write_text(unit)
    command = ("systemd-analyze", "verify", "--man=no", str(tmp_path / "frontpage.service"))
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout) == (0, "")
    assert "frontpage.service" not in verified.stderr


def test_the_image_has_all_packages_and_nothing_else_of_the_folder() -> None:
    """No environment, archive or secret of whoever builds it: each package is named."""
    lines = (ROOT / "Containerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {package.partition(".")[0] for package in setuptools["packages"]}
    modules = {f"{module}.py" for module in setuptools["py-modules"]}
    assert set(copied) == packages | modules | {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"}
