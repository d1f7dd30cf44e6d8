# SPDX-License-Identifier: ISC
"""Where a packet goes wrong: hop by hop, by what each kernel says."""

import json

HOPS = 32


def _json(lab, ns, *args):
    out = lab.run("ip", "-j", "-n", lab.ns_name(ns), *args, check=False)
    try:
        return json.loads(out or "[]")
    except ValueError:
        return []


def _neighbour(lab, ns, addr, dev):
    found = _json(lab, ns, "neigh", "show", "to", addr, "dev", dev)
    if not found:
        return "no neighbour entry"
    return (f"{found[0].get('lladdr', 'no lladdr')} "
            + "/".join(found[0].get("state", ["?"])))


def walk(net, start, dst, src, last, came=None):
    """The lines of a packet's way from a router to a station's address, or
    back, having come by an interface.  net: lab, other_end(router, dev),
    port(router, mac); last: (router, station's MAC address)."""
    lab, at, seen, lines = net.lab, start, [], []
    while True:
        args = ["from", src, "iif", came] if came else ["from", src]
        got = _json(lab, at, "route", "get", dst, *args)
        if not got:
            lines.append(f"  {at}: no route to {dst}: wrong here")
            return lines
        dev, via = got[0].get("dev"), got[0].get("gateway")
        line = f"  {at}: {dev or got[0].get('type')}"
        line += f" via {via}" if via else ""
        line += f" table {got[0]['table']}" if "table" in got[0] else ""
        if dev:
            line += ", " + _neighbour(lab, at, via or dst, dev)
        lines.append(line)
        if got[0].get("type") == "local":
            return lines
        if dev == "roam0":
            lines.append(f"  {at}: the bridge has {last[1]} at "
                         f"{net.port(at, last[1])}, the station is at "
                         f"{last[0]}" + ("" if at == last[0]
                                         else ": wrong here"))
            return lines
        seen.append(at)
        at, came = (net.other_end(at, dev), dev) if dev and dev[0] == "e" \
            else (None, None)
        if at is None:
            lines.append("  it goes no further: wrong here")
            return lines
        if at in seen or len(seen) > HOPS:
            lines.append(f"  {at}: again, a loop")
            return lines


def back(net, station, dev, dst):
    """The first step of the answer."""
    got = _json(net.lab, station, "route", "get", dst)
    if not got:
        return [f"  {station}: no route to {dst}: wrong here"]
    via = got[0].get("gateway")
    return [f"  {station}: {got[0].get('dev')} via {via} from "
            f"{got[0].get('prefsrc')}, "
            + (_neighbour(net.lab, station, via, dev) if via
               else "no gateway: wrong here")]
