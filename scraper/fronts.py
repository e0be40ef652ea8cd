"""How the reading room is told of the servers in front of it: through its environment, as it is of its secrets."""

from typing import Final

from scraper.config import WebSettings

TRUSTED: Final = "FRONTPAGE_WEB_PROXIES"  # addresses or networks, with commas
NAMES: Final = "FRONTPAGE_WEB_NAMES"


def front_variables(web: WebSettings) -> dict[str, str]:
    """The variables that [web] sets; those that it leaves out keep what the environment has."""
    said = {TRUSTED: ",".join(map(str, web.trusted_proxies)), NAMES: ",".join(web.public_names)}
    return {name: value for name, value in said.items() if value}
