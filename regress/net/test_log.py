# SPDX-License-Identifier: ISC
"""Nobody reads the log while stations fill it: the daemon goes on, what it
keeps of it is bounded, and a reader that returns gets the number of missing
lines.  STALL_SECONDS says for how long at least."""

import fcntl
import os
import re
import signal
import socket
import struct
import threading
import time

import pytest

from lab import Network, frames, netns
from lab.daemon import SROAMD

SECONDS = float(os.environ.get("STALL_SECONDS", "0"))
WITHIN = 20                             # s, until lines are lost
RATE = 3000                             # solicitations a second
STRANGERS = 4096                        # that send them
LIMIT = 50 if SECONDS else 200          # limit leases: a line of the log each
MEMORY = 4 << 20                        # octets that the log may cost
STATION = 2048                          # and each of the strangers
PAGE = 4096
LOG_DAEMON = 3
KINDS = ("warnings", "info", "debug")
TIME = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} "
LINE = re.compile(TIME + rb"sroamd\[(parent|engine|frontend|resolver|signer)\]: "
                  rb"[ -~]+\Z")
BEFORE = re.compile(rb"sroamd: [ -~]+: warning: [ -~]+\Z")
LOST = re.compile(TIME + rb"sroamd\[parent\]: log: (\d+) lines lost: (\d+) warnings, "
                  rb"(\d+) info, (\d+) debug\Z")
SYSLOG = re.compile(rb"<(\d+)>\w{3} [ \d]\d \d\d:\d\d:\d\d sroamd\[(\d+)\]: "
                    rb"(parent|engine|frontend|resolver|signer): ([ -~]+)\Z")
# A /dev of its own, whose log is the test's.
OWN_DEV = ("mount -n -t tmpfs tmpfs /dev && mknod -m 666 /dev/null c 1 3 && "
           "ln -s {} /dev/log && exec \"$@\"")


class Strangers:
    """Router solicitations of many MAC addresses, until they are stopped."""

    def __init__(self, lab, ns, interface):
        with netns.inside(lab.ns_name(ns)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.sock.bind((interface, 0))
        self.sent, self.stopping = 0, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping.wait(0.01):
            for _ in range(RATE // 100):
                mac = "06:05" + "".join(f":{o:02x}" for o in struct.pack(
                    "!I", self.sent % STRANGERS))
                self.sent += 1
                try:
                    self.sock.send(frames.solicitation(mac))
                except OSError:         # its queue is full
                    pass

    def stop(self):
        self.stopping.set()
        self.thread.join()
        self.sock.close()


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1)
    net.up(extra=[f"limit leases {LIMIT}"])
    lab = net.lab
    lab.add_ns("thief")
    lab.veth("r1", "p-thief", "thief", "eth0")
    lab.ip("r1", "link", "set", "p-thief", "master", "roam0", "up")
    # Of which nothing is to be said at the start.
    lab.ip("r1", "link", "set", "p-thief", "type", "bridge_slave", "isolated",
           "on")
    lab.ip("thief", "link", "set", "eth0", "up")
    net.join("sta1", "r2")
    return net


class Stalled:
    """r1's daemon, with a log that nobody reads."""

    def __init__(self, net, verbose):
        self.net, self.daemon = net, net.daemons["r1"]
        self.daemon.stop()
        self.reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PAGE)
        self.daemon.start(verbose=verbose, output=writer)
        os.close(writer)
        net.lab.wait(lambda: self.daemon.peers_up(1), "a session")

    def wait_lost(self):
        self.net.lab.wait(lambda: sum(self.lost().values()) > 0,
                          "lines are lost", WITHIN, 0.1)

    def lost(self):
        status = self.daemon.show("status")
        return {kind: status["log_lost_" + kind] for kind in KINDS}

    def memory(self):
        return {m["process"]: m["rss_octets"]
                for m in self.daemon.show("memory")}

    def read(self):
        """All that comes until it is said what was lost and all is said."""
        os.set_blocking(self.reader, False)
        text = bytearray()

        def complete():
            try:
                while piece := os.read(self.reader, 1 << 20):
                    text.extend(piece)
            except BlockingIOError:
                pass
            lines = map(LOST.match, text.split(b"\n"))
            lines = [m for m in lines if m]
            reported = [sum(int(m[i]) for m in lines) for i in (2, 3, 4)]
            return reported == list(self.lost().values())
        self.net.lab.wait(complete, "losses are reported", 10, 0.1)
        return bytes(text)

    def read_to_end(self):
        os.set_blocking(self.reader, True)
        with open(self.reader, "rb", closefd=False) as f:
            return f.read()

    def end(self):
        os.close(self.reader)
        self.daemon.stop()
        self.daemon.start()


class Detached(Stalled):
    """The same in the background, where syslog does not read."""

    def __init__(self, net):
        self.net, self.daemon = net, net.daemons["r1"]
        self.daemon.stop()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(net.lab.path("log"))
        self.sock.setblocking(False)
        proc = net.lab.spawn(
            "r1-detached", [SROAMD, "-v", "-f", self.daemon.path, "-s",
                            self.daemon.socket], ns="r1",
            setup=OWN_DEV.format(net.lab.path("log")))
        assert proc.popen.wait(10) == 0, proc.text()
        # And what has happened until then.
        assert proc.text().endswith("sroamd[parent]: started\n")
        self.pids = {m["process"]: m["pid"]
                     for m in self.daemon.show("memory")}

    def read(self):
        lines = []

        def complete():
            try:
                while True:
                    lines.append(self.sock.recv(2048))
            except BlockingIOError:
                return any(b" lines lost: " in line for line in lines)
        self.net.lab.wait(complete, "losses are reported", 10, 0.1)
        return lines

    def end(self):
        os.kill(self.pids["parent"], signal.SIGTERM)
        self.net.lab.wait(lambda: all(gone(p) for p in self.pids.values()),
                          "processes end", 10)
        self.sock.close()
        os.unlink(self.net.lab.path("log"))
        self.daemon.start()


@pytest.fixture(params=[True, False], ids=["verbose", "brief"])
def stalled(net, request):
    stalled = Stalled(net, request.param)
    yield stalled
    stalled.end()


@pytest.fixture
def strangers(net):
    strangers = Strangers(net.lab, "thief", "eth0")
    yield strangers
    strangers.stop()


def serves(net, daemon):
    """A roam here, a lease given back and asked for again, a roam away; what
    an operator asks for meanwhile."""
    lab, addr = net.lab, net.wait_addresses("sta1")[0]

    def routed():
        return addr in lab.run("ip", "-4", "route", "show", "proto", "44",
                               ns="r1")
    net.air.move("sta1", "r1")
    lab.wait(routed, "it roams here", 5)
    net.clients["sta1"].release_lease()
    lab.wait(lambda: net.addresses("sta1")[0] is None, "released")
    net.clients["sta1"].kick()
    lab.wait(lambda: net.addresses("sta1")[0] == addr, "an address", 5)
    for what in ("peers", "interfaces", "routers", "memory"):
        assert daemon.show(what), what
    assert "sroamd_log_lost_info_total" in daemon.ctl("show", "metrics")
    assert "reload" not in daemon.reload()
    net.air.move("sta1", "r2")
    lab.wait(lambda: not routed(), "it roams away", 5)


def refuses(daemon):
    """An error in the configuration is still shown to the user."""
    daemon.conf.extra.append("prefixx 10.0.0.0/8")
    daemon.write_conf()
    done = daemon.ctl_raw("reload")
    daemon.conf.extra.pop()
    daemon.write_conf()
    assert done.returncode == 1 and "prefixx" in done.stderr, done


def check_lines(text):
    lines = text.split(b"\n")
    assert lines.pop() == b"", lines[-1]
    for line in lines:
        assert LINE.match(line) or BEFORE.match(line), line
    assert any(line.endswith(b" sroamd[parent]: started") for line in lines)
    return lines


def gone(pid):
    return not os.path.exists(f"/proc/{pid}")


def test_a_log_that_nobody_reads_stops_nothing(net, stalled, strangers,
                                               record_property):
    daemon = stalled.daemon
    before, times = stalled.memory(), 0
    end = time.monotonic() + SECONDS
    stalled.wait_lost()
    while times == 0 or time.monotonic() < end:
        serves(net, daemon)
        refuses(daemon)
        times += 1
    strangers.stop()
    stations = daemon.show("status")["stations_here"]
    grown = {p: n - before[p] for p, n in stalled.memory().items()}
    text = (f"{strangers.sent} solicitations, {stations} stations here; "
            f"served {times} times; lost {stalled.lost()}; "
            + ", ".join(f"{p} {n >> 10} KB" for p, n in grown.items()))
    print(text)
    record_property("stall", text)
    assert max(grown.values()) < MEMORY + STATION * stations, text
    check_lines(stalled.read())
    # Its reader goes altogether.
    os.close(stalled.reader)
    stalled.reader = os.open("/dev/null", os.O_RDONLY)
    serves(net, daemon)
    assert daemon.stop() == 0


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
def test_a_child_that_dies_ends_the_daemon_as_ever(stalled, strangers, heard):
    daemon, pids = stalled.daemon, stalled.daemon.processes()
    stalled.wait_lost()
    os.kill(pids["engine"], signal.SIGKILL)
    if heard:
        lines = check_lines(stalled.read_to_end())
        said = b" sroamd[parent]: engine: killed by signal 9 (Killed)"
        assert any(x.endswith(said) for x in lines[-5:]), lines[-5:]
    assert daemon.proc.popen.wait(10) == 1
    stalled.net.lab.wait(lambda: all(gone(p) for p in pids.values()),
                         "processes end", 5)


def test_a_syslog_that_does_not_read_stops_nothing(net, strangers):
    stalled = Detached(net)
    try:
        stalled.wait_lost()
        serves(net, stalled.daemon)
        strangers.stop()
        for line in stalled.read():
            match = SYSLOG.match(line)
            assert match, line
            assert int(match[1]) >> 3 == LOG_DAEMON
            assert int(match[2]) == stalled.pids["parent"]
    finally:
        stalled.end()
