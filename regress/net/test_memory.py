# SPDX-License-Identifier: ISC
"""A router in a cgroup of 64 MB, and a member that floods it with data until
nothing more is taken: it lives, and serves its stations all the while."""

import contextlib
import os
import select
import signal
import socket
import struct
import threading

import pytest

from lab import Network, Sroamd, netns
from lab.daemon import SROAMD
from lab.topology import SERVER4, SERVER6
from lab.v1 import HANDSHAKE, LEASE6, LOCATION, update

R1, MB = "10.1.1.2", 1 << 20
LIMIT = 64 * MB
LIFE = 25               # s, of what the member says
ROUND = 20000           # data a second
PREFIX = bytes.fromhex("20010db80044")


def memory_cgroup():
    """Where one can be made, and the names of its files: limit, the most it
    used, and of processes."""
    own, v2 = None, None
    with open("/proc/self/cgroup", encoding="ascii") as f:
        for line in f:
            number, what, path = line.strip().split(":", 2)
            if what == "memory":
                own = "/sys/fs/cgroup/memory" + path
            elif number == "0":
                v2 = path
    if own:
        return own, os.path.dirname(own.rstrip("/")) or own, \
            "memory.limit_in_bytes", "memory.max_usage_in_bytes"
    if v2 is None:
        raise OSError("this kernel has no memory cgroup")
    return "/sys/fs/cgroup" + v2, "/sys/fs/cgroup", "memory.max", "memory.peak"


class Cgroup:
    def __init__(self, name):
        own, above, limit, self.peak_file = memory_cgroup()
        self.home = os.path.join(own, "cgroup.procs")
        self.path = os.path.join(above, name)
        os.mkdir(self.path)
        try:
            self.write(limit, LIMIT)
            # As a small access point: nowhere to swap to.
            with contextlib.suppress(OSError):
                self.write("memory.swap.max", 0)
        except OSError:
            os.rmdir(self.path)
            raise

    def write(self, name, value):
        with open(os.path.join(self.path, name), "w", encoding="ascii") as f:
            f.write(str(value))

    def read(self, name):
        with open(os.path.join(self.path, name), encoding="ascii") as f:
            return f.read()

    @contextlib.contextmanager
    def inside(self):
        """What is started in this block is in it."""
        self.write("cgroup.procs", os.getpid())
        try:
            yield
        finally:
            with open(self.home, "w", encoding="ascii") as f:
                f.write(str(os.getpid()))

    def peak(self):
        return int(self.read(self.peak_file))

    def killed(self):
        """How many processes the kernel has ended for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(FileNotFoundError):
                for line in self.read(name).splitlines():
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        return 0

    def close(self):
        os.rmdir(self.path)


class Router(Sroamd):
    """It sees the cgroup's files, which ip-netns(8) hides."""

    def start(self, wait=True, verbose=True, output=None):
        self.write_conf()
        self.proc = self.lab.spawn(
            "r1-sroamd", [SROAMD, "-d", "-f", self.path, "-s", self.socket],
            ns=self.ns, setup='exec "$@"', die_signal=signal.SIGTERM)
        self.wait_up()
        return self


class Member:
    """A router that says much, and reads what it is told."""

    def __init__(self, lab, datum, rate=ROUND):
        self.datum, self.batch = datum, rate // 200
        with netns.inside(lab.ns_name("core")):
            self.sock = socket.create_connection((R1, 4444), 5)
        self.sock.settimeout(None)
        self.sock.sendall(HANDSHAKE)
        self.said, self.stopping = 0, False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        lab.closers.append(self.die)

    def _run(self):
        with contextlib.suppress(OSError):
            while not self.stopping:
                self.sock.sendall(b"".join(
                    self.datum(self.said + i) for i in range(self.batch)))
                self.said += self.batch
                while select.select([self.sock], [], [], 0.005)[0]:
                    if not self.sock.recv(65536):
                        return

    def die(self):
        self.stopping = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.sock.close()


def strange(n, _router, _taken):
    """Stations at routers that nobody knows, and kinds likewise."""
    name, what = struct.pack(">I", n), n % 5
    if what < 2:
        return update(1, LIFE, bytes([LOCATION]) + b"\2\0" + name,
                      b"\2\0\0\0" + name)
    return update(1, LIFE, bytes([100 + what]) + name, bytes(what * 40 - 79))


def routed(n, router, taken):
    """Stations with a prefix at a router that is known: each is a route.  They
    leave half of the prefixes to others."""
    name = struct.pack(">I", n // 2 % 32768)
    if n % 2 or PREFIX + name[2:] in taken:
        return update(1, LIFE, bytes([LOCATION]) + b"\2\1" + name, router)
    return update(1, LIFE, bytes([LEASE6]) + PREFIX + name[2:],
                  b"\2\1" + name)


@pytest.fixture
def small(lab):
    """r1 has little memory."""
    try:
        cgroup = Cgroup(f"sroamd-test-{os.getpid()}")
    except OSError as e:
        pytest.skip(f"no cgroup with a limit of memory can be made: {e}")
    net = Network(lab, routers=2, stations=3, igp="bird")
    net.wait_igp()
    net.start("core", "r2")
    net.daemons["r1"] = Router(lab, net.conf("r1"))
    with cgroup.inside():
        net.daemons["r1"].start()
    net.wait_peers()
    net.cgroup = cgroup
    yield net
    net.daemons["r1"].stop()
    lab.wait(lambda: not cgroup.read("cgroup.procs").split(), "it is empty",
             10)
    cgroup.close()


def test_a_reload_knows_the_cgroup(small):
    """Which cannot be looked at any more, once the daemon is shut in."""
    d = small.daemons["r1"]
    d.stop()
    d.conf.extra.append("limit memory 100")
    with small.cgroup.inside():
        d.start()
    assert d.show("status")["table_limit_octets"] == 100 * MB
    d.conf.extra.pop()
    d.reload()
    assert d.show("status")["table_limit_octets"] == LIMIT // 4


def served(net, station, router):
    """Moves there, and has its packets, both ways."""
    net.air.move(station, router)
    for dst in (SERVER4, SERVER6):
        net.lab.ping(station, dst, 15)


@pytest.mark.parametrize("datum", [strange, routed])
def test_a_member_that_floods_fills_four_fifths(small, datum,
                                                record_property):
    net, lab, d = small, small.lab, small.daemons["r1"]
    had = net.join("sta1", "r1")
    net.join("sta2", "r2")
    status = d.show("status")
    most = status["table_limit_octets"]
    assert most == LIMIT // 4
    first, processes = status["table_octets"], d.processes()
    ident = bytes.fromhex(net.daemons["r2"].show("status")[
        "router_id"].replace(":", ""))
    taken = {socket.inet_pton(socket.AF_INET6, rec["prefix"].split("/")[0])[:8]
             for rec in d.show("leases") if ":" in rec["prefix"]}
    member = Member(lab, lambda n: datum(n, ident, taken))
    lab.wait(lambda: d.show("status")["table_refused"] > 20000,
             "it is refused", 60, 0.2)
    # All the while: those that are known move and renew, a new one comes.
    for router in ("r2", "r1"):
        served(net, "sta1", router)
        assert net.addresses("sta1") == had
    acks = d.show("status")["dhcp_acks"]
    net.clients["sta1"].again()
    lab.wait(lambda: d.show("status")["dhcp_acks"] > acks, "it renews", 10)
    net.join("sta3", "r1")
    for dst in (SERVER4, SERVER6):
        lab.ping("sta3", dst, 15)
    served(net, "sta2", "r1")
    status = d.show("status")
    assert most * 0.8 <= status["table_octets"] <= most * 0.85
    assert d.log().count("limit memory") == 1
    for what, value in (("peak", net.cgroup.peak()),
                        ("table", status["table_octets"]),
                        ("data", status["data"]),
                        ("refused", status["table_refused"]),
                        ("said", member.said)):
        print(f"{what}: {value:,}")
        record_property(what, value)
    # It goes, and what it said ends: what is new is taken again.
    member.die()
    again = Member(lab, lambda n: strange(1000000 + n, ident, taken), 200)

    def all_is_taken():
        said, refused = again.said, d.show("status")["table_refused"]
        lab.wait(lambda: again.said > said + 400, "it says more", 20)
        return d.show("status")["table_refused"] == refused
    lab.wait(all_is_taken, "there is room again", LIFE + 60, 0.5)
    print(f"table, first and now: {first:,} "
          f"{d.show('status')['table_octets']:,}")
    again.die()
    assert net.cgroup.killed() == 0
    assert d.processes() == processes
    served(net, "sta1", "r2")
