# SPDX-License-Identifier: ISC
"""Station links.

Each station's cable ends in a hub of its own: a bridge that does not learn,
in the namespace "air", with one port to the station and one to every router.
Exactly one router port forwards.  So a station keeps its one interface, and
moves in two ways:

  associate   as in Wi-Fi: the station sees no loss of carrier, the old
              router sees nothing at all, the new one gets the XID frame
  replug      as a cable: the station and the old router lose carrier

Router ports are isolated: no frame passes between routers.  Those that do not
forward are "listening": the kernel takes a port out of "disabled" by itself
when its carrier comes, and out of "blocking" whenever any port of the bridge
changes.  Without a forward delay of 0 a timer would do it to "listening", too.
"""

import time

from . import netns
from .netns import BR_LISTENING, BR_FORWARDING, LinkSwitch


class Move:
    """One roam: from, to, and when there was no link (ns, wall clock)."""

    def __init__(self, station, old, new, how, off, on):
        self.station, self.old, self.new = station, old, new
        self.how, self.off, self.on = how, off, on

    @property
    def gap_ms(self):
        return (self.on - self.off) / 1e6


class Air:
    def __init__(self, lab, routers, stations, bridge="roam0"):
        self.lab = lab
        self.at = {s: None for s in stations}
        self.dark = set()       # ports that are down, not only blocking
        ports = [(s, r) for s in stations for r in routers]
        self.mac = {s: f"02:00:00:00:00:{i + 1:02x}"
                    for i, s in enumerate(stations)}
        lab.add_ns("air")
        lab.sysctl("air", net__ipv6__conf__all__disable_ipv6=1,
                   net__ipv6__conf__default__disable_ipv6=1)
        # Of each namespace one process does it all.
        lab.veths([("air", s, s, "eth0", None, self.mac[s])
                   for s in stations]
                  + [("air", self.port(s, r), r, "p-" + s, None, None)
                     for s, r in ports])
        lab.batch("air", "".join(
            f"link add hub-{s} type bridge mcast_snooping 0 "
            f"forward_delay 0\nlink set {s} master hub-{s}\n"
            f"link set {s} type bridge_slave learning off\n"
            f"link set hub-{s} up\nlink set {s} up\n" for s in stations)
            + "".join(
                f"link set {self.port(s, r)} master hub-{s}\n"
                f"link set {self.port(s, r)} type bridge_slave learning off "
                f"isolated on\nlink set {self.port(s, r)} up\n"
                for s, r in ports))
        for r in routers:
            lab.batch(r, "".join(f"link set p-{s} master {bridge}\n"
                                 f"link set p-{s} up\n" for s in stations))
        self.switch = LinkSwitch(lab.ns_name("air"))
        lab.closers.append(self.switch.close)
        for key in ports:
            lab.wait(lambda key=key: self._block(self.port(*key)),
                     f"air: port {key}", 5)
        for s in stations:
            lab.ip(s, "link", "set", "eth0", "up")
        self.raw = {k: netns.PacketSocket(lab.ns_name("air"), self.port(*k))
                    for k in ports}
        for sock in self.raw.values():
            lab.closers.append(sock.close)

    @staticmethod
    def port(station, router):
        return f"{station}-{router}"

    def _block(self, port):
        """The kernel refuses until it has noticed the port's carrier."""
        try:
            self.switch.apply(LinkSwitch.state(port, BR_LISTENING))
            return True
        except OSError:
            return False

    def move(self, station, router, how="associate", gap=0.0):
        """Take the station to a router (None: out of reach), without a link
        for `gap` seconds on the way."""
        return self.move_all([(station, router, how)], gap)[0]

    def move_all(self, moves, gap=0.0):
        """Several at once: [(station, router, how)]."""
        off, on = [], []
        woken = [(s, r) for s, r, how in moves
                 if how == "associate" and (s, r) in self.dark]
        for station, router, how in moves:
            self._changes(station, router, how, off, on)
        t_off = time.time_ns()
        self.switch.apply(*off)
        if gap:
            time.sleep(gap)
        self.switch.apply(*on)
        for station, router in woken:       # a radio that was off
            self.lab.wait(lambda s=station, r=router: self._forwards(s, r),
                          f"{router}: port of {station}", 5, 0.001)
        t_on = time.time_ns()
        done = []
        for station, router, how in moves:
            done.append(Move(station, self.at[station], router, how, t_off,
                             t_on))
            self.at[station] = router
            if router is not None and how == "associate":
                self.raw[station, router].send(netns.xid(self.mac[station]))
        return done

    def _forwards(self, station, router):
        """Whether the router has noticed the carrier of its port."""
        link = self.lab.ip_json(router, "link", "show", "p-" + station)[0]
        data = link.get("linkinfo", {}).get("info_slave_data", {})
        return data.get("state") == "forwarding"

    def _changes(self, station, router, how, off, on):
        old = self.at[station]
        if how == "replug":
            off.append(LinkSwitch.up(station, False))
        if old is not None and how == "associate":
            off.append(LinkSwitch.state(self.port(station, old),
                                        BR_LISTENING))
        elif old is not None:
            off.append(LinkSwitch.up(self.port(station, old), False))
            self.dark.add((station, old))
        if router is None:
            return
        port = self.port(station, router)
        # One that comes up forwards by itself.
        on.append(LinkSwitch.up(port, True) if (station, router) in self.dark
                  else LinkSwitch.state(port, BR_FORWARDING))
        self.dark.discard((station, router))
        if how == "replug":
            on.append(LinkSwitch.up(station, True))
