# SPDX-License-Identifier: ISC
"""A router with many stations, under traffic, and what ends its daemon and
starts it again."""

import os
import shutil
import signal
import time

from .daemon import GATEWAY6, SROAMD, Sroamd
from .topology import SERVER4, SERVER6, Network
from .traffic import Traffic


def network(lab, count=20, **kw):
    """`count` stations, all at r1, whose daemon has a file of its own to run;
    packets to and from the server, core and r2."""
    net = Network(lab, routers=2, stations=count)
    net.wait_igp()
    net.start("core", "r2", **kw)
    net.r1 = net.daemons["r1"] = Sroamd(lab, net.conf("r1", **kw))
    net.r1.program = lab.path("sroamd")
    shutil.copy(SROAMD, net.r1.program)
    net.r1.start()
    net.wait_peers()
    for s in net.stations:
        net.air.move(s, "r1")
        net.client(s, "udhcpc")
    net.addrs_sta = {s: net.wait_addresses(s) for s in net.stations}
    net.traffic = Traffic(lab, net.addrs_sta, {
        "server": (SERVER4, SERVER6), "core": net.addrs["core"],
        "r2": net.addrs["r2"]})
    net.traffic.wait_flowing()
    # Their link-local addresses are learned when they solicit the gateway by
    # them, which each does at some time.
    for s in net.stations:
        lab.ping(s, f"{GATEWAY6}%{net.station_if}")
    lab.wait(lambda: gateways(net) == count, "gateways", 60, 0.2)
    return net


def gateways(net):
    """How many /64 at r1 are reached by a station's link-local address."""
    return sum(r.get("gateway", "").startswith("fe80::") for r in
               net.lab.ip_json("r1", "-6", "route", "show", "table", "44",
                               "proto", "44"))


def wait_over(net):
    """The start is over; and what is not confirmed by then is given up 2 s
    later."""
    net.lab.wait(lambda: net.r1.show("status")["settled"] and
                 net.r1.peers_up(1), "the start is over", 30)
    time.sleep(3)


def stop(net):
    assert net.r1.stop() == 0
    net.r1.start()


def stay_away(net):
    assert net.r1.stop() == 0
    time.sleep(10)
    net.r1.start()


def upgrade(net):
    """As a package manager does it, and then the service manager."""
    new = net.r1.program + ".new"
    shutil.copy(SROAMD, new)
    with open(new, "ab") as f:
        f.write(b"another version\n")
    os.rename(new, net.r1.program)
    stop(net)


def kill_engine(net):
    kill(net, "engine")


def kill_frontend(net):
    kill(net, "frontend")


def kill_parent(net):
    kill(net, "parent")


def kill(net, role):
    os.kill(net.r1.processes()[role], signal.SIGKILL)
    assert net.r1.proc.popen.wait(10) != 0
    net.r1.start()


def reload(net):
    net.r1.reload()


EVENTS = [stop, kill_engine, kill_frontend, kill_parent, upgrade, reload,
          stay_away]
