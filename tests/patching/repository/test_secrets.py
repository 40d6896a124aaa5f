from __future__ import annotations

import pytest

from patching.repository.conftest import Make
from selftaught.errors import UsageError
from selftaught.patching.repository.place import find_repository
from selftaught.patching.repository.secrets import find_secrets, refuse_secrets, secret_values

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"
SECRETS = [
    KEY,
    "sk-" + "proj-0123456789abcdefABCDEF",
    "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    'password = "c0rrect-horse-battery"',
    "postgres://user:hunter22@db/app",
    '{"api_key": "0123456789abcdef"}',
]


@pytest.mark.parametrize("secret", SECRETS)
def test_keys_are_found_and_not_told(secret: str) -> None:
    found = find_secrets({"m.py": f"x = 1\n# {secret}\n"}, {})
    assert [(each.place, each.line) for each in found] == [("m.py", 2)]
    with pytest.raises(UsageError, match=r"m\.py, line 2") as raised:
        refuse_secrets(found)
    assert secret not in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        "password = os.environ['PASSWORD']",
        'password = "{password}"',
        "def sk_learn_something_very_long_name(): pass",
        'token = "identifier"',
        "https://example.org/a:b@c",
        "risk-assessment-of-something-long-enough = 1",
    ],
)
def test_ordinary_code_is_not_taken_for_a_secret(line: str) -> None:
    assert find_secrets({"m.py": line}, {}) == []


def test_values_of_env_files_are_secrets(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "zebra-42-umbrella")
    monkeypatch.setenv("SOME_FOLDER", "zebra-43-umbrella")
    root = make({"m.py": "", "sub/n.py": ""})
    (root / ".env").write_text("DB=tiger-17-lamp\nMODE=production\nPORT=54321\nSHORT=a1\n")
    (root / "sub/.env.local").write_text("OTHER='apple 99 tree'\n")
    (root / ".env.example").write_text("DB=change-me-00\n")
    values = secret_values(find_repository(root / "sub"))
    for text, name in (
        ("x = 'tiger-17-lamp'", "DB in .env"),
        ("apple 99 tree", "OTHER in .env.local"),
        ("zebra-42-umbrella", "SOME_TOKEN"),
    ):
        (found,) = find_secrets({"m.py": text}, values)
        assert found.kind == f"the value of {name}"
        assert str(found) == f"m.py, line 1: the value of {name}"
    text = "production 54321 a1 change-me-00 zebra-43-umbrella"
    assert find_secrets({"m.py": text}, values) == []
    refuse_secrets([])
