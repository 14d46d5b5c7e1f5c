"""A real cluster in small: a master and two workers in network namespaces of their own, one worker killed in mid-run.

    python benchmarks/cluster.py PAGES -o OUT [--kill-after relations] [--processes]

Starts Spark's standalone master and two workers, each with one core and an address of its own (as root, with iproute2;
``--processes``: on loopback, in processes alone), runs ``dedup spark-index`` on them, and ends one worker with its
executor as soon as the named step is done. Prints the run's code, its seconds, what was killed when, and what of the
tables differs from those that ``dedup index`` gives for the same pages. All that was started is ended.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

from dedup.spark import import_run
from dedup.store import PART_TABLES, Store

BRIDGE, NET = "dedupbr", "10.77.0."
_HOME = Path(pyspark.__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--kill-after", default="relations", metavar="STEP")
    parser.add_argument("--processes", action="store_true", help="no namespaces: all on loopback")
    given = parser.parse_args()
    with ExitStack() as stack:
        hosts = [Host("", "127.0.0.1")] * 3 if given.processes else stack.enter_context(namespaces())
        run(given.pages.absolute(), given.out.absolute(), given.kill_after, hosts, stack)
    compare(given.pages, given.out)


class Host:
    """A namespace with an address, in which commands are run."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address

    def start(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        """Start a command there, in a process group of its own."""
        inside = ["ip", "netns", "exec", self.name] if self.name else []
        environment = {**os.environ, "SPARK_LOCAL_IP": self.address, "PYSPARK_PYTHON": sys.executable}
        with log.open("wb") as told:
            return subprocess.Popen(
                [*inside, *command], stdout=told, stderr=told, env=environment, start_new_session=True
            )


@contextmanager
def namespaces() -> Iterator[list[Host]]:
    """Three namespaces on one bridge that leads nowhere else."""
    hosts = [Host(f"dedup{at}", f"{NET}{at + 1}") for at in range(3)]
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("link", "set", BRIDGE, "up")
        for host in hosts:
            _ip("netns", "add", host.name)
            _ip("link", "add", f"{host.name}a", "type", "veth", "peer", "name", f"{host.name}b", "netns", host.name)
            _ip("link", "set", f"{host.name}a", "master", BRIDGE, "up")
            _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", f"{host.name}b")
            _ip("-n", host.name, "link", "set", f"{host.name}b", "up")
            _ip("-n", host.name, "link", "set", "lo", "up")
        yield hosts
    finally:
        for host in hosts:
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True, check=False)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def run(pages: Path, out: Path, kill_after: str, hosts: list[Host], stack: ExitStack) -> None:
    """The cluster, the run, and the kill."""
    logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    master, *workers = hosts
    url = f"spark://{master.address}:7077"
    spark_class = str(_HOME / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    started = [
        master.start([spark_class, f"{deploy}.master.Master", "--host", master.address, "--port", "7077"], logs / "m")
    ]
    stack.callback(_end, started)
    _wait_for(logs / "m", "I have been elected leader")
    for at, host in enumerate(workers):
        command = [
            spark_class,
            f"{deploy}.worker.Worker",
            url,
            "--cores",
            "1",
            "--memory",
            "3g",
            "--host",
            host.address,
        ]
        started.append(host.start([*command, "--work-dir", str(logs / f"work{at}")], logs / f"w{at}"))
        _wait_for(logs / f"w{at}", "Successfully registered with master")
    conf = (
        "spark.driver.memory=2g", "spark.executor.memory=2g", "spark.sql.shuffle.partitions=4",
        f"spark.driver.host={master.address}", f"spark.driver.bindAddress={master.address}", "spark.ui.enabled=false",
    )  # fmt: skip
    command = [sys.executable, "-m", "dedup", "spark-index", str(pages), "-o", str(out), "--master", url]
    began = time.monotonic()
    job = master.start([*command, *(part for one in conf for part in ("--conf", one))], logs / "job")
    started.append(job)
    _wait_for(logs / "job", f"{kill_after}: ", job)
    time.sleep(1)  # into the step that follows
    os.killpg(started[2].pid, signal.SIGKILL)  # and its executor, which is of the same group
    killed = time.monotonic() - began
    print(f"worker 2 was killed with its executor, {killed:.1f} s after the start")
    code = job.wait()
    print(f"the run ended with {code} after {time.monotonic() - began:.1f} s")
    print("  ".join((logs / "job").read_text(errors="replace").splitlines()[-1:]))


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(started):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _wait_for(log: Path, text: str, process: subprocess.Popen[bytes] | None = None) -> None:
    for _ in range(6000):
        if log.exists() and text in log.read_text(errors="replace"):
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"{text!r} was never told:\n{log.read_text(errors='replace')[-3000:]}")


def compare(pages: Path, out: Path) -> None:
    """What differs from an index of the same pages made here."""
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder) / "here.db", Path(folder) / "there.db"
        import_run(str(out), str(there))
        subprocess.run([sys.executable, "-m", "dedup", "index", "-q", str(pages), "--db", str(here)], check=True)
        with Store(here) as one, Store(there) as two:
            for table in PART_TABLES:
                columns = list(one.columns(table))
                rows = [set(store.give(table, columns)) for store in (one, two)]
                print(f"{table}: {len(rows[0])} rows, {len(rows[0] ^ rows[1])} differ")


if __name__ == "__main__":
    main()
