"""What of the machine commands may read: its programs, libraries, and harmless settings."""

from __future__ import annotations

import functools
import glob
import os

PROGRAMS = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"),
    *("/nix/store", "/gnu/store", "/run/current-system"),
)
"""Programs and libraries; most are links into ``/usr``. Nothing personal lies there."""

SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/alternatives",
    "/etc/os-release",
    "/etc/lsb-release",
    "/etc/debian_version",
    "/etc/redhat-release",
    "/etc/mime.types",
    "/etc/protocols",
    "/etc/services",
    "/etc/fonts",
    "/etc/magic",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted",
    "/etc/crypto-policies",
)
"""Files of ``/etc`` that libraries read; neither users, nor hosts, nor keys are among them."""

TOPOLOGY = ("/sys/devices/system/cpu", "/sys/devices/system/node")
"""How many cores there are and where: numerical libraries ask."""

FACTS = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/loadavg",
    "/proc/uptime",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/pid_max",
    "/proc/sys/kernel/ngroups_max",
    "/proc/sys/kernel/cap_last_cap",
    "/proc/sys/kernel/random/uuid",
    "/proc/sys/kernel/random/boot_id",
    "/sys/kernel/mm/transparent_hugepage",
)
"""Facts about the machine that say nothing of processes: all of ``/proc`` in mode landlock."""


@functools.cache
def readable(mode: str) -> tuple[str, ...]:
    """Return the files and folders of this machine that commands may read in a mode."""
    wanted = [*PROGRAMS, *SETTINGS, *TOPOLOGY, *glob.glob("/etc/python3*")]
    if mode == "landlock":
        wanted += FACTS
    return tuple(path for path in wanted if os.path.exists(path))


def files(uid: int, gid: int, hosts: dict[str, str]) -> dict[str, str]:
    """Return files that a command sees in place of the machine's own, by path.

    Args:
        uid: what the command's user is called by the kernel there.
        gid: and the group.
        hosts: addresses by name, beside the machine itself.
    """
    named = "".join(f"{address}\t{name}\n" for name, address in hosts.items())
    return {
        "/etc/passwd": f"user:x:{uid}:{gid}:user:/box/home:/bin/sh\n",
        "/etc/group": f"user:x:{gid}:\n",
        "/etc/hosts": f"127.0.0.1\tlocalhost sandbox\n::1\tlocalhost\n{named}",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "/etc/host.conf": "multi on\n",
        "/etc/resolv.conf": "",
        "/etc/gai.conf": "",
    }
