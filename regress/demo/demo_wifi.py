#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A station roams between two access points; a person watches (make
demo-wifi).  Runs in the machine of regress/lab/vm.py."""

import argparse
import secrets
import sys

import demo     # which finds lab for us
from lab import Interrupted, Lab, LabError
from lab.topology import SERVER4, SERVER6
from lab.wifi import SECURITY, WifiNetwork

# Where to, and how long in ms until the next, None: until all flows again.
ROAMS = [("ap2", None), ("ap1", None), ("ap2", None), ("ap1", None),
         ("ap2", 1), ("ap1", None), ("ap2", None), ("ap1", None)]
SHOW = [("ap1", "stations"), ("ap1", "interfaces"), ("ap1", "leases"),
        ("ap1", "routes"), ("core", "routes"), ("core", "roams")]


class WifiDemo(demo.Demo):
    start = {"sta1": "ap1"}

    def setup(self, security):
        self.say("virtual machine: server, core, ap1, ap2, sta1; the last "
                 "three have radios")
        self.net = net = WifiNetwork(self.lab)
        self.say(f"hostapd on ap1, ap2, wpa_supplicant on sta1: {security}")
        net.security(security)
        self.say("sroamd on core (floods only), ap1, ap2, over tls; babeld")
        net.start(tls=[f'tls psk "{secrets.token_hex(32)}"'])
        net.wait_peers()
        net.wait_igp()
        if net.air.at["sta1"] != "ap1":
            net.air.move("sta1", "ap1")
        self.say("sta1 runs udhcpc; IPv6 by the kernel's SLAAC")
        net.client("sta1", "udhcpc")
        self.ready("sta1", "ap1")

    def log_of_roam(self, mark):
        """What wpa_supplicant said about it."""
        for when, text in self.net.air.stations["sta1"].events(mark):
            print(f"           {when // 10**9 % 1000:3}."
                  f"{when // 10**6 % 1000:03}  wpa_supplicant: {text}")


def run(lab, args):
    show = WifiDemo(lab)
    show.setup(args.security)
    show.start_streams()
    print()
    show.say("roams; what wpa_supplicant says of the first")
    mark = show.net.air.stations["sta1"].mark()
    rows = show.phase([([("sta1", to, "")], pause)
                       for to, pause in ROAMS[:1]], 10)
    show.log_of_roam(mark)
    rows += show.phase([([("sta1", to, "")], pause)
                        for to, pause in ROAMS[1:args.roams]], 10, 2)
    demo.table("802.11 roam (no link), then packets lost and outage in ms",
               rows)
    count, whole = demo.tcp_lines(show, "after all roams")
    show.show(SHOW)
    kept = all(r.kept for r in rows) and show.address_kept("sta1")
    # One that was cut short by the next is that one's.
    stuck = sum(r.stuck for r in rows)
    for dst in (SERVER4, SERVER6):
        lab.ping("sta1", dst)
    good = kept and whole == count and not stuck
    print(f"\n{'PASS' if good else 'FAIL'}: {len(rows)} roams of "
          f"{args.security}; addresses {'all kept' if kept else 'LOST'}; "
          f"TCP {whole} of {count} survived whole; at most "
          f"{max(r.beyond() for r in rows):.0f} ms outage beyond the 802.11 "
          f"roam" + (f"; {stuck} roams did not end" if stuck else ""))
    return 0 if good else 1


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--security", choices=SECURITY, default="wpa2")
    ap.add_argument("--roams", type=int, default=len(ROAMS), metavar="N",
                    help="only the first N")
    args = ap.parse_args()
    Lab.catch_signals()
    try:
        with Lab() as lab:
            return run(lab, args)
    except LabError as err:
        print(f"FAIL: {err}", file=sys.stderr)
        return 1
    except Interrupted as sig:
        return 128 + sig.args[0]


if __name__ == "__main__":
    sys.exit(main())
