# SPDX-License-Identifier: ISC
"""One router alone in the world, killed outright and started again: what it
has acknowledged it still knows, whatever the disk was like.

SROAMD_KILLS=1000 is the long way; by itself it goes on for some seconds."""

import os
import random
import shutil
import signal
import time

import pytest

from lab import Network
from lab.crowd import Crowd
from lab.daemon import Sroamd

KILLS = int(os.environ.get("SROAMD_KILLS", "0"))
SECONDS = 12
POOL = "10.44.0.0/16"


def make_daemon(net, **kw):
    daemon = Sroamd(net.lab, net.conf("r1", peers=[], **kw))
    daemon.conf.prefixes[0] = POOL
    daemon.conf.gateways[0] = "10.44.0.1/32"
    daemon.conf.extra = ["lease time 1d", "lease first 1d",
                         "prefix lifetime 1d preferred 1d"]
    return daemon


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=2, igp=None)
    net.daemons["r1"] = make_daemon(net)
    return net


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def kill(net, daemon):
    """All processes at once; and the kernel forgets, as by a power cut."""
    pids = daemon.processes()
    for pid in pids.values():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    daemon.proc.popen.wait(10)
    net.lab.wait(lambda: all(gone(p) for p in pids.values()), "end", 5)
    for family in ("-4", "-6"):
        for proto in ("44", "45"):
            net.lab.run("ip", family, "route", "flush", "table", "all",
                        "proto", proto, ns="r1", check=False)
    try:
        os.unlink(daemon.socket)
    except FileNotFoundError:
        pass


def leases(daemon):
    return {rec["prefix"].split("/")[0]: rec["mac"]
            for rec in daemon.show("leases") if rec["state"] == "valid"}


def missing(daemon, acked):
    known = leases(daemon)
    return {a: m for a, m in acked.items() if known.get(a) != m}


def test_no_acknowledged_lease_older_than_a_second_is_lost(net):
    daemon, seed = net.daemons["r1"], random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    crowd = Crowd(net.lab, "r1", "10.44.1.0")
    daemon.start()
    crowd.start()
    end, kills, checked = time.monotonic() + SECONDS, 0, 0
    while kills < KILLS if KILLS else time.monotonic() < end:
        time.sleep(chance.uniform(0, 1.6))
        crowd.settle(lambda: kill(net, daemon))
        while chance.random() < 0.3:        # in the middle of a start
            daemon.start(wait=False)
            time.sleep(chance.uniform(0, 0.15))
            crowd.settle(lambda: kill(net, daemon))
        acked = crowd.acked_before(time.monotonic())
        daemon.start()
        lost = missing(daemon, acked)
        assert not lost, f"kill {kills}, seed {seed}: {len(lost)} of " + \
            f"{len(acked)}, {crowd.ages(lost)}\n{daemon.log()[-4000:]}"
        kills, checked = kills + 1, len(acked)
        if crowd.number > 50000:
            crowd.number = 0                # the same stations again
    crowd.close()
    print(f"{kills} kills, {checked} leases")
    assert kills > 3 and checked > 100
    assert "damaged" not in daemon.log()
    daemon.stop()


def station_up(net, station, *args):
    """udhcpc without any memory, asking for an address or not."""
    script = net.lab.path("udhcpc.sh")
    return net.lab.spawn(
        f"{station}-once", ["busybox", "udhcpc", "-f", "-q", "-n", "-i",
                            "eth0", "-s", script, "-t", "8", "-T", "1",
                            *args], ns=station)


def test_stations_get_their_addresses_back_from_the_store_alone(net):
    """The hash's key is another after the restart, and one of them has an
    address that never was the hash's choice."""
    daemon = net.daemons["r1"]
    daemon.start()
    for s in net.stations:
        net.air.move(s, "r1")
    net.client("sta1", "udhcpc")            # writes the script, too
    before = {"sta1": net.wait_addresses("sta1")}
    net.clients["sta1"].proc.stop(signal.SIGKILL)
    wish = "10.44.77.77"
    assert station_up(net, "sta2", "-r", wish).popen.wait(15) == 0
    before["sta2"] = net.wait_addresses("sta2")
    assert before["sta2"][0] == wish
    time.sleep(1)                           # what the promise is about
    kill(net, daemon)
    daemon.conf.extra.append('network key "another one"')
    for s in net.stations:
        net.lab.ip(s, "-4", "addr", "flush", "dev", "eth0")
    daemon.start()
    for s in net.stations:
        net.lab.wait(lambda s=s: daemon.has_station_here(net.mac(s)),
                     f"{s} is here", 10)
        assert station_up(net, s).popen.wait(15) == 0
        assert net.wait_addresses(s) == before[s]
        route = net.lab.run("ip", "-4", "route", "show", "proto", "44",
                            ns="r1")
        assert before[s][0] in route
    # And the engine is where it should be.
    pid = daemon.processes()["engine"]
    assert os.readlink(f"/proc/{pid}/root") == os.path.join(
        daemon.conf.state, "engine")
    assert not any(w in daemon.log() for w in ("damaged", "memory only"))


@pytest.fixture
def again(net):
    """A daemon that has a lease, ended; and the path of its table."""
    daemon = net.daemons["r1"]
    if daemon.proc.running():
        daemon.stop()
    daemon.remove()                         # by a route its lease is known
    shutil.rmtree(daemon.conf.state, ignore_errors=True)
    daemon.start()
    net.air.move("sta1", "r1")
    assert station_up(net, "sta1").popen.wait(15) == 0
    addr = net.wait_addresses("sta1")[0]
    net.air.move("sta1", None)
    assert daemon.stop() == 0
    daemon.remove()
    said = len(daemon.log())
    table = os.path.join(daemon.conf.state, "engine", "table")
    assert os.path.getsize(table) > 0
    yield daemon, table, addr, lambda: [
        line for line in daemon.log()[said:].splitlines()
        if "state /" in line and "entries" not in line]
    net.lab.run("umount", os.path.dirname(table), check=False)
    if daemon.proc.running():
        assert daemon.stop() == 0
    shutil.rmtree(daemon.conf.state, ignore_errors=True)


def serves(net, daemon):
    net.air.move("sta1", "r1")
    assert station_up(net, "sta1").popen.wait(15) == 0
    net.lab.wait(lambda: daemon.has_station_here(net.mac("sta1")), "here", 5)


def foreign(table):
    with open(table, "wb") as f:
        f.write(b"something else\n" * 1000)


def damaged(table):
    with open(table, "r+b") as f:
        f.seek(8192)
        f.write(b"\xff" * 65536)


def cut(table):
    os.truncate(table, 9000)


def unreadable(table):
    os.chown(table, 0, 0)


@pytest.mark.parametrize("spoil,word", [
    (foreign, "not a table of ours"), (damaged, "is damaged"),
    (cut, "kept as table.bad"), (unreadable, "may not be read")],
    ids=lambda x: getattr(x, "__name__", ""))
def test_what_cannot_be_read_is_said_once_and_put_aside(net, again, spoil,
                                                        word):
    daemon, table, addr, said = again
    spoil(table)
    with open(table, "rb") as f:
        octets = f.read()
    daemon.start()
    assert addr not in leases(daemon)
    serves(net, daemon)
    assert len(said()) == 1 and word in said()[0], said()
    with open(table + ".bad", "rb") as f:
        assert f.read() == octets
    # The new one serves.
    time.sleep(1)
    kill(net, daemon)
    daemon.start()
    assert len(said()) == 1 and addr in leases(daemon), said()


def fifo(table):
    os.unlink(table)
    os.mkfifo(table)


def link(table):
    os.unlink(table)
    os.symlink("/etc/passwd", table)


def giant(table):
    os.truncate(table, 0)
    os.truncate(table, 1 << 40)


@pytest.mark.parametrize("spoil", [fifo, link, giant],
                         ids=lambda f: f.__name__)
def test_what_is_no_table_is_not_opened(net, again, spoil):
    daemon, table, addr, said = again
    spoil(table)
    before = os.lstat(table)
    daemon.start()
    assert addr not in leases(daemon)
    serves(net, daemon)
    assert len(said()) == 1 and "not a table of ours" in said()[0], said()
    assert os.path.samestat(os.lstat(table + ".bad"), before)


def test_missing_is_nothing_to_speak_of(net, again):
    daemon, table, addr, said = again
    shutil.rmtree(os.path.dirname(table))
    daemon.start()
    assert addr not in leases(daemon)
    serves(net, daemon)
    assert not said()


def test_a_folder_that_cannot_be_made_is_said(net, again):
    daemon, table, _addr, said = again
    shutil.rmtree(os.path.dirname(table))
    with open(os.path.dirname(table), "wb"):
        pass
    daemon.start()
    serves(net, daemon)
    assert len(said()) == 1 and "memory only" in said()[0], said()
    os.unlink(os.path.dirname(table))


def test_state_none_keeps_nothing(net, again):
    daemon, table, addr, said = again
    state = daemon.conf.state
    daemon.conf.extra.append("state none")
    try:
        daemon.start()
        assert addr not in leases(daemon)
        serves(net, daemon)
        assert not said()
        pid = daemon.processes()["engine"]
        assert os.readlink(f"/proc/{pid}/root") == net.lab.path("empty")
        assert daemon.stop() == 0
        assert os.path.exists(table)
    finally:
        daemon.conf.extra.remove("state none")
        daemon.conf.state = state


def mount(net, table, options):
    """Another file system under the engine's folder, with what was there."""
    folder = os.path.dirname(table)
    shutil.copytree(folder, folder + ".copy")
    net.lab.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)
    if options != "empty":
        shutil.copy(os.path.join(folder + ".copy", "table"), table)
    shutil.rmtree(folder + ".copy")
    st = os.stat("/")
    assert os.stat(folder).st_dev != st.st_dev


def test_read_only_is_read_and_said(net, again):
    daemon, table, addr, said = again
    folder = os.path.dirname(table)
    owner = os.stat(folder)
    mount(net, table, "")
    os.chown(folder, owner.st_uid, owner.st_gid)
    os.chown(table, owner.st_uid, owner.st_gid)
    os.chmod(folder, 0o700)
    net.lab.run("mount", "-o", "remount,ro", folder)
    daemon.start()
    assert addr in leases(daemon)
    serves(net, daemon)
    assert len(said()) == 1 and "Read-only" in said()[0], said()


def test_disk_full_is_said_once_and_passes(net, again):
    daemon, table, addr, said = again
    folder = os.path.dirname(table)
    owner = os.stat(folder)
    mount(net, table, "")
    os.chown(folder, owner.st_uid, owner.st_gid)
    os.chown(table, owner.st_uid, owner.st_gid)
    hog = os.path.join(folder, "hog")
    with open(hog, "wb", buffering=0) as f:
        try:
            while f.write(bytes(4096)):
                pass
        except OSError:
            pass
    daemon.start()
    assert addr in leases(daemon)
    crowd = Crowd(net.lab, "r1", "10.44.90.0", every=0.002)
    crowd.start()
    net.lab.wait(lambda: any("No space left" in s for s in said()),
                 "a line about the disk", 10)
    crowd.close()
    count = len(crowd.acked)
    net.lab.run("mount", "-o", "remount,size=16m", folder)
    net.lab.wait(lambda: any("written again" in s for s in said()),
                 "writing goes on", 10)
    assert len(said()) == 2, said()
    acked = crowd.acked_before(time.monotonic())
    assert len(acked) == count
    time.sleep(1)
    kill(net, daemon)
    daemon.start()
    assert not missing(daemon, acked)
