# SPDX-License-Identifier: ISC
"""The life of six clients as they ship, side by side, each at a station of
its own: a lease, a roam, a renewal at the other router, a new cable, the
lease given back, an address that another has, and a reboot at a router that
has never heard of them."""

import pwd
import shutil
import subprocess

import pytest

from lab import LabTimeout, Network
from lab.clients import CLIENTS
from lab.managers import MANAGERS
from lab.squatter import Squatter
from lab.topology import SERVER4, SERVER6

KINDS = {**CLIENTS, **MANAGERS}
NAMES = list(KINDS)
LEASE = 20                              # s; renewed at ten


def cannot_run(name):
    program = {"NetworkManager": "NetworkManager", "connman": "connmand",
               "systemd-networkd": "/lib/systemd/systemd-networkd",
               "udhcpc": "busybox"}.get(name, name)
    if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"):
        return f"{name} is not installed"
    if name in MANAGERS and not shutil.which("dbus-daemon"):
        return "dbus-daemon is not installed"
    if name == "systemd-networkd":
        try:
            pwd.getpwnam("systemd-network")
        except KeyError:
            return "there is no user systemd-network"
    return None


PARAMS = [pytest.param(name, marks=pytest.mark.skipif(
    bool(cannot_run(name)), reason=cannot_run(name) or "")) for name in NAMES]
each_client = pytest.mark.parametrize("name", PARAMS, ids=NAMES)


class World:
    def __init__(self, lab):
        self.names = [n for n in NAMES if not cannot_run(n)]
        self.net = net = Network(lab, routers=2, stations=len(NAMES))
        self.lab = lab
        self.station = dict(zip(NAMES, net.stations))
        net.up(extra=[f"lease time {LEASE}s", f"lease first {LEASE}s",
                      "dhcp6 stateless", 'search "example.org"'])
        self.move("r1")
        self.squatter = Squatter(lab, net.stations)
        self.clients, self.had, self.wrong = {}, {}, {}
        for name in self.names:
            self.begin(name)

    def begin(self, name):
        acd = {"acd": True} if name in ("udhcpc", "dhclient") else {}
        self.clients[name] = KINDS[name](self.lab, self.station[name], **acd)

    def move(self, router, how="associate", gap=0.0):
        self.net.air.move_all([(self.station[n], router, how)
                               for n in self.names], gap)

    def mac(self, name):
        return self.net.mac(self.station[name])

    def addresses(self, name):
        return self.net.addresses(self.station[name])

    def lease(self, router, name, state="valid"):
        """Of its IPv4 addresses, the one in this state."""
        for lease in self.net.daemons[router].show("leases"):
            if (lease["mac"] == self.mac(name) and lease["state"] == state
                    and "." in lease["prefix"]):
                return lease
        return None

    def pings(self, name, *addrs):
        return all(subprocess.run(
            ["ip", "netns", "exec", self.lab.ns_name(self.station[name]),
             "ping", "-n", "-c1", "-W1", a], stdin=subprocess.DEVNULL,
            capture_output=True, check=False).returncode == 0 for a in addrs)

    def all(self, cond, what, timeout=20, names=None):
        """Wait until it holds for each of them; what is wrong by client."""
        left, wrong = list(self.names if names is None else names), {}

        def nobody_left():
            left[:] = [n for n in left if not cond(n)]
            return not left
        try:
            self.lab.wait(nobody_left, what, timeout, 0.05)
        except LabTimeout:
            wrong = {n: f"{what}: not within {timeout} s: "
                     f"{self.addresses(n)}" for n in left}
        return wrong

    def same(self, name):
        return self.addresses(name) == self.had[name]

    def works(self, name):
        return self.same(name) and self.pings(name, SERVER4, SERVER6)

    def here(self, router):
        known = {s["mac"] for s in self.net.daemons[router].show("stations")
                 if s["here"]}
        return lambda name: self.mac(name) in known


@pytest.fixture(scope="module")
def leased(module_lab):
    world = World(module_lab)
    wrong = world.all(lambda n: all(world.addresses(n))
                      and world.net.default_routes(world.station[n]),
                      "both addresses and routes", 30)
    world.had = {n: world.addresses(n) for n in world.names}
    world.wrong["leased"] = world.all(world.works, "the server answers") \
        | wrong
    return world


@pytest.fixture(scope="module")
def roamed(leased):
    leased.move("r2")
    leased.wrong["roamed"] = leased.all(leased.works, "as before", 5)
    return leased


def remaining(world, router, name):
    lease = world.lease(router, name)
    return lease["remaining_seconds"] if lease else 0


@pytest.fixture(scope="module")
def renewed(roamed):
    first = {n: remaining(roamed, "r2", n) for n in roamed.names}
    least = dict(first)

    def again(name):
        left = remaining(roamed, "r2", name)
        least[name] = min(least[name], left)
        return left > least[name] + 3
    roamed.wrong["renewed"] = roamed.all(again, "renewed at r2", LEASE) \
        | roamed.all(roamed.works, "as before", 3)
    return roamed


@pytest.fixture(scope="module")
def replugged(renewed):
    renewed.move("r1", "replug", 0.2)
    renewed.wrong["replugged"] = renewed.all(renewed.works, "as before", 15)
    return renewed


@pytest.fixture(scope="module")
def released(replugged):
    world = replugged
    for name in world.names:
        world.clients[name].release_lease()

    def given_back(name):
        return all(world.lease(r, name) is None and
                   world.lease(r, name, "released") for r in ("r1", "r2"))
    world.wrong["released"] = world.all(
        given_back, "released everywhere", 5,
        [n for n in world.names if KINDS[n].releases])
    return world


@pytest.fixture(scope="module")
def declined(released):
    """Each is offered what it had, which another has by now."""
    world = released
    for name in world.names:
        if KINDS[name].declines:
            world.squatter.take(world.station[name], world.had[name][0])
        world.clients[name].again()
    decliners = [n for n in world.names if KINDS[n].declines]

    def quarantined(name):
        prefix = world.had[name][0] + "/32"
        return all(any(x["prefix"] == prefix and x["state"] == "declined"
                       for x in world.net.daemons[r].show("leases"))
                   for r in ("r1", "r2"))

    def another(name):
        now = world.addresses(name)
        return all(now) and now[0] != world.had[name][0]
    wrong = world.all(quarantined, "quarantined everywhere", 20, decliners)
    wrong |= world.all(another, "another address", 30, decliners)
    wrong |= world.all(world.works, "as before", 20,
                       set(world.names) - set(decliners))
    world.had = {n: world.addresses(n) for n in world.names}
    world.wrong["declined"] = world.all(world.works, "the server answers", 5) \
        | wrong
    return world


@pytest.fixture(scope="module")
def rebooted(declined):
    """The flood is cut, r2 has lost all it ever heard, and the stations come
    there with what is on their disks."""
    world, net = declined, declined.net
    for name in world.names:
        world.clients[name].crash()
        world.lab.batch(world.station[name], "link set eth0 down\n"
                        "addr flush dev eth0\n")
    net.daemons["core"].stop()
    net.daemons["r2"].stop()
    shutil.rmtree(net.daemons["r2"].conf.state)
    net.daemons["r2"].start()
    for name in world.names:
        world.lab.ip(world.station[name], "link", "set", "eth0", "up")
    world.move("r2")
    for name in world.names:
        world.begin(name)

    def back(name):
        v4, v6 = world.addresses(name)
        if not KINDS[name].remembers:
            return v4 and v6
        return (v4, v6) == world.had[name]
    world.wrong["rebooted"] = world.all(back, "what they had", 25)
    world.wrong["rebooted"] |= world.all(
        lambda n: world.pings(n, "192.168.44.1"), "the gateway answers", 5)
    return world


@pytest.fixture(scope="module")
def healed(rebooted):
    world, net = rebooted, rebooted.net
    world.had = {n: world.addresses(n) for n in world.names}
    net.daemons["core"].start()
    net.wait_peers(30)

    def known(name):
        prefix = world.had[name][0] + "/32"
        return all((world.lease(r, name) or {}).get("prefix") == prefix
                   for r in ("core", "r1", "r2"))
    world.wrong["healed"] = world.all(known, "their leases everywhere") \
        | world.all(world.works, "as before", 5)
    return world


@each_client
def test_first_lease(leased, name):
    assert leased.wrong["leased"].get(name) is None


@each_client
def test_roam_without_loss_of_carrier(roamed, name):
    assert roamed.wrong["roamed"].get(name) is None


@each_client
def test_renewal_at_the_other_router(renewed, name):
    assert renewed.wrong["renewed"].get(name) is None


@each_client
def test_roam_with_loss_of_carrier(replugged, name):
    assert replugged.wrong["replugged"].get(name) is None


@each_client
def test_release(released, name):
    if not KINDS[name].releases:
        pytest.skip(f"{name} says nothing when it is taken down")
    assert released.wrong["released"].get(name) is None


@each_client
def test_decline_of_an_address_that_another_has(declined, name):
    if not KINDS[name].declines:
        pytest.skip(f"{name}'s DECLINE finds no way out: it takes the address "
                    "off first")
    assert declined.wrong["declined"].get(name) is None


@each_client
def test_reboot_at_a_router_that_has_not_heard(rebooted, name):
    assert rebooted.wrong["rebooted"].get(name) is None


@each_client
def test_nothing_changes_when_the_flood_is_whole_again(healed, name):
    assert healed.wrong["healed"].get(name) is None
