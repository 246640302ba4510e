"""A whole machine for a test: this one's disk with a layer over it, its own systemd, no network.

Nothing of it is left: the layer is in memory, and the first process takes all others with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.functional.postgres import _programs
from tests.functional.servers import ROOT
from tests.waiting import until

BOOT = Path(__file__).with_name("boot.sh")
PROGRAM = "/opt/disrupt/bin/disrupt-hotline"
_NAMESPACES = ("--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup")
_PATH = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": "/opt/disrupt/src"}
# What a package would have put there: the program, with the interpreter and the packages of this test.
_PROGRAM = f"""\
echo /opt/python/lib > /etc/ld.so.conf.d/machine.conf; ldconfig
echo 'home = /opt/python/bin' > /opt/disrupt/pyvenv.cfg
ln -s /opt/python/bin/python3 /opt/disrupt/bin/python3
cat > {PROGRAM} << END
#!/opt/disrupt/bin/python3
import sys
from disrupt.hotline.__main__ import main
sys.exit(main())
END
chmod 755 {PROGRAM}
"""
_DATABASE = """\
mkdir -p /run/postgresql /var/lib/machine
chown postgres: /run/postgresql /var/lib/machine
setpriv --reuid=postgres --regid=postgres --clear-groups {programs}/initdb --pgdata /var/lib/machine/data \\
    --auth-local=peer --auth-host=reject --no-sync > /dev/null
cat > /etc/systemd/system/machine-database.service << END
[Service]
Type=notify
User=postgres
ExecStart={programs}/postgres -D /var/lib/machine/data -k /run/postgresql -c listen_addresses= -c fsync=off
END
systemctl daemon-reload
systemctl start machine-database.service
"""
_TRIAL = """\
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
mount -t cgroup2 none /mnt/root/mnt
"""


class Machine:
    """A machine that has booted; `pid` is its first process as this one sees it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def run(self, *words: str, check: bool = True, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command there as root."""
        done = subprocess.run(
            ["nsenter", f"--target={self.pid}", "--all", "--root", "--wd", "env", "-i",
             *(f"{name}={value}" for name, value in _PATH.items()), *words],
            input=given, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
        return done

    def shell(self, script: str) -> str:
        return self.run("sh", "-e", given=script).stdout

    def as_account(self, account: str, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("runuser", "-u", account, "--", *words, check=False)

    def shows(self, unit: str, what: str) -> str:
        return self.run("systemctl", "show", "--value", "--property", what, unit).stdout.strip()

    def journal(self) -> str:
        return self.run("journalctl", "--namespace=disrupt", "--no-pager").stdout

    def has_a_database(self) -> None:
        self.shell(_DATABASE.format(programs=_programs()))


def refuses() -> str:
    """Why there is no such machine here; "": there is."""
    if os.geteuid() != 0:
        return "only root makes a machine"
    if not Path("/usr/lib/systemd/systemd").exists() or _programs() is None:
        return "systemd or PostgreSQL is not installed"
    tried = subprocess.run(
        ["unshare", "--fork", *_NAMESPACES, "sh", "-e"],
        input=_TRIAL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return "" if tried.returncode == 0 else f"this kernel gives no machine: {tried.stderr.strip()}"


@contextmanager
def machine(place: Path) -> Iterator[Machine]:
    """For as long as the block lasts; `place`: an empty folder."""
    environment = {
        "PLACE": str(place),
        "PYTHON": sys.base_prefix,
        "PACKAGES": sysconfig.get_path("purelib"),
        "SOURCE": str(ROOT / "src"),
        **_PATH,
    }
    unshare = shutil.which("unshare") or "unshare"
    command = [unshare, "--fork", "--kill-child=SIGKILL", *_NAMESPACES, "sh", str(BOOT)]
    with (place.with_name("console")).open("wb") as console:
        outer = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
            start_new_session=True,
        )  # fmt: skip
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        try:
            until(lambda: outer.poll() is not None or children.read_text().split(), "a first process")
            there = Machine(int(children.read_text().split()[0]))
            until(
                lambda: (
                    _comm(there.pid) == "systemd"
                    and there.run("systemctl", "is-active", "machine.target", check=False).returncode == 0
                ),
                "it has booted",
            )
            there.shell(_PROGRAM)
            yield there
        finally:
            outer.kill()
            outer.wait()


def _comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
