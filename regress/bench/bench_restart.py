# SPDX-License-Identifier: ISC
"""What a restart costs the stations: a part of bench.py."""

import time

from lab import Lab
from lab.restarts import EVENTS, network, stop, wait_over
from table import heading, number, row

WAYS = {"direct routes": True, "routing daemon": False}


def bench_restart(_lab, _figures):
    heading("Restart: 20 stations at a router whose daemon ends and starts "
            "again",
            "200 packets a second of each family go to the stations and as "
            "many come from them, the far end being the server, core and r2 "
            "in turn: how many are lost, and the longest time that a stream "
            "lost all.  s: until the start is over, 3 s of waiting included; "
            "stay_away is 10 s.  The last row is what routes remove costs.")
    widths = (16, 16, 9, 9, 9, 9)
    row("", "by", "sent", "lost", "gap ms", "s", widths=widths)

    def measure(net, way, name, event):
        begin = time.monotonic_ns()
        event(net)
        wait_over(net)
        took = (time.monotonic_ns() - begin) / 1e9
        out = net.traffic.outcome(begin)
        row(name, way, number(out.sent), number(out.lost),
            number(out.gap_ms), number(took, 1), widths=widths)

    for way, direct in WAYS.items():
        with Lab("br") as own:
            net = network(own, direct=direct)
            for event in EVENTS:
                measure(net, way, event.__name__, event)
            net.r1.conf.extra.append("routes remove")
            net.r1.reload()
            measure(net, way, "stop, removed", stop)
