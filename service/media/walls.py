"""Puts this process behind walls and becomes another program: `python -I -S walls.py JSON PROGRAM ARGUMENT…`.

Started by `confine.py`, never imported by it, since what it does to itself cannot be undone. Only the standard library
and no path of ours, so that it starts quickly. Every wall is tried; one that this kernel or container does not give is
left out, and `--tell` instead of a program prints which of them stand.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PDEATHSIG, _NO_NEW_PRIVS = 1, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
# Landlock's rights, from the kernel's include/uapi/linux/landlock.h.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8
_TRUNCATE = 1 << 14
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("file", ctypes.c_int32))


def main() -> None:
    asked: dict[str, Any] = json.loads(sys.argv[1])
    words = sys.argv[2:]
    tell = words == ["--tell"]
    program = -1 if tell else os.open(words[0], os.O_PATH | os.O_CLOEXEC)  # its folder may be closed to the new user
    network = _leave_network()
    folder = _stay_inside(asked["folder"], None if tell else words[0])
    user = _become(asked["user"])
    # Forgotten whenever the user changes, so only now. When Farfield itself is killed, the kernel ends the child.
    _LIBC.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != asked["parent"]:
        sys.exit(1)
    if tell:
        print(json.dumps({"network": network, "folder": folder, "user": user}))
        return
    os.nice(5)
    if user:  # it counts what a user runs, and our own user runs us
        asked["limits"]["NPROC"] = asked["processes"]
    for name, value in asked["limits"].items():
        which = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(which)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # Past the second one the kernel no longer says why it ends a process.
        resource.setrlimit(which, (most, most + 5 if name == "CPU" and hard == resource.RLIM_INFINITY else most))
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, and that would be inherited
        signal.signal(ignored, signal.SIG_DFL)
    os.execve(program, words, dict(os.environ))  # noqa: S606 (what this file is for)


def _leave_network() -> bool:
    """Root may; others only where the kernel lets them have a world of their own, in which they stay who they are."""
    if _LIBC.unshare(_NEW_NET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_NEW_USER | _NEW_NET):
        return False
    with contextlib.suppress(OSError):
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path(f"/proc/self/{name}").write_text(line, encoding="ascii")
    return True


def _stay_inside(folder: str | None, program: str | None) -> bool:
    """Landlock: nothing may be opened but what is in `folder`, the program and the system's libraries; no TCP."""
    version = _LIBC.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1 or _LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    rights = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    # Connecting and listening by TCP; sockets without a name in a folder, and signals, to whoever is outside.
    wanted = _Ruleset(rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _LIBC.syscall(_CREATE_RULESET, ctypes.byref(wanted), size, 0)
    if ruleset < 0:
        return False
    inside = _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
    may = [(folder, inside), ("/dev/null", _READ_FILE | _WRITE_FILE), ("/dev/urandom", _READ_FILE)]
    may += [(name, _EXECUTE | _READ_FILE | _READ_DIR) for name in (*_LIBRARIES, program)]
    for name, allowed in may:
        if name is None:
            continue
        with contextlib.suppress(FileNotFoundError):
            file = os.open(name, os.O_PATH | os.O_CLOEXEC)
            of_files = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
            rule = _PathRule(allowed & rights & (-1 if Path(name).is_dir() else of_files), file)
            _LIBC.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
            os.close(file)
    stands: bool = _LIBC.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return stands


def _become(user: int | None) -> bool:
    if user is None:
        return False
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:  # numbers that this container does not have
        return False
    return True


if __name__ == "__main__":
    main()
