#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""perfdhcp of Kea, which poses as a relay agent, against one router with two
flooding peers: exchanges and renewals at rising rates.  Figures are printed,
none is asserted."""

import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab import Lab, Network    # noqa: E402  (the path comes first)

RELAY, GATEWAY = "192.168.44.251", "192.168.44.1"
SECONDS, RATES = "5", (500, 1000, 2000, 3000)


def network(lab):
    net = Network(lab, routers=2, stations=1)
    net.wait_igp()
    net.start("core", extra=["prefix 10.128.0.0/14"])
    net.start("r2", extra=["prefix 10.128.0.0/14"])
    net.start("r1", extra=["prefix 10.128.0.0/14", f"relay {RELAY}"],
              peers=[net.addrs[ns][0] for ns in ("core", "r2")])
    net.wait_peers()
    lab.add_ns("bench")
    lab.veth("r1", "p-bench", "bench", "eth0")
    lab.batch("r1", "link set p-bench master roam0\nlink set p-bench up\n")
    lab.batch("bench", f"link set eth0 up\naddr add {RELAY}/24 dev eth0\n")
    lab.wait(lambda: "Received 1" in lab.run(
        "busybox", "arping", "-f", "-c", "1", "-w", "1", "-I", "eth0",
        GATEWAY, ns="bench", check=False), "the gateway")
    return net


def measure(lab, rate, *args):
    out = lab.run("perfdhcp", "-4", "-l", "eth0", "-r", str(rate), "-R",
                  "200000", "-p", SECONDS, "-W", "2000000", *args, GATEWAY,
                  ns="bench", check=False, timeout=90)
    sent, got, delay = (re.findall(p, out) for p in (
        r"sent packets: (\d+)", r"received packets: (\d+)",
        r"avg delay: ([\d.]+)"))
    what = ("DISCOVER", "REQUEST", "renewal")
    print(f"{rate:6}/s  " + "; ".join(
        f"{w}: {s} sent, {int(s) - int(g)} lost, {float(d):.2f} ms"
        for w, s, g, d in zip(what, sent, got, delay)), flush=True)


def main():
    if not shutil.which("perfdhcp", path="/usr/sbin:/usr/bin"):
        print("perfdhcp: SKIP: not installed")
        return
    print("perfdhcp as a relay agent, two flooding peers: sent, lost, mean ms")
    with Lab("perf") as lab:
        network(lab)
        for rate in RATES:
            measure(lab, rate)
        measure(lab, 1000, "-f", "900")


if __name__ == "__main__":
    main()
