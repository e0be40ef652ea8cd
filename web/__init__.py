"""Shows: the reading room, a Datasette plugin with its templates."""

from web.unitless import leave_units_out

leave_units_out()
