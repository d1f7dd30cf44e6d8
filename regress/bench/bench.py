# SPDX-License-Identifier: ISC
"""What sroamd costs, in figures; nothing is asserted.

    bench.py [-k] [part ...]        parts: dora crowd flood route memory store
                                    restart

Everything that is compared is measured in one run, on one machine.
"""

import argparse
import json
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab import Conf, Interrupted, Lab, LabError, Sroamd    # noqa: E402
from lab.daemon import BUILD, SROAMD                        # noqa: E402
from lab.floodnet import Proxy                              # noqa: E402
from bench_restart import bench_restart                     # noqa: E402
from table import heading, number, row                      # noqa: E402

BIN = os.path.join(BUILD, "regress", "bench")
NET, NET_LEN, SERVER = "10.64.0.0", 16, "10.64.0.1"
NET6 = "2001:db8:64::/48"
IN_NETWORK = "10.64.0.0/15"     # all the leases that are flooded
STATIONS, WINDOW = 20000, 64
PATIENT = 20            # s that a slow server may take
LEASES, JOINS = 100000, 200
TICKS = os.sysconf("SC_CLK_TCK")


# The daemon

class Router(Sroamd):
    """Without -v: what it logs is not what is measured."""

    def start(self, wait=True):
        self.write_conf()
        self.proc = self.lab.spawn(
            f"{self.conf.name}-sroamd",
            [SROAMD, "-d", "-f", self.path, "-s", self.socket], ns=self.ns)
        if wait:
            self.wait_up()
        return self

    def status(self):
        status = self.show("status")
        return status[0] if isinstance(status, list) else status

    def wait_settled(self):
        self.lab.wait(lambda: self.status()["settled"],
                      f"{self.conf.name}: settled", 30, 0.05)

    def wait_data(self, count):
        self.lab.wait(lambda: self.status()["data"] >= count,
                      f"{self.conf.name}: {count} data", 30, 0.05)

    def memory(self):
        """Octets by process: resident, and its share of what is shared."""
        out = {}
        for rec in self.show("memory"):
            with open(f"/proc/{rec['pid']}/smaps_rollup",
                      encoding="ascii") as f:
                words = dict(line.split()[:2] for line in f if "kB" in line)
            out[rec["process"]] = dict(rec, pss=int(words["Pss:"]) * 1024)
        return out

    def cpu(self):
        """Seconds of processor time by process, so far."""
        out = {}
        for role, pid in self.processes().items():
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                stat = f.read().rsplit(")", 1)[1].split()
            out[role] = (int(stat[11]) + int(stat[12])) / TICKS
        return out


def router(lab, name, ns, listen=None, **kw):
    """A router of the bench's network; listen: addresses with ports."""
    conf = Conf(lab, name, **kw)
    conf.listen = None
    conf.extra += [f"listen on {x} no tls" for x in listen or ()]
    conf.prefixes = [f"{NET}/{NET_LEN}", NET6]
    conf.gateways = [SERVER + "/32", "fe80::44/64"]
    return Router(lab, conf, ns)


NETWORKS, NETWORK = 32, "bench"


def in_network(conf):
    """What it has is in one of 32 networks: the others have no stations."""
    for i in range(NETWORKS - 1):
        conf.extra.append(f"network n{i} {{ prefix 172.{16 + i // 8}."
                          f"{i % 8 * 32}.0/19 }}")
    limits = [x for x in conf.extra if x.startswith("limit leases")]
    lines = [f"prefix {p}" for p in conf.prefixes or [IN_NETWORK]] + limits
    conf.extra = [x for x in conf.extra if x not in limits]
    if conf.iface:
        lines += [f"interface {conf.iface} {{", f"stations {conf.stations}",
                  f"lladdr {conf.lladdr}"]
        lines += [f"address {a}" for a in conf.gateways] + ["}"]
    conf.extra.append("\n".join([f"network {NETWORK} {{"] + lines + ["}"]))
    conf.prefixes, conf.iface = [], None


def forward(lab, ns):
    lab.sysctl(ns, net__ipv4__ip_forward=1,
               net__ipv6__conf__all__forwarding=1)


# DHCP

OURS = "sroamd, IPv4", "32 networks, IPv4", "sroamd, IPv4+IPv6"
TAKEN = ("ifindex", "dhcp", "dhcp6", "solicits", "arps", "neighbours", "sent")
CROWDS = 1000, 5000
DORA_WIDTHS = (18, 9, 8, 8, 8, 8, 7, 7, 7)


class Dora:
    """One server after another on one link."""

    def __init__(self, lab):
        self.lab = lab
        lab.add_ns("srv", "load", "other")
        lab.veth("srv", "up0", "other", "up0")
        for ns, addr in ("srv", "10.70.0.1/30"), ("other", "10.70.0.2/30"):
            lab.ip(ns, "addr", "add", addr, "dev", "up0")
            lab.ip(ns, "link", "set", "up0", "up")
            forward(lab, ns)
        self.links, self.rates = 0, {}

    def link(self, addr=None):
        """A new one each time: nothing is left of the server before."""
        if self.links:
            self.lab.ip("srv", "link", "del", "s0")
        self.links += 1
        self.lab.veth("srv", "s0", "load", "l0")
        if addr:
            self.lab.ip("srv", "addr", "add", addr, "dev", "s0")
        self.lab.ip("load", "link", "set", "l0", "up")
        self.lab.ip("srv", "link", "set", "s0", "up")

    def load(self, *args, stations=STATIONS, window=WINDOW):
        return json.loads(self.lab.run(
            os.path.join(BIN, "dora"), "-n", str(stations), "-w", str(window),
            "-t", str(PATIENT), *args, "l0", ns="load", timeout=PATIENT + 30))

    def ready(self, *args):
        """Until the server answers one station, which is not counted."""
        def answers():
            out = self.lab.run(os.path.join(BIN, "dora"), "-f", "900000", "-n",
                               "1", "-t", "1", *args, "l0", ns="load")
            return json.loads(out)["leases"] == 1
        self.lab.wait(answers, "an answer", 20)

    def null(self):
        self.link()
        proc = self.lab.spawn("null", [os.path.join(BIN, "null"), "s0"],
                              ns="srv")
        self.ready()
        result = self.load()
        proc.stop()
        return result

    def kea(self):
        self.link(f"{SERVER}/{NET_LEN}")
        conf = {"Dhcp4": {
            "interfaces-config": {"interfaces": ["s0"],
                                  "dhcp-socket-type": "raw"},
            "lease-database": {"type": "memfile", "persist": False},
            "valid-lifetime": 1800, "authoritative": True,
            "subnet4": [{"id": 1, "subnet": f"{NET}/{NET_LEN}",
                         "pools": [{"pool": "10.64.1.0-10.64.255.254"}],
                         "option-data": [{"name": "routers",
                                          "data": SERVER}]}],
            "loggers": [{"name": "kea-dhcp4", "severity": "ERROR",
                         "output_options": [{"output": "stdout"}]}]}}
        path = self.lab.write("kea.conf", json.dumps(conf))
        proc = self.lab.spawn(
            "kea", [find("kea-dhcp4"), "-c", path], ns="srv",
            env={"KEA_PIDFILE_DIR": self.lab.dir, "KEA_LOCKFILE_DIR": "none",
                 "KEA_LOGGER_DESTINATION": "stdout"})
        self.ready()
        result = self.load()
        proc.stop()
        return result

    def dnsmasq(self):
        """It broadcasts (-b): each unicast needs a neighbour entry, and the
        kernel by default takes no more than 1024."""
        self.link(f"{SERVER}/{NET_LEN}")
        proc = self.lab.spawn(
            "dnsmasq", [find("dnsmasq"), "--conf-file=/dev/null", "-k",
                        "--port=0", "--interface=s0", "--bind-interfaces",
                        "--dhcp-range=10.64.1.0,10.64.255.254,255.255.0.0,30m",
                        "--dhcp-authoritative", "--no-ping", "--quiet-dhcp",
                        "--dhcp-lease-max=100000", "--leasefile-ro",
                        "--pid-file=", "--user=root"], ns="srv")
        self.ready("-b")
        result = self.load("-b")
        proc.stop()
        return result

    def pair(self, name, ipv6, networks=False):
        """With a flooding peer in another namespace, which comes first."""
        self.link()
        peer = router(self.lab, name + "p", "other",
                      listen=["10.70.0.2 port 4444"], iface=None, direct=False,
                      addrs=["10.70.0.2"]).start()
        ours = router(self.lab, name, "srv", peers=["10.70.0.2"],
                      addrs=["10.70.0.1"], iface="s0", stations="packets",
                      extra=["limit leases 1000000"])
        if not ipv6:
            ours.conf.prefixes = ours.conf.prefixes[:1]
            ours.conf.gateways = ours.conf.gateways[:1]
        if networks:
            in_network(ours.conf)
        ours.start().wait_settled()
        ours.lab.wait(lambda: ours.peers_up(1), "the flooding peer", 10)
        self.ready()
        return peer, ours

    def sroamd(self, name, ipv6, networks=False):
        peer, ours = self.pair(name, ipv6, networks)
        extra = ["-6"] if ipv6 else []
        idle, cpu = ours.memory(), ours.cpu()
        result = self.load(*extra)
        result["cpu"] = {k: v - cpu[k] for k, v in ours.cpu().items()}
        try:
            peer.wait_data(result["leases"] * (3 if ipv6 else 2))
            result["flooded"] = True
        except LabError:
            result["flooded"] = False
        result["memory"] = idle, ours.memory()
        ours.stop()
        peer.stop()
        return result


    def crowd(self, name, stations):
        """All in one instant, and as soon as all have been served once more,
        with the limits that are default."""
        peer, ours = self.pair(name, False)
        results = []
        for limits in ours.conf.extra, []:
            ours.conf.extra = limits
            ours.reload()
            before = refused(ours)
            result = self.load("-r", str(PATIENT), stations=stations,
                               window=stations)
            result["refused"] = {k: v - before[k] for k, v in
                                 refused(ours).items() if v != before[k]}
            results.append(result)
        ours.stop()
        peer.stop()
        return results


def refused(daemon):
    """All that the first interface counts, but for what it took and sent."""
    return {k: v for k, v in daemon.show("interfaces")[0].items()
            if k not in TAKEN and isinstance(v, int)
            and not isinstance(v, bool)}


def find(program):
    return shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")


def dora_row(name, r):
    marks = r["marks"]
    row(name, number(r["rate"]), *(number(marks.get(m)) for m in
                                   ("1000", "5000", "10000", "20000")),
        number(r["p50_us"] / 1e3, 1), number(r["p99_us"] / 1e3, 1),
        number(r["max_us"] / 1e3, 1), widths=DORA_WIDTHS)
    notes = [f"{r[k]} {k}" for k in ("naks", "timeouts", "failed", "strange",
                                     "duplicates") if r[k]]
    if not r["complete"]:
        notes.insert(0, f"stopped after {PATIENT} s at {r['leases']} leases")
    if r.get("flooded") is False:
        notes.append("the peer has not got all of it")
    if "cpu" in r:
        notes.append("us of processor time per lease: " + ", ".join(
            f"{k} {v / max(r['leases'], 1) * 1e6:.0f}"
            for k, v in r["cpu"].items()))
    for note in notes:
        print(f"    {note}", flush=True)


def bench_dora(lab, figures):
    heading(f"DHCP: {STATIONS:,} stations, each DISCOVER to ACK, "
            f"{WINDOW} at a time",
            "null answers from the MAC address alone: the limit of generator "
            "and kernel.  sroamd has a flooding peer, and claims, floods and "
            "routes each station; with IPv6, each asks for a prefix, too.  "
            "Leases a second over all, and of the last "
            "1,000 when there were so many; median, 99 % and maximum of the "
            "ms from a station's first DISCOVER to its ACK.")
    row("server", "leases/s", "1k", "5k", "10k", "20k", "median", "99 %",
        "max", widths=DORA_WIDTHS)
    dora = Dora(lab)
    runs = {"null": []}

    def run(name, what, *args, times=1):
        """Each time beside the null responder, as the machine is then."""
        runs[name] = []
        for i in range(times):
            runs["null"].append(dora.null())
            runs[name].append(dora_once(name, what, i, *args))
        show(name)
        return runs[name][-1]

    def show(name):
        dora_row(name, typical(runs[name]))
        rates = [r["rate"] for r in runs[name]]
        if len(rates) > 1:
            print(f"    median of {len(rates)} runs, {min(rates):,.0f} to "
                  f"{max(rates):,.0f}", flush=True)

    for name, program, what in (("kea", "kea-dhcp4", dora.kea),
                                ("dnsmasq", "dnsmasq", dora.dnsmasq)):
        if find(program):
            run(name, what)
        else:
            print(f"{name}: SKIP: not installed", flush=True)
    run(OURS[0], dora.sroamd, False, times=3)
    run(OURS[1], dora.sroamd, False, True, times=3)
    figures["dora"] = run(OURS[2], dora.sroamd, True, times=3)
    show("null")
    print()
    for name in OURS:
        print(f"{name}: " + ", ".join(
            f"{typical(runs[name])['rate'] / typical(runs[x])['rate']:.2f} "
            f"of {x}" if x in runs else f"{x}: SKIP"
            for x in ("null", "kea")), flush=True)


def dora_once(name, what, i, *args):
    return what(f"s{len(name)}{i}", *args) if args else what()


def typical(results):
    """The one of the median rate."""
    return sorted(results, key=lambda r: r["rate"])[len(results) // 2]


# A crowd

def bench_crowd(lab, _figures):
    heading("Crowd: all stations ask in one instant, and again each second",
            "new: MAC addresses that were never seen; again: the same, which "
            "have a lease, with the default limits.  Seconds until the last "
            "has its lease; ms until half of them had; how many messages "
            "were repeated.  Behind: what the daemon dropped.")
    widths = (18, 9, 9, 9, 10)
    row("", "leases", "seconds", "median", "repeated", widths=widths)
    dora = Dora(lab)
    for stations in CROWDS:
        for i in range(3):
            results = dora.crowd(f"c{stations}{i}", stations)
            for what, r in zip(("new", "again"), results):
                row(f"{stations:,} {what}", number(r["leases"]),
                    number(r["seconds"], 2), number(r["p50_us"] / 1e3),
                    number(r["timeouts"]), widths=widths)
                for name, count in r["refused"].items():
                    print(f"    {count} {name}", flush=True)


# The flood

def ports(count):
    return [4500 + i for i in range(count)]


def bench_flood(lab, figures):
    heading(f"Flood: {LEASES:,} leases through two routers",
            "They are in a network namespace each, with a veth between them. "
            "null is two programs that copy octets.  Updates a second, from "
            "the first sent to the last received: new leases, the first and "
            "the last tenth of these; changed, all of them with the next "
            "seqno; dump, all to a peer that connects.  single: us of one "
            "update alone, median and 99 %.")
    widths = (12, 11, 11, 11, 12, 12, 7, 7)
    row("", "new", "first", "last", "changed", "dump", "single", "99 %",
        widths=widths)
    flood_links(lab)
    a, b, c, d = ports(4)

    def run(name, first, second, *args):
        out = json.loads(lab.run(
            os.path.join(BIN, "flood"), *args, "relay", str(LEASES),
            "127.0.0.1", str(first), FLOOD[1], str(second), ns="flood",
            timeout=100))
        row(name, number(out["new"]["rate"]),
            number(out["new"]["first_tenth"]),
            number(out["new"]["last_tenth"]),
            number(out["changed"]["rate"]), number(out["dump"]["rate"]),
            number(out["single_p50_us"]), number(out["single_p99_us"]),
            widths=widths)
        print(f"    {out['new']['seconds']:.3f} s new, "
              f"{out['changed']['seconds']:.3f} s changed, "
              f"{out['dump']['seconds']:.3f} s dump", flush=True)
        return out

    for ns, port, args in ("flood", a, []), ("flood2", b, [FLOOD[0], str(a)]):
        lab.spawn(f"tcpnull{port}", [os.path.join(BIN, "tcpnull"), str(port)]
                  + args, ns=ns)
        wait_port(lab, ns, port)
    run("null", a, b)

    routers = flood_pair(lab, c, d)
    idle = routers[1].memory()
    run("sroamd", c, d)
    figures["flood"] = idle, routers[1].memory()
    bench_return(lab, c)
    for r in routers:
        r.stop()
    heading(f"Flood: as many leases in one of {NETWORKS} networks", "As above.")
    routers = flood_pair(lab, c, d, networks=True)
    run("32 networks", c, d, "-N", NETWORK)
    for r in routers:
        r.stop()


FLOOD = "10.71.0.1", "10.71.0.2", "10.71.0.3"


def flood_links(lab):
    """A daemon has its network namespace to itself."""
    lab.add_ns("flood", "flood2", "flood3")
    for i in (1, 2):
        ns, link = f"flood{i + 1}", f"f{i + 1}"
        lab.veth("flood", link, ns, "f1")
        for a, b, on in ((0, i, ("flood", link)), (i, 0, (ns, "f1"))):
            lab.batch(on[0], f"link set {on[1]} up\n"
                      f"addr add {FLOOD[a]} peer {FLOOD[b]} dev {on[1]}\n")


def flood_pair(lab, first, second, networks=False):
    """Two that only flood, the second connected to the first."""
    tag = "n" if networks else "f"      # of what is kept on disk
    routers = [flooder(lab, tag + "1", "flood", FLOOD[0], first),
               flooder(lab, tag + "2", "flood2", FLOOD[1], second, first)]
    if networks:
        for r in routers:
            in_network(r.conf)
    for r in routers:
        r.start()
    lab.wait(lambda: routers[1].peers_up(1), "the session", 10)
    for r in routers:
        r.wait_settled()
    return routers


def flooder(lab, name, ns, addr, port, peer=None):
    r = router(lab, name, ns, iface=None, direct=False,
               listen=[f"{a} port {port}" for a in ("127.0.0.1", addr)])
    if peer:
        r.conf.extra.append(f"peer {FLOOD[0]} port {peer} no tls")
    r.conf.prefixes = []
    return r


def bench_return(lab, port):
    """The router at the port has all leases.  A third one comes, and loses
    its session twice."""
    heading(f"Return: a session to a router with {LEASES:,} leases",
            "Octets of the session in both directions, and seconds from its "
            "handshake until no more are sent: of a newcomer; of one that comes "
            "back to the same table; and to one in which 1 % of the leases "
            "were changed meanwhile.")
    widths = (22, 12, 12, 9)
    row("", "octets", "updates", "s", widths=widths)
    to, own = ports(6)[4:]
    proxy = Proxy(lab, "flood", to, "127.0.0.1", port, 0)
    third = flooder(lab, "f3", "flood3", FLOOD[2], own, to).start()

    def show(name):
        lab.wait(lambda: third.peers_up(1), "the session", 60)
        begin, before, ended = time.monotonic(), -1, time.monotonic()
        while time.monotonic() - ended < 1:     # but for heartbeats
            time.sleep(0.02)
            if proxy.octets > before + 8:
                before, ended = proxy.octets, time.monotonic()
        third.wait_data(LEASES)         # it may read more slowly than that
        row(name, number(before), number(sum(
            p["updates_in"] for p in third.show("peers")
            if p["state"] == "up")), number(ended - begin, 2), widths=widths)

    show("newcomer")
    for name, changed in ("the same table", 0), ("1 % changed", LEASES // 100):
        proxy.cut()
        lab.wait(lambda: not third.peers_up(1), "the end", 10)
        if changed:
            lab.run(os.path.join(BIN, "flood"), "push", str(changed),
                    "127.0.0.1", str(port), "9", ns="flood")
        proxy.heal()
        show(name)
    third.stop()
    proxy.close()


def wait_port(lab, ns, port):
    """Until somebody listens there, as /proc says: a trial connection would
    be taken for the first peer."""
    want = f":{port:04X} 00000000:0000 0A"

    def listens():
        return want in lab.run("cat", "/proc/net/tcp", ns=ns)
    lab.wait(listens, f"port {port}")


# From event to route

def bench_route(lab, figures):
    heading(f"Route: {JOINS} stations with a known lease join one by one",
            "us from the bridge's learning of the MAC address (RTM_NEWNEIGH) "
            "until the kernel has the route (RTM_NEWROUTE), both heard by one "
            "process.")
    widths = (44, 10, 10, 10)
    row("", "median", "99 %", "max", widths=widths)
    route_links(lab)
    for networks in False, True:
        out = joins(lab, networks)
        what = f", {NETWORKS} networks" if networks else ""
        for key, text in (("local", "local route"),
                          ("remote", "direct route at another router")):
            times = out[key]
            row(text + what, *(number(times[k]) for k in (
                "p50_us", "p99_us", "max_us")), widths=widths)
        if out["lost"]:
            print(f"    {out['lost']} stations had not all routes within 1 s")


def route_links(lab):
    lab.add_ns("r1", "r2", "sta")
    lab.veth("r1", "up0", "r2", "up0")
    lab.veth("r1", "port0", "sta", "sta0")
    lab.batch("r1", "addr add 10.70.1.1/30 dev up0\nlink set up0 up\n"
              "link add roam0 type bridge mcast_snooping 0\n"
              "link set port0 master roam0\nlink set port0 up\n"
              "link set roam0 up\n")
    lab.batch("r2", "addr add 10.70.1.2/30 dev up0\nlink set up0 up\n")
    lab.batch("sta", "link set sta0 up\n")
    for ns in "r1", "r2":
        forward(lab, ns)


def joins(lab, networks):
    """With tables, on disk and in the bridge, in which nobody is."""
    tag = "n" if networks else ""
    r1 = router(lab, "r1" + tag, "r1", listen=["10.70.1.1 port 4444"],
                addrs=["10.70.1.1"])
    r2 = router(lab, "r2" + tag, "r2", addrs=["10.70.1.2"],
                peers=["10.70.1.1"], iface=None)
    args = []
    lab.ip("r1", "link", "set", "port0", "nomaster")
    lab.ip("r1", "link", "set", "port0", "master", "roam0")
    if networks:
        args = ["-N", NETWORK]
        for r in r1, r2:
            in_network(r.conf)
    r1.start()
    r2.start()
    lab.wait(lambda: r2.peers_up(1), "the session", 10)
    r1.wait_settled()
    r2.wait_settled()
    lab.run(os.path.join(BIN, "flood"), *args, "push", str(JOINS),
            "10.70.1.1", "4444", ns="r1")
    r2.wait_data(JOINS)
    out = json.loads(lab.run(
        os.path.join(BIN, "join"), str(JOINS), lab.ns_name("sta"), "sta0",
        lab.ns_name("r1"), lab.ns_name("r2"), timeout=JOINS + 30))
    r2.stop()
    r1.stop()
    return out


# Memory

def bench_memory(lab, figures):
    heading("Memory: kB resident of the three processes (sroamctl show "
            "memory)",
            "share: shared pages counted by their part (Pss).  idle: just "
            "started, with one peer.")
    widths = (36, 8, 8, 9, 9, 9)
    row("", "parent", "engine", "frontend", "sum", "share", widths=widths)

    def line(name, mem):
        sizes = [mem[p]["rss_octets"]
                 for p in ("parent", "engine", "frontend")]
        row(name, *(number(x / 1024) for x in sizes),
            number(sum(sizes) / 1024),
            number(sum(m["pss"] for m in mem.values()) / 1024),
            widths=widths)
        return sum(sizes)

    def pair(title, what, count, idle, full):
        before = line(title + ", idle", idle)
        after = line(title + ", " + what, full)
        own = full["engine"]
        print(f"    {(after - before) / count:,.0f} octets each; the "
              f"engine's table: {own['object_octets'] / count:,.0f}",
              flush=True)

    if "flood" not in figures:
        figures["flood"] = fill(lab)
    if "dora" not in figures:
        figures["dora"] = Dora(lab).sroamd("m1", True)
    pair("flooding server", f"{LEASES:,} leases", LEASES, *figures["flood"])
    count = figures["dora"]["leases"]
    pair("router", f"{count:,} stations here", count,
         *figures["dora"]["memory"])
    print("    a station here: two leases, a location, two routes, "
          "neighbour entries, timers")


def fill(lab):
    """As the part flood leaves it, where that is not run."""
    flood_links(lab)
    routers = flood_pair(lab, *ports(2))
    idle = routers[1].memory()
    lab.run(os.path.join(BIN, "flood"), "push", str(LEASES), "127.0.0.1",
            str(ports(1)[0]), ns="flood", timeout=60)
    routers[1].wait_data(LEASES)
    full = routers[1].memory()
    for r in routers:
        r.stop()
    return idle, full


# State on disk

def bench_store(lab, _figures):
    heading(f"State on disk: {LEASES:,} leases in batches of 4,096",
            "made: what the event loop does for a batch; write: what its "
            "thread does, with two flushes of the disk.  change: batches of "
            "leases all over the table.")
    for line in lab.run(os.path.join(BIN, "store"), os.path.join(BUILD),
                        str(LEASES), timeout=300).splitlines():
        print("  " + line, flush=True)


PARTS = {"store": bench_store, "flood": bench_flood, "route": bench_route,
         "dora": bench_dora, "crowd": bench_crowd, "memory": bench_memory,
         "restart": bench_restart}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-k", metavar="dir",
                        help="keep the logs of a failed run there")
    parser.add_argument("parts", nargs="*", metavar="part",
                        help="of " + " ".join(PARTS) + "; default all")
    args = parser.parse_args()
    for part in args.parts:
        if part not in PARTS:
            parser.error(f"{part}: not one of {' '.join(PARTS)}")
    Lab.catch_signals()
    try:
        return bench(args)
    except Interrupted as sig:
        print("interrupted: everything taken back", file=sys.stderr)
        return 128 + sig.args[0]


def bench(args):
    start, status, figures = time.monotonic(), 0, {}
    print(f"sroamd bench: {os.cpu_count()} processors, Linux "
          f"{os.uname().release}, load {os.getloadavg()[0]:.2f}", flush=True)
    for name, part in PARTS.items():
        if args.parts and name not in args.parts:
            continue
        with Lab("b") as lab:
            try:
                part(lab, figures)
            except (LabError, KeyError) as e:
                print(f"  {name}: {e!r}" if isinstance(e, KeyError)
                      else f"  {name}: {e}", flush=True)
                status = 1
                if args.k:
                    lab.keep_logs(os.path.join(args.k, name))
    print(f"\n{time.monotonic() - start:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
