#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Two stations roam between three routers; a person watches (make demo)."""

import argparse
import os
import secrets
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from lab import Interrupted, Lab, LabError, Network             # noqa: E402
from lab.daemon import BUILD                                    # noqa: E402
from lab.probe import INTERVAL_MS, Streams                       # noqa: E402
from lab.topology import SERVER4, SERVER6                       # noqa: E402

LIMIT_MS = 50           # outage allowed beyond the time without a link
GAP = 0.02              # a re-association takes about this long
START = {"sta1": "r1", "sta2": "r2"}

# Each row is done at once: (station, to, how) ...; then the time in ms until
# the next row, None: until all streams flow again.
ROAMS = [
    ([("sta1", "r2", "associate")], None),
    ([("sta2", "r3", "associate")], None),
    ([("sta1", "r3", "associate")], None),
    ([("sta1", "r1", "associate")], None),      # back where it began
    ([("sta2", "r2", "associate")], None),      # likewise
    ([("sta1", "r2", "associate")], 150),       # a quick A-B-A
    ([("sta1", "r1", "associate")], None),
    ([("sta1", "r3", "associate"),              # both at once
      ("sta2", "r1", "associate")], None),
    ([("sta1", "r2", "replug")], None),
    ([("sta2", "r3", "replug")], None),
    ([("sta1", "r3", "associate"),              # they change places
      ("sta2", "r2", "associate")], None),
    ([("sta1", "r1", "associate"), ("sta2", "r2", "replug")], None),
]
SHOW = [("r1", "status"), ("r1", "stations"), ("r1", "leases"),
        ("r1", "roams"), ("r1", "routers"), ("r1", "routes"), ("r1", "peers"),
        ("r1", "interfaces"), ("core", "routes"), ("r1", "memory")]


class Row:
    """One roam as measured."""

    def __init__(self, number, move):
        self.number, self.move = number, move
        self.end = self.kept = None
        self.outages, self.stuck = {}, False

    def beyond(self):
        return max(0.0, max(o.ms for o in self.outages.values())
                   - self.move.gap_ms)


class Demo:
    start = START

    def __init__(self, lab):
        self.lab, self.t0 = lab, time.monotonic()
        self.net = self.streams = None
        self.addrs, self.watch = {}, {}

    def say(self, text):
        print(f"{time.monotonic() - self.t0:6.1f} s  {text}", flush=True)

    def setup(self):
        self.say("namespaces: server, core, r1, r2, r3, sta1, sta2")
        self.net = net = Network(self.lab)
        self.say("babeld on core and routers: waiting for its routes")
        net.wait_igp()
        self.say("sroamd on core (floods only), r1, r2, r3, over tls")
        net.start(tls=[f'tls psk "{secrets.token_hex(32)}"'])
        net.wait_peers()
        for sta, router in self.start.items():
            net.air.move(sta, router)
        self.say("sta1 runs udhcpc, sta2 dhclient; IPv6 by the kernel's SLAAC")
        net.client("sta1", "udhcpc")
        net.client("sta2", "dhclient")
        for sta, router in self.start.items():
            self.ready(sta, router)

    def ready(self, sta, router):
        """Wait until the station has all, and watch it from then on."""
        self.addrs[sta] = self.net.wait_addresses(sta)
        self.say(f"{sta} at {router}: " + " and ".join(self.addrs[sta]))
        self.watch[sta] = self.lab.spawn(
            "watch-" + sta, ["ip", "-o", "monitor", "address"], ns=sta)
        for dst in (SERVER4, SERVER6):
            self.lab.ping(sta, dst, 30)
        for addr in self.addrs[sta]:
            self.lab.ping("server", addr, 30)

    def start_streams(self):
        if self.streams:
            self.streams.stop()
        self.streams = Streams(self.lab, "server", (SERVER4, SERVER6),
                               self.addrs)
        for sta in self.start:
            if not self.streams.wait_flowing(sta, time.time_ns(), 15):
                raise LabError(f"{sta}: the streams do not start")
        self.say(f"streams run: UDP every {INTERVAL_MS} ms both ways, TCP, IPv4 "
                 "and IPv6")

    def address_kept(self, sta):
        return (self.net.addresses(sta) == self.addrs[sta]
                and "Deleted" not in self.watch[sta].text())

    def measure(self, row, end):
        row.end = end
        for key in self.streams.keys():
            row.outages[key] = self.streams.outage(
                row.move.station, *key, row.move.off, end)
        row.kept = self.address_kept(row.move.station)

    def phase(self, roams, timeout, first=1):
        """Make the roams; their rows, numbered from the first."""
        rows, pending = [], []

        def finish(station, end):
            for row in [r for r in pending if r.move.station == station]:
                self.measure(row, end)
                pending.remove(row)
                o = row.outages
                self.say(f"  roam {row.number}: {station} "
                         f"{row.move.old} > {row.move.new}: no link for "
                         f"{row.move.gap_ms:.0f} ms, longest outage "
                         f"{max(x.ms for x in o.values()):.0f} ms"
                         + (", not over when the next began" if row.stuck
                            else ""))

        for moves, pause in roams:
            moves = [m for m in moves if self.net.air.at[m[0]] != m[1]]
            for move in self.net.air.move_all(moves, GAP):
                finish(move.station, move.off)
                rows.append(Row(first + len(rows), move))
                pending.append(rows[-1])
            if pause:
                time.sleep(pause / 1000)
                continue
            end = time.monotonic() + timeout
            for row in list(pending):
                row.stuck = not self.streams.wait_flowing(
                    row.move.station, row.move.on,
                    max(0.1, end - time.monotonic()))
            # A route that breaks again is seen, too.
            time.sleep(0.5)
            end = time.time_ns() - 50 * 10**6
            for sta in [r.move.station for r in pending]:
                finish(sta, end)
        return rows

    def home(self):
        """Back to the start for the second round."""
        for sta, router in self.start.items():
            if self.net.air.at[sta] != router:
                self.net.air.move(sta, router)

    def direct(self, on):
        for daemon in self.net.daemons.values():
            daemon.conf.direct = on
            daemon.reload()

    def settle(self, timeout):
        """Until everything flows, or time is up."""
        end = time.monotonic() + timeout
        return all(self.streams.wait_flowing(
            sta, time.time_ns(), max(0.1, end - time.monotonic()))
            for sta in self.start)

    def show(self, commands):
        for ns, what in commands:
            print(f"\n{ns}# sroamctl show {what}")
            done = self.net.daemons[ns].ctl_raw("show", what)
            print((done.stdout or done.stderr).rstrip(), flush=True)


def table(title, rows):
    print(f"\n{title}\n")
    print(" " * 28 + "".join(f"{h:>12}" for h in (
        "IPv4 up", "IPv4 down", "IPv6 up", "IPv6 down")))
    print(" # roam             no link" + "  lost    ms" * 4 + " addr")
    for r in rows:
        o = r.outages
        print(f"{r.number:2} {r.move.station} {r.move.old}>{r.move.new} "
              f"{r.move.how:>9}{r.move.gap_ms:4.0f}"
              + "".join(f"{o[k].lost:6}{o[k].ms:6.0f}" for k in o)
              + (" kept" if r.kept else " LOST") + ("*" if r.stuck else ""))
    if any(r.stuck for r in rows):
        print(" * still interrupted when the next roam began")
    sys.stdout.flush()


def tcp_lines(demo, title):
    """Ends the connections' numbers; how many there are, how many whole."""
    tcp, whole = demo.streams.finish_tcp(), 0
    print(f"\nTCP connections {title}:")
    for (sta, family), (alive, sent, checked) in tcp.items():
        good = alive and 0 < sent == checked
        whole += good
        print(f"  {sta} IPv{family}: {'alive' if alive else 'BROKEN'}, "
              f"{sent * 8} octets sent, {checked * 8} came back right"
              + ("" if good else ": NOT WHOLE"))
    sys.stdout.flush()
    return len(tcp), whole


def verdict(demo, direct, plain, tcp):
    """The last line; the exit status."""
    rows = direct + plain
    addrs = all(r.kept for r in rows) and all(
        demo.address_kept(s) for s in START)
    count, whole = map(sum, zip(*tcp))
    worst = max(r.beyond() for r in direct)
    print()
    if plain:
        other = max(r.beyond() for r in plain)
        more = "more than " if any(r.stuck for r in plain) else ""
        print(f"longest outage beyond the time without a link: {worst:.0f} ms "
              f"with direct routes, {more}{other:.0f} ms without")
    good = addrs and whole == count and worst <= LIMIT_MS
    print(f"{'PASS' if good else 'FAIL'}: {len(rows)} roams; "
          f"addresses {'all kept' if addrs else 'LOST'}; "
          f"TCP {whole} of {count} survived whole; with direct routes at "
          f"most {worst:.0f} ms outage beyond no link (limit {LIMIT_MS})")
    return 0 if good else 1


def run(lab, args):
    demo, status = Demo(lab), 1
    try:
        demo.setup()
        demo.start_streams()
        print()
        demo.say("roams, with direct routes")
        direct = demo.phase(ROAMS[:args.roams], 5)
        table("With direct routes: packets lost and outage in ms", direct)
        tcp, plain = [tcp_lines(demo, "with direct routes")], []
        demo.show(SHOW)
        if not args.fast:
            print()
            demo.say("back to the start for the same roams, again with new "
                     "streams")
            demo.home()
            demo.start_streams()
            demo.say("direct no: from here on babeld alone is shown, which "
                     "brings the\n          stations' routes.  1.12, of Debian "
                     "12, withdraws wrong prefixes: what it has\n          "
                     "learned of a roamed station may stay wrong for 15 s")
            demo.direct(False)
            demo.settle(20)
            plain = demo.phase(ROAMS[:args.roams], args.patience)
            table("With `direct no`: packets lost and outage in ms", plain)
            # What TCP holds back is delivered when there is a way again.
            demo.direct(True)
            demo.settle(20)
            tcp.append(tcp_lines(demo, "with `direct no`, after direct routes "
                                 "came back"))
        status = verdict(demo, direct, plain, tcp)
        return status
    finally:
        failed = status != 0 and not isinstance(sys.exc_info()[1], Interrupted)
        if failed or args.logs:
            lab.keep_logs(os.path.join(BUILD, "demo-logs"))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--fast", action="store_true",
                    help="without the comparison round")
    ap.add_argument("--logs", action="store_true",
                    help="keep the logs in build/demo-logs")
    ap.add_argument("--roams", type=int, default=len(ROAMS), metavar="N",
                    help="only the first N")
    ap.add_argument("--patience", type=float, default=4, metavar="S",
                    help="how long a roam of the comparison may take")
    args = ap.parse_args()
    if os.geteuid() != 0:
        print("demo: needs root for network namespaces: sudo make demo",
              file=sys.stderr)
        return 1
    Lab.catch_signals()
    try:
        with Lab() as lab:
            return run(lab, args)
    except LabError as err:
        print(f"FAIL: {err}\nlogs are in {BUILD}/demo-logs", file=sys.stderr)
        return 1
    except Interrupted as sig:
        print("interrupted: everything taken back", file=sys.stderr)
        return 128 + sig.args[0]


if __name__ == "__main__":
    sys.exit(main())
