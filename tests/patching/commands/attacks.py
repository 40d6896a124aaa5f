"""Programs that try to leave the sandbox of commands; each ends with 42 where it succeeded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A program that tries to leave its sandbox.

    Attributes:
        code: it ends with 42 where it succeeded.
        category: what must have been counted where it is confined; empty: nothing is.
        uncounted: modes in which it fails without being an attempt.
        control: whether it succeeds where nothing confines it, as root and as a user.
    """

    code: str
    category: str = ""
    uncounted: tuple[str, ...] = ()
    control: bool = True


ATTACKS = {
    "read a file outside": Attack(
        "import sys; sys.exit(42 * (open(sys.argv[1] + '/key').read().startswith('secret')))",
        "filesystem",
    ),
    "read it through a link": Attack(
        """
import os, sys
os.symlink(sys.argv[1] + "/key", os.environ["HOME"] + "/link")
sys.exit(42 * open(os.environ["HOME"] + "/link").read().startswith("secret"))""",
        "filesystem",
    ),
    "read it through a hard link": Attack(
        """
import os, sys
os.link(sys.argv[1] + "/key", os.environ["HOME"] + "/link")
sys.exit(42 * open(os.environ["HOME"] + "/link").read().startswith("secret"))""",
        "filesystem",
    ),
    "read it with another program": Attack(
        """
import subprocess, sys
done = subprocess.run(["cat", sys.argv[1] + "/key"], capture_output=True)
sys.exit(42 * (b"secret" in done.stdout))""",
        "filesystem",
    ),
    "read the environment of the host": Attack(
        """
import sys
sys.exit(42 * (b"PATH=" in open(f"/proc/{sys.argv[2]}/environ", "rb").read()))""",
        "inspect",
    ),
    "read the memory of the host": Attack(
        "import sys; open(f'/proc/{sys.argv[2]}/mem', 'rb'); sys.exit(42)", "inspect"
    ),
    "read the environment of its parents": Attack(
        """
import os, sys
pid = os.getppid()
open(f"/proc/{pid}/environ", "rb").read(); open(f"/proc/{pid}/mem", "rb"); sys.exit(42)""",
        "inspect",
    ),
    "read an environment variable": Attack(
        "import os, sys; sys.exit(42 * ('COMMANDS_SECRET' in os.environ))", control=False
    ),
    "see what the caller's home holds": Attack(
        "import os, sys; sys.exit(42 * bool(os.listdir(sys.argv[1])))", "filesystem"
    ),
    "write outside": Attack(
        "import sys; open(sys.argv[1] + '/new', 'w').write('x'); sys.exit(42)", "filesystem"
    ),
    "write into the repository": Attack(
        "import sys; open('new', 'w').write('x'); sys.exit(42)", "filesystem"
    ),
    "write into Python's packages": Attack(
        """
import os, sys
path = os.path.join(os.path.dirname(os.__file__), sys.argv[3])
open(path, "w").close(); os.unlink(path); sys.exit(42)""",
        "filesystem",
        control=False,
    ),
    "remove a file outside": Attack(
        "import os, sys; os.unlink(sys.argv[1] + '/precious'); sys.exit(42)", "filesystem"
    ),
    "change the mode of a file outside": Attack(
        """
import os, sys
os.chmod(sys.argv[1] + "/precious", 0o777)
sys.exit(42 * (os.stat(sys.argv[1] + "/precious").st_mode & 0o777 == 0o777))""",
        "filesystem",
        uncounted=("namespaces",),
    ),
    "change it through a link": Attack(
        """
import os, sys
link = os.environ["HOME"] + "/link"
os.symlink(sys.argv[1] + "/precious", link)
os.chmod(link, 0o777)
sys.exit(42 * (os.stat(sys.argv[1] + "/precious").st_mode & 0o777 == 0o777))""",
        "filesystem",
    ),
    "change times in the repository": Attack(
        """
import os, sys
with open("file") as file: os.utime(file.fileno(), (1, 1))
sys.exit(42 * (os.stat("file").st_mtime == 1))""",
        "filesystem",
        uncounted=("namespaces",),
    ),
    "connect to a service of the machine": Attack(
        """
import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[4])), 2); sys.exit(42)""",
        "network",
        uncounted=("namespaces",),
    ),
    "send a datagram": Attack(
        """
import socket, sys
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.sendto(b"x", ("127.0.0.1", int(sys.argv[5]))); out.close(); import time; time.sleep(0.1)
sys.exit(0)""",
        "network",
        uncounted=("namespaces",),
        control=False,
    ),
    "connect to a unix socket outside": Attack(
        """
import socket, sys
socket.socket(socket.AF_UNIX).connect(sys.argv[1] + "/socket"); sys.exit(42)""",
        "network",
    ),
    "connect to it through a link": Attack(
        """
import os, socket, sys
link = os.environ["HOME"] + "/s"
os.symlink(sys.argv[1] + "/socket", link)
socket.socket(socket.AF_UNIX).connect(link); sys.exit(42)""",
        "filesystem",
    ),
    "connect to an abstract unix socket": Attack(
        """
import socket, sys
socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[3]); sys.exit(42)""",
        "network",
        uncounted=("namespaces",),
    ),
    "kill a process of the host": Attack(
        "import os, sys; os.kill(int(sys.argv[6]), 9); sys.exit(42)",
        "process",
        uncounted=("namespaces",),
    ),
    "slow down a process of the host": Attack(
        "import os, sys; os.setpriority(os.PRIO_PROCESS, int(sys.argv[6]), 19); sys.exit(42)",
        "process",
        uncounted=("namespaces",),
    ),
    "limit a process of the host": Attack(
        """
import resource, sys
resource.prlimit(int(sys.argv[6]), resource.RLIMIT_NOFILE, (77, 77)); sys.exit(42)""",
        "process",
        uncounted=("namespaces",),
    ),
    "end its keeper": Attack(
        "import os, sys; os.kill(os.getppid(), 9); sys.exit(42)", "process", control=False
    ),
    "limit its keeper": Attack(
        """
import os, resource, sys
resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0)); sys.exit(42)""",
        "process",
        control=False,
    ),
    "trace a process": Attack(
        """
import ctypes, os, sys, time
pid = os.fork()
if pid == 0: time.sleep(5); os._exit(0)
done = ctypes.CDLL(None, use_errno=True).ptrace(16, pid, 0, 0)
os.kill(pid, 9)
sys.exit(42 * (done == 0))""",
        "inspect",
    ),
    "make a user namespace": Attack(
        """
import ctypes, os, sys
sys.exit(42 * (ctypes.CDLL(None).unshare(0x10000000) == 0))""",
        "privilege",
    ),
    "make one by clone": Attack(
        """
import ctypes, os, signal, sys
call = ctypes.CDLL(None).syscall
number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
pid = call(number, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
if pid == 0: os._exit(0)
sys.exit(42 * (pid > 0))""",
        "privilege",
    ),
    "use io_uring": Attack(
        """
import ctypes, sys
sys.exit(42 * (ctypes.CDLL(None).syscall(425, 4, ctypes.create_string_buffer(120)) >= 0))""",
        "privilege",
    ),
    "open a raw packet socket or one of the hypervisor": Attack(
        """
import socket, sys
for family, kind in ((40, socket.SOCK_STREAM), (38, socket.SOCK_SEQPACKET)):
    try: socket.socket(family, kind); sys.exit(42)
    except OSError: pass""",
        "network",
        control=False,
    ),
    "connect by sending": Attack(
        """
import socket, sys
out = socket.socket()
out.sendto(b"x", 0x20000000, ("127.0.0.1", int(sys.argv[4]))); out.getpeername(); sys.exit(42)""",
        "network",
        control=False,
    ),
    "hide its memory": Attack(
        "import ctypes, sys; sys.exit(42 * (ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0))",
        "privilege",
    ),
}
