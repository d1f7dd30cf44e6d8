# SPDX-License-Identifier: ISC
"""Faults of the host under a daemon that runs: whatever is refused, by disk,
kernel or clock, no process ends, stations keep what they have, it is said in
few lines, and afterwards all is as before."""

import contextlib
import os
import resource
import select
import signal
import socket
import subprocess
import time

import pytest

from lab import LabError, Network, frames, netns
from lab.crowd import Crowd, acknowledged
from lab.daemon import PORT, SROAMCTL
from lab.probe import Streams
from lab.topology import SERVER4, SERVER6, router_addrs

LINES = 12              # of the log above debugging, for one fault
ROUTES = 30000          # in a batch, by another hand
FRAMES = 60000
YEAR = 365 * 86400
PACE = 0.04             # s between two new stations


@pytest.fixture(scope="module")
def net(module_lab):
    """r1 keeps its state on a file system of its own."""
    net = Network(module_lab, routers=2, stations=2, igp="bird")
    state = net.conf("r1").state
    os.makedirs(state, mode=0o700)
    module_lab.run("mount", "-t", "tmpfs", "-o", "size=8m,mode=0700",
                   "tmpfs", state)
    module_lab.closers.append(
        lambda: subprocess.run(["umount", "-l", state], check=False))
    net.up(extra=["prefix 10.44.0.0/16", "limit leases 1000"])
    net.state = state
    net.had = {"sta1": net.join("sta1", "r1"), "sta2": net.join("sta2", "r2")}
    for dst in (SERVER4, SERVER6):
        module_lab.ping("sta1", dst, 30)
    for addr in net.had["sta1"]:
        module_lab.ping("server", addr, 30)
    net.streams = Streams(module_lab, "server", (SERVER4, SERVER6),
                          {"sta1": net.had["sta1"]})
    assert net.streams.wait_flowing("sta1", time.time_ns(), 15)
    net.crowd = Crowd(module_lab, "r1", "10.44.1.0", every=0.01)
    return net


def loud(daemon):
    """Lines that are no debugging: those have a subject of state."""
    words = ("warning", "no memory", "too many", "Too many", "cannot",
             "No space", "Read-only", "refused", "lost", "failed", "accept")
    return [line for line in daemon.log().splitlines()
            if "again no session" not in line and
            any(w in line for w in words)]


@pytest.fixture
def fault(net):
    """What is to be as before, when the fault has passed."""
    daemons = {n: d for n, d in net.daemons.items() if n != "core"}
    pids = {n: d.processes() for n, d in daemons.items()}
    leases = {r["prefix"]: r["mac"] for r in net.daemons["r1"].show("leases")
              if r["state"] == "valid"}
    said = {n: len(loud(d)) for n, d in daemons.items()}
    yield net.daemons["r1"]
    for n, d in daemons.items():
        assert d.processes() == pids[n], d.log()[-3000:]
        more = loud(d)[said[n]:]
        assert len(more) <= LINES, more
    net.wait_peers(30)
    for sta, addrs in net.had.items():
        assert net.addresses(sta) == addrs
        net.lab.wait(lambda n="r" + sta[-1], sta=sta: net.daemons[n].
                     has_station_here(net.mac(sta)), f"{sta} is here", 20)
    known = {r["prefix"]: r["mac"] for r in net.daemons["r1"].show("leases")
             if r["state"] == "valid"}
    assert not {p: m for p, m in leases.items() if known.get(p) != m}
    assert net.streams.wait_flowing("sta1", time.time_ns(), 15)
    assert all(alive for alive, _s, _c in net.streams.tcp().values())
    # New leases, everywhere, and who has one gets it again.
    before = len(net.crowd.acked)
    net.lab.wait(lambda: asked(net) > before, "a new lease", 20)
    renew(net)


def asked(net):
    """One more station of the crowd asks; how many have got an answer."""
    crowd = net.crowd
    crowd._ask()
    while select.select([crowd.sock], [], [], 0.05)[0]:
        got = acknowledged(crowd.sock.recv(2048))
        if got:
            crowd.acked[got[1]] = got[0]
            break
    return len(crowd.acked)


def renew(net):
    client = net.clients["sta1"]
    said = client.proc.text().count("\nrenew ")
    client.kick()
    net.lab.wait(lambda: client.proc.text().count("\nrenew ") > said,
                 "a renewal", 20)


def status(daemon):
    return daemon.show("status")


def start_crowd(net, seconds, pace=PACE):
    """New stations for a while, whether they are answered or not: no more
    than a routing daemon can carry."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        asked(net)
        time.sleep(pace)


def test_disk_full(net, fault):
    hog = os.path.join(net.state, "hog")
    with open(hog, "wb", buffering=0) as f:
        try:
            while f.write(bytes(65536)):
                pass
        except OSError:
            pass
        try:
            while f.write(bytes(512)):
                pass
        except OSError:
            pass

    def is_said():
        start_crowd(net, 0.5, 0.005)    # a page has room for some
        return "No space left" in fault.log()
    net.lab.wait(is_said, "a line about the disk", 40)
    acked = len(net.crowd.acked)
    start_crowd(net, 1)
    assert len(net.crowd.acked) > acked         # in memory only
    os.unlink(hog)
    net.lab.wait(lambda: "is written again" in fault.log(), "written", 70)


def files(pid):
    return max(int(fd) for fd in os.listdir(f"/proc/{pid}/fd")) + 1


def set_limit(pid, what, soft):
    """As its user, where root alone may not."""
    try:
        resource.prlimit(pid, what, (soft, resource.prlimit(pid, what)[1]))
    except PermissionError:
        st = os.stat(f"/proc/{pid}")
        option = {resource.RLIMIT_NOFILE: "--nofile",
                  resource.RLIMIT_DATA: "--data"}[what]
        subprocess.run(["setpriv", "--reuid", str(st.st_uid), "--regid",
                        str(st.st_gid), "--clear-groups", "prlimit", "--pid",
                        str(pid), f"{option}={soft}:"], check=True)


@contextlib.contextmanager
def limited(pids, what, value):
    """Soft limits of these processes, until the end of the block."""
    def soft(pid):
        with open(f"/proc/{pid}/limits", encoding="ascii") as f:
            name = {resource.RLIMIT_NOFILE: "Max open files",
                    resource.RLIMIT_DATA: "Max data size"}[what]
            line = [x for x in f if x.startswith(name)][0]
        return line[len(name):].split()[0]
    before = {pid: soft(pid) for pid in pids}
    try:
        for pid in pids:
            set_limit(pid, what, value(pid))
        yield
    finally:
        for pid, limit in before.items():
            if os.path.exists(f"/proc/{pid}"):
                set_limit(pid, what, -1 if limit == "unlimited" else
                          int(limit))


def test_no_descriptor_is_left(net, fault):
    """Connections, sroamctl, a session that comes back, and a reload."""
    socks = []
    with limited(list(fault.processes().values()), resource.RLIMIT_NOFILE,
                 files):
        with netns.inside(net.lab.ns_name("core")):
            for _ in range(30):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex((router_addrs(1)[0], PORT))
                socks.append(s)
        ctls = [subprocess.Popen(
            [SROAMCTL, "-s", fault.socket, "show", "status"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) for _ in range(30)]
        os.kill(fault.processes()["parent"], signal.SIGHUP)
        net.daemons["core"].stop()
        net.daemons["core"].start()
        start_crowd(net, 2)
        renew(net)
        time.sleep(3)
        assert len(fault.processes()) == 4
    for s in socks:
        s.close()
    for ctl in ctls:
        ctl.wait(20)
    assert "oo many open files" in fault.log()
    net.lab.wait(lambda: fault.try_ctl("show", "status"), "an answer", 20)
    net.lab.wait(lambda: fault.peers_up(1), "the session again", 30)
    fault.reload()


def test_a_socket_that_found_no_place_is_sent_again(net, fault):
    """An interface that is made while nobody can have its packet sockets."""
    lab = net.lab
    fault.conf.extra.append("interface spare0 {\n\taddress 192.168.44.254/32\n}")
    fault.reload()
    roles = fault.processes()
    with limited([roles["frontend"]], resource.RLIMIT_NOFILE, files):
        with limited([roles["parent"]], resource.RLIMIT_NOFILE, files):
            lab.batch("r1",
                      "link add spare0 type bridge\nlink set spare0 up\n")
            time.sleep(3)
        # The parent can open them again, the frontend has no place yet.
        time.sleep(3)
        assert fault.processes() == roles
    with netns.inside(lab.ns_name("r1")):
        index = socket.if_nametoindex("spare0")
    lab.wait(lambda: bound(lab, index) >= 2,
             "its packet sockets", 15)
    fault.conf.extra.pop()
    fault.reload()
    lab.ip("r1", "link", "del", "spare0")


def bound(lab, index):
    """Packet sockets of the namespace that are bound there."""
    text = lab.run("cat", "/proc/net/packet", ns="r1")
    return sum(line.split()[4] == str(index)
               for line in text.splitlines()[1:])


def test_news_of_the_kernel_are_lost(net, fault):
    """A batch of another hand, while the parent does not look; among it, the
    route of a station goes."""
    addr = net.had["sta1"][0]
    overflows = status(fault)["kernel_overflows"]
    parent = fault.processes()["parent"]
    batch = [f"route add blackhole 100.{64 + n // 65536}.{n // 256 % 256}."
             f"{n % 256}/32 table 999" for n in range(ROUTES)]
    batch.append(f"route del {addr}/32 proto 44")
    back = ["route flush table 999"]
    os.kill(parent, signal.SIGSTOP)
    try:
        net.lab.run("ip", "-n", net.lab.ns_name("r1"), "-force", "-batch", "-",
                    input="\n".join(batch) + "\n", check=False, timeout=60)
        net.lab.run("ip", "-n", net.lab.ns_name("r1"), "-batch", "-",
                    input="\n".join(back) + "\n", check=False, timeout=60)
    finally:
        os.kill(parent, signal.SIGCONT)
    net.lab.wait(lambda: status(fault)["kernel_overflows"] > overflows,
                 "it is counted", 15)
    net.lab.wait(lambda: addr in net.lab.run(
        "ip", "-4", "route", "show", "proto", "44", ns="r1"),
        "the route is back", 75)            # by the walk of each minute


def lost(daemon):
    return sum(i["lost"] for i in daemon.show("interfaces"))


def test_frames_are_lost(net, fault):
    """More of them than the packet sockets hold, while nobody reads."""
    before, frontend = lost(fault), fault.processes()["frontend"]
    frame = frames.arp("02:00:00:00:77:77", 1, "10.44.250.1", "10.44.250.2")
    os.kill(frontend, signal.SIGSTOP)
    try:
        for n in range(FRAMES):
            try:
                net.crowd.sock.send(frame)
            except OSError:         # ours has no room either
                time.sleep(0.001)
    finally:
        os.kill(frontend, signal.SIGCONT)
    net.lab.wait(lambda: lost(fault) > before, "it is counted", 20)


def heap(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    raise LabError("VmData")


def test_no_memory_is_left(net, fault):
    """Of the engine and of the frontend: not an octet more than they have."""
    roles = fault.processes()
    refused = status(fault)["memory_refused"]
    with limited([roles["engine"], roles["frontend"]], resource.RLIMIT_DATA,
                 heap):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            start_crowd(net, 1)
            net.daemons["core"].try_ctl("show", "status")
            if fault.processes() != roles or "no memory" in fault.log():
                break
        net.daemons["core"].stop()
        net.daemons["core"].start()
        fault.ctl_raw("reload")
        start_crowd(net, 2)
        assert fault.processes() == roles, fault.log()[-2000:]
    assert "no memory" in fault.log()
    assert status(fault)["memory_refused"] > refused


def remaining(daemon):
    return {r["prefix"]: r["remaining_seconds"]
            for r in daemon.show("leases") if r["state"] == "valid"}


@pytest.mark.parametrize("step", [YEAR, -YEAR], ids=["forth", "back"])
def test_the_clock_is_set_by_a_year(net, fault, step):
    if not os.environ.get("LAB_VIRTUAL"):
        pytest.skip("the clock is the whole machine's: only in the virtual "
                    "machine of the laboratory")
    before = remaining(fault)
    begin = time.monotonic()
    time.clock_settime(time.CLOCK_REALTIME, time.time() + step)
    try:
        time.sleep(10)
        after = remaining(fault)
        passed = time.monotonic() - begin
        for prefix, left in before.items():
            assert left - passed - 5 <= after.get(prefix, 0) <= 5400, prefix
        assert fault.peers_up(1)
        renew(net)
    finally:
        time.clock_settime(time.CLOCK_REALTIME, time.time() - step)
