"""Whether systemd-logind ends a user's processes at logout, a detached runner among them."""

import getpass
from pathlib import Path

ROOT = Path("/")
FOLDERS = ("usr/lib/systemd", "run/systemd", "etc/systemd")
REMEDY = "loginctl enable-linger; systemd-run --user --scope engine run experiments.toml"


def kills(user: str | None = None) -> Path | None:
    """The file that makes logind end this user's processes at logout; None where it leaves them alone."""
    settings: dict[str, tuple[str, Path]] = {}
    for path in _files():
        settings |= {key: (value, path) for key, value in _settings(path).items()}
    word, path = settings.get("KillUserProcesses", ("no", ROOT))
    if word.lower() not in ("yes", "true", "on", "1"):
        return None
    user = user or _user()
    spared = settings.get("KillExcludeUsers", ("root", ROOT))[0].split()
    only = settings.get("KillOnlyUsers", ("", ROOT))[0].split()
    return None if user in spared or (only and user not in only) else path


def in_session() -> bool:
    """Whether this process belongs to a login session, as what it starts then does; True where nothing tells."""
    try:
        return "/session-" in (ROOT / "proc/self/cgroup").read_text()
    except OSError:
        return True


def warning() -> str:
    """What to say to somebody whose runner would end at logout, in one line; empty where it would not."""
    path = kills()
    if path is None or not in_session():
        return ""
    return f"KillUserProcesses=yes in {path} ends training at logout; this keeps it: {REMEDY}"


def _files() -> list[Path]:
    """The configuration files that there are, in the order in which systemd reads them; later ones win."""
    main = next((path for f in reversed(FOLDERS) if (path := ROOT / f / "logind.conf").is_file()), None)
    # Of two drop-ins with one name only that of the later folder counts.
    drop_ins = {path.name: path for f in FOLDERS for path in (ROOT / f / "logind.conf.d").glob("*.conf")}
    return [*([main] if main else []), *(drop_ins[name] for name in sorted(drop_ins))]


def _settings(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in map(str.strip, lines) if line and line[0] not in "#;[")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
