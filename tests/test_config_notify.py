"""[[notify]] in config.toml: every fault is told with its remedy, and no secret has a place in the file."""

from pathlib import Path

import pytest

from tests.test_config import NPR, faults, loaded, only_fault

DESK = '[[notify]]\nname = "desk"\n'


def test_a_rule_is_read(tmp_path: Path) -> None:
    """All keys; files are found from the config file's folder."""
    settings = loaded(
        tmp_path,
        f"""{NPR}
        [[notify]]
        name = "desk"
        sites = ["npr"]
        kinds = ["headline-edited", "drift"]
        query = "storm*"
        limit = 3
        per = "30m"
        to_file = "secrets/desk"
        [[notify]]
        name = "hook"
        webhook = "https://example.org/hook"
        secret_env = "HOOK_SECRET"
        """,
    )
    desk, hook = settings.notify
    assert (desk.sites, desk.kinds, desk.query) == (("npr",), ("headline-edited", "drift"), "storm*")
    assert (desk.limit, desk.per, desk.to_file) == (3, 1_800, tmp_path / "secrets/desk")
    assert hook.kinds == ("lead-changed", "drift", "unreadable", "failing", "recovered")
    assert (hook.limit, hook.per, hook.secret_env) == (10, 3_600, "HOOK_SECRET")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "webhook is missing, and so are to, to_env and to_file; add one of them"),
        ('to = "syslog://"\nto_env = "X"', "webhook and its like (to, to_env) exclude each other; keep one"),
        ('to_env = "X"\nkinds = ["lead-change"]', 'kinds[1] "lead-change" is nothing that is told; did you mean'),
        ('to_env = "X"\nsites = ["nrp"]', 'no site "nrp"; name one of [[sites]]'),
        ('to_env = "X"\nquery = "!"', 'query "!" holds no word to look for'),
        ('to_env = "A B"', 'to_env "A B" is no name of an environment variable'),
        ('to_env = "1abc"', 'to_env "1abc" is no name of an environment variable; the secret itself stays out of here'),
        ('to_env = "X"\nlimit = 0', "limit is 0; it must be greater than or equal to 1"),
        ('to_env = "X"\nsecret_env = "S"', "secret_file and secret_env belong to a webhook"),
        ('webhook = "https://example.org/"', "secret_file is missing, and so is secret_env"),
        ('webhook = "http://127.0.0.1/"\nsecret_env = "S"', "127.0.0.1 is not a public address"),
        ('webhok = "https://example.org/"\nto_env = "X"', '"webhok" is not a known key; did you mean "webhook"?'),
    ],
)
def test_a_fault_of_a_rule(tmp_path: Path, line: str, fault: str) -> None:
    """Each names the rule, the key and the remedy."""
    told = only_fault(tmp_path, f"{NPR}{DESK}{line}")
    assert told.startswith("notify")
    assert fault in told


@pytest.mark.parametrize(
    "address",
    [
        "slack://tokenA/tokenB/tokenC",
        "mailto://user:hunter2@example.org",
        "mailtos://example.org?pass=hunter2",
        "json://h",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_shown(tmp_path: Path, address: str) -> None:
    """It belongs into the environment or a file; the message that says so does not repeat it."""
    told = only_fault(tmp_path, f'{NPR}{DESK}to = "{address}"')
    assert "name it in to_env, or into a file (to_file)" in told
    assert "hunter2" not in told
    assert "token" not in told


def test_two_rules_have_two_names(tmp_path: Path) -> None:
    """The outbox knows a rule by its name."""
    rule = f'{DESK}to_env = "X"\n'
    assert any("name is that of notify[1] too" in fault for fault in faults(tmp_path, NPR + rule + rule))
