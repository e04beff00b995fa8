"""What kind of file system a path is on: a database's locks and its WAL are only to be trusted on a local one."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs"),
        *("lustre", "gpfs", "beegfs", "orangefs", "pvfs2", "ocfs2", "gfs2", "9p", "fuse.sshfs", "fuse.s3fs"),
        *("fuse.rclone", "fuse.gcsfuse", "fuse.juicefs", "fuse.davfs", "davfs", "ncpfs", "coda"),
    }
)
# The kernel writes a blank, a tab, a line's end and a backslash in a mount point as three octal digits.
OCTAL = re.compile(r"\\([0-7]{3})")


def kind(path: Path) -> str:
    """The type of the file system that holds `path`, such as "ext4"; empty where the kernel does not tell."""
    resolved = path.resolve()
    found, depth = "", -1
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, separator, behind = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        mount = Path(OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # A later line of the same depth is mounted over an earlier one.
        if resolved.is_relative_to(mount) and len(mount.parts) >= depth:
            found, depth = behind.split(" ")[0], len(mount.parts)
    return found


def is_network(name: str) -> bool:
    """Whether a file system of this type is shared over a network."""
    return name in NETWORK
