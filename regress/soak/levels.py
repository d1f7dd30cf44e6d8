# SPDX-License-Identifier: ISC
"""What must stay level in processes that nobody killed."""

import json
import os

# A process may use so much more at the end than when it was warm: the C
# library keeps some freed pieces of each size and counts them as used.
OCTETS = 384 << 10
DESCRIPTORS = 2
PAGE = os.sysconf("SC_PAGE_SIZE")


class Levels:
    """Samples of some routers, one at every check."""

    def __init__(self, ring, routers):
        self.ring, self.routers = ring, routers
        self.roles = {r: ring.daemons[r].processes() for r in routers}
        self.samples = {}       # (router, what): [number]

    def sample(self, deep):
        """deep: what sroamctl has to be asked for, too."""
        for r in self.routers:
            for role, pid in self.roles[r].items():
                self._add(r, f"{role} descriptors",
                          len(os.listdir(f"/proc/{pid}/fd")))
                with open(f"/proc/{pid}/statm", encoding="ascii") as f:
                    self._add(r, f"{role} rss", int(f.read().split()[1])
                              * PAGE)
            k = self.ring.kernel[r]
            self._add(r, "next hops", len(k.nexthops()))
            self._add(r, "rules", len(k.rules(4)) + len(k.rules(6)))
            if deep:
                d = self.ring.daemons[r]
                for m in d.show("memory"):
                    self._add(r, m["process"] + " objects", m["objects"])
                    self._add(r, m["process"] + " object octets",
                              m["object_octets"])
                    self._add(r, m["process"] + " heap", m["heap_octets"])
                self._add(r, "data", d.show("status")["data"])

    def _add(self, router, what, number):
        self.samples.setdefault((router, what), []).append(number)

    def faults(self):
        """Compared is the highest of the second quarter with the lowest of
        the last one: whatever grows all the time shows, waves do not."""
        out = []
        for (r, what), n in sorted(self.samples.items()):
            if len(n) < 8:
                continue
            q = len(n) // 4
            early, late = max(n[q:2 * q]), min(n[-q:])
            if "rss" in what or "heap" in what or "octets" in what:
                room = OCTETS
            elif "rules" in what:
                room = 0
            elif "objects" in what or what == "data":
                room = 8 + early * 0.1
            else:
                room = DESCRIPTORS
            if late > early + room:
                out.append(f"{r}: {what} grew from {early} to {late}")
        return out

    def summary(self):
        """{what: (first, warm, last)} of the router that uses most."""
        out = {}
        for (_r, what), n in self.samples.items():
            got = (n[0], n[len(n) // 4], n[-1])
            out[what] = max(out.get(what, got), got)
        return out

    def write(self, path):
        with open(path, "w", encoding="ascii") as f:
            json.dump({f"{r} {what}": n for (r, what), n
                       in self.samples.items()}, f)
