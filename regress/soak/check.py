# SPDX-License-Identifier: ISC
"""What must be right in a network that nobody harms: each fault is a line."""

import time

from lab.rtnl import MAIN

TABLE, LOCAL, DIRECT = 44, 44, 45       # as in sroamd(8)
MOST = (1800, 5400)     # s that an address, and a prefix, are leased for


class Lengths:
    """How long leases last, whatever happens to the clock: no longer than is
    configured, and what time passes takes from them, no more.  Who was away
    when one was extended may know less of it; the most that any router knows
    is what counts."""
    SLACK = 5

    def __init__(self):
        self.had = {}           # (mac, prefix): (when, seconds)

    def faults(self, said):
        now, have = time.monotonic(), {}
        for records in said.values():
            for x in records if isinstance(records, list) else ():
                for lease in x["leases"]:
                    key = x["mac"], lease["prefix"]
                    have[key] = max(lease["remaining_seconds"],
                                    have.get(key, 0))
        out = []
        for (mac, prefix), left in have.items():
            most = MOST[":" in prefix]
            when, before = self.had.get((mac, prefix), (now, 0))
            if left > most + self.SLACK:
                out.append(f"lease {prefix} of {mac} lasts {left} s")
            if left < before - (now - when) - self.SLACK:
                out.append(f"lease {prefix} of {mac} lost {before - left} s "
                           f"in {now - when:.0f} s")
        self.had = {key: (now, left) for key, left in have.items()}
        return out


def tables(ring, deep, lengths):
    """Every router knows each station's place and leases, and no other;
    deep: leases of nobody are looked for, too."""
    said = ring.show("stations")
    faults = lengths.faults(said)
    for r in ring.routers:
        if isinstance(said[r], str):
            faults.append(f"{r}: sroamctl: {said[r]}")
            continue
        at = {x["mac"]: x for x in said[r]}
        for s in ring.stations:
            one = at.pop(ring.mac(s), None)
            faults += _station(ring, r, s, one)
        faults += [f"{r}: a station of nobody: {mac}" for mac in at]
    if deep:
        macs = {ring.mac(s) for s in ring.stations}
        for r, leases in ring.show("leases").items():
            if isinstance(leases, str):
                faults.append(f"{r}: sroamctl: {leases}")
                continue
            faults += [f"{r}: a lease of nobody: {x['prefix']} {x['mac']} "
                       f"{x['state']}" for x in leases
                       if x["mac"] not in macs or x["state"] != "valid"]
    return faults


def _station(ring, router, station, one):
    where, faults = ring.air.at[station], []
    if one is None:
        return [f"{router}: station {station} at {where} is not known"]
    if one["router"] != where:
        faults.append(f"{router}: station {station} is at {where}, the table "
                      f"says {one['router']}, seqno {one['seqno']}")
    if one["here"] != (router == where):
        faults.append(f"{router}: station {station} is at {where}, here: "
                      f"{one['here']}")
    got = {x["prefix"] for x in one["leases"]}
    want = ring.prefixes(station)
    if got != want:
        faults.append(f"{router}: leases of {station}: missing "
                      f"{sorted(want - got)}, too many {sorted(got - want)}")
    return faults


def _want(ring, router, version):
    """{prefix: (proto, dev, via)} that a router must have in its own
    table."""
    ways, want = ring.ways(router), {}
    for s in ring.stations:
        prefix = sorted(ring.prefixes(s), key=lambda p: ":" in p)[
            version == 6]
        where = ring.air.at[s]
        if where == router:
            want[prefix] = (LOCAL, "roam0")
        else:
            want[prefix] = (DIRECT,) + tuple(ways[where][version]
                                             or (None, None))
    return want


def kernels(ring):
    """The kernel of every router has the route to each station, the right
    one, and no other of ours; a next hop per router, a rule per family."""
    faults = []
    for r in ring.routers:
        k = ring.kernel[r]
        hops = k.nexthops()
        for version in (4, 6):
            want, local = _want(ring, r, version), set()
            for x in k.routes(version, TABLE):
                proto, dev, via = x["proto"], x["dev"], x["via"]
                if x["nhid"] is not None:
                    _p, dev, via = hops.get(x["nhid"], (0, None, None))
                got = (proto, dev) if proto == LOCAL else (proto, dev, via)
                right = want.pop(x["dst"], None)
                if got != right:
                    faults.append(f"{r}: route to {x['dst']} is {got}, "
                                  f"should be {right}")
            faults += [f"{r}: no route to {dst}, should be {way}"
                       for dst, way in want.items()]
            for s in ring.stations:
                if ring.air.at[s] == r:
                    local.add(sorted(ring.prefixes(s),
                                     key=lambda p: ":" in p)[version == 6])
            main = {x["dst"] for x in k.routes(version, MAIN)
                    if x["proto"] in (LOCAL, DIRECT)}
            if main != local:
                faults.append(f"{r}: main table: missing "
                              f"{sorted(local - main)}, too many "
                              f"{sorted(main - local)}")
            rules = [x for x in k.rules(version) if x[2] == LOCAL]
            if [x[1] for x in rules] != [TABLE]:
                faults.append(f"{r}: rules of IPv{version}: {rules}")
        ours = [x for x in hops.values() if x[0] == DIRECT]
        if len(ours) > 2 * (len(ring.routers) - 1):
            faults.append(f"{r}: {len(ours)} next hops")
    return faults


def addresses(ring):
    """No station has lost an address, or has got another one."""
    faults = []
    for s in ring.stations:
        got = ring.usable(s)
        if got != list(ring.leases[s]):
            faults.append(f"{s}: addresses {got}, had {ring.leases[s]}")
    return faults


def reach(ring, echo):
    """(router, station, address) that do not answer."""
    pairs = {(r, a): s for r in ring.routers for s in ring.stations
             for a in ring.leases[s]}
    return [(r, pairs[r, a], a) for r, a in sorted(echo.missing(list(pairs)))]


def warnings(ring):
    """No harm lasts long enough for one."""
    return [f"{r}: {status['warning'] if isinstance(status, dict) else status}"
            for r, status in ring.show("status").items()
            if isinstance(status, str) or status["warning"]]


def sessions(ring):
    return [f"{r}: {n} sessions of {ring.degree(r)}" for r in ring.routers
            if (n := ring.sessions(r)) != ring.degree(r)]
