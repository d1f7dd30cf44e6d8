#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What a roam costs a Wi-Fi station (make bench-wifi), in the virtual time of
regress/lab/vm.py: by security mode the 802.11 roam itself, from
wpa_supplicant's log, and the outage beyond it, by packets a millisecond apart.
Nothing is asserted.

Upstream the layer-2 bridge costs a second, which is no fault of it but of its
silence.  The station's kernel drops its neighbours when the carrier goes (Linux:
neigh_carrier_down), the next packet asks for the gateway while there is still
no carrier, the question is lost, and the next one comes a second later (RFC
4861 10, RETRANS_TIMER; Linux takes it for ARP, too).  sroamd asks for the
station as soon as it is there, by which the station learns the gateway."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time

os.environ["PROBE_MS"] = "1"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))

from lab import Interrupted, Lab, LabError, LabTimeout          # noqa: E402
from lab.judge import Judge                                     # noqa: E402
from lab.wifi import SECURITY, WifiNetwork                      # noqa: E402

SYSTEMS = {
    "bridge": "layer-2 bridge",
    "direct": "sroamd, direct routes",
    "babeld": "sroamd, direct no, babeld",
    "bird": "sroamd, direct no, BIRD",
    "ibgp": "sroamd, direct no, iBGP",
}
KEYS = [("4", "up"), ("4", "down"), ("6", "up"), ("6", "down")]
PATIENCE = 4.0          # s; who is not back then is counted as such


def roams(net, count):
    """[(802.11 roam in ms, {stream: ms beyond}, whether it came back)]; one
    that the access points refused is made again."""
    judge, rows = Judge(net, timeout=100), []
    for _ in range(2):              # the first visits are not like the rest
        judge.flows(net.air.move("sta1", other(net)).on)
    refused = 0
    while len(rows) < count:
        try:
            move = net.air.move("sta1", other(net), timeout=5)
        except LabTimeout as err:
            refused += 1
            print(f"# {err}", flush=True)
            if refused > count:
                raise
            net.air.wait_connected("sta1")
            continue
        back = judge.streams.wait_flowing("sta1", move.on, PATIENCE)
        time.sleep(0.1)             # what breaks again is measured, too
        rows.append((move.gap_ms, judge.outages(move), back))
    judge.streams.stop()
    return rows


def other(net):
    return "ap2" if net.air.at["sta1"] == "ap1" else "ap1"


def line(mode, system, rows):
    def two(values):
        return f"{statistics.median(values):6.0f}{max(values):6.0f}"
    stuck = sum(not back for _g, _o, back in rows)
    print(f"{mode:<10} {SYSTEMS[system]:<26}{two([r[0] for r in rows])}"
          + "".join(two([r[1][key] for r in rows]) for key in KEYS)
          + (f"  {stuck} not back in {PATIENCE:.0f} s" if stuck else ""),
          flush=True)


def babeld_is_old():
    """Before 1.12.2 it withdraws wrong prefixes, or crashes, when a route
    that it redistributes goes."""
    out = subprocess.run(["babeld", "-V"], capture_output=True, text=True)
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", out.stdout + out.stderr)
    return found is not None and tuple(
        int(n or 0) for n in found.groups()) < (1, 12, 2)


def bridge(net, modes, count):
    net.bridge_together()
    for mode in modes:
        if not net.daemons["core"].proc.running():
            net.daemons["core"].start()
        net.security(mode)
        if not net.clients:
            net.client("sta1", "udhcpc")
        net.wait_addresses("sta1")
        net.bridge_alone()
        yield mode, roams(net, count)
    net.separate()


def routed(net, modes, count):
    for mode in modes:
        net.security(mode)
        if not net.clients:
            net.client("sta1", "udhcpc")
        net.wait_addresses("sta1")
        yield mode, roams(net, count)


def networks(systems, args, results):
    """One network per routing daemon, its systems one after the other; whether
    all was measured."""
    failed = []

    def take(system, pairs):
        try:
            for mode, rows in pairs:
                line(mode, system, rows)
                results.append((mode, system, rows))
        except LabError as err:     # the others are measured all the same
            print(f"bench-wifi: {SYSTEMS[system]}: {err}", file=sys.stderr)
            failed.append(system)

    if {"bridge", "direct", "babeld"} & set(systems):
        with Lab("b") as lab:
            net = WifiNetwork(lab)
            if "bridge" in systems:
                take("bridge", bridge(net, args.modes, args.roams))
            if {"direct", "babeld"} & set(systems):
                net.start()
                net.wait_peers()
                net.wait_igp()
            if "direct" in systems:
                take("direct", routed(net, args.modes, args.roams))
            if "babeld" in systems and babeld_is_old():
                print(f"# {SYSTEMS['babeld']}: SKIP, needs babeld 1.12.2: "
                      "an older one leaves the route to where a station was",
                      flush=True)
            elif "babeld" in systems:
                for daemon in net.daemons.values():
                    daemon.conf.direct = False
                    daemon.reload()
                take("babeld", routed(net, args.modes, args.roams))
    for system, igp in (("bird", "bird"), ("ibgp", "bird-ibgp")):
        if system not in systems:
            continue
        with Lab("i") as lab:
            net = WifiNetwork(lab, igp=igp)
            net.start(direct=False)
            net.wait_peers()
            net.wait_igp()
            take(system, routed(net, args.modes, args.roams))
    return not failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--modes", nargs="+", choices=SECURITY,
                    default=list(SECURITY))
    ap.add_argument("--systems", nargs="+", choices=SYSTEMS,
                    default=list(SYSTEMS))
    ap.add_argument("--roams", type=int, default=20)
    args = ap.parse_args()
    Lab.catch_signals()
    results, status = [], 0
    try:
        status = 0 if networks(args.systems, args, results) else 1
    except LabError as err:         # what was measured is shown
        print(f"bench-wifi: {err}", file=sys.stderr)
        status = 1
    except Interrupted as sig:
        return 128 + sig.args[0]
    print(f"\n{args.roams} roams each; ms, median and worst: the 802.11 roam, "
          "and the outage beyond it\n")
    print(" " * 37 + "".join(f"{h:>12}" for h in (
        "802.11", "IPv4 up", "IPv4 down", "IPv6 up", "IPv6 down")))
    for mode in args.modes:
        for m, system, rows in results:
            if m == mode:
                line(mode, system, rows)
    differences(results)
    return status


def differences(results):
    """sroamd's medians less the bridge's."""
    by = {(mode, system): rows for mode, system, rows in results}
    print("\nbeyond the bridge, by the median: ms\n")
    for (mode, system), rows in by.items():
        if system == "bridge" or (mode, "bridge") not in by:
            continue
        print(f"{mode:<10} {SYSTEMS[system]:<26}" + " " * 12 + "".join(
            f"{median(rows, key) - median(by[mode, 'bridge'], key):12.1f}"
            for key in KEYS))


def median(rows, key):
    return statistics.median(row[1][key] for row in rows)


if __name__ == "__main__":
    sys.exit(main())
