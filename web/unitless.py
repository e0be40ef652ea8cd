"""Datasette without units of measurement, which none of our columns has.

Datasette 0.65 parses a registry of all physical units as soon as it is imported: two thirds of the time in which a
reading room starts, and where Dask is installed, that and SciPy are imported with it.
"""

import sys
from types import ModuleType


class NoUnits:
    """Stands for pint's registry, which is asked only about columns that a table's metadata gives a unit."""

    def __call__(self, value: object) -> object:
        raise NotImplementedError("units of columns are left out: web/unitless.py")

    define = __call__


def leave_units_out() -> None:
    """Let Datasette find a module without units where it looks for its own; to be called before it is imported."""
    module = ModuleType("datasette.vendored.pint", __doc__)
    vars(module)["UnitRegistry"] = NoUnits
    sys.modules.setdefault(module.__name__, module)
