# SPDX-License-Identifier: ISC
"""What is known of a fault at the moment when it is found."""

import json
import os

from lab import explain

WALKS = 40


class Explainer:
    def __init__(self, ring, out):
        self.ring, self.out, self.lab = ring, out, ring.lab

    # What a walk asks

    def other_end(self, router, dev):
        return self.ring.other_end(router, dev)

    def port(self, router, mac):
        found = [x for x in self.lab.run(
            "bridge", "-n", self.lab.ns_name(router), "fdb", "show", "br",
            "roam0").splitlines() if x.startswith(mac)]
        return " / ".join(found) or "no port"

    def write(self, number, now, faults, lost):
        path = os.path.join(self.out, f"faults-{number}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"at {now:.3f} of the journal\n\n")
            f.write("\n".join(faults) + "\n\n")
            self._walks(f, lost)
            self._differences(f)
            self._places(f)
            self._state(f)

    def _walks(self, f, lost):
        ring = self.ring
        for r, s, addr in lost[:WALKS]:
            own = ring.addrs[r][":" in addr]
            f.write(f"{r} does not reach {s}, {addr}:\n")
            lines = explain.walk(self, r, addr, own,
                                 (ring.air.at[s], ring.mac(s)))
            lines += explain.back(self, s, "eth0", own)
            # From where the station is, back.
            if ring.air.at[s] != r:
                lines += explain.walk(self, ring.air.at[s], own, addr,
                                      (r, "nobody"), "roam0")
            f.write("\n".join(lines) + "\n")
        if len(lost) > WALKS:
            f.write(f"... and {len(lost) - WALKS} more\n")

    def _differences(self, f):
        """The keys of which not all routers say the same."""
        f.write("\nkeys that differ:\n")
        said = {}       # key: {version: [router]}
        for what, key, value in (
                ("stations", lambda x: "station " + x["mac"],
                 lambda x: f"{x['router']} seqno {x['seqno']}"),
                ("leases", lambda x: "lease " + x["prefix"],
                 lambda x: f"{x['mac']} {x['state']}"
                 + (f" seqno {x['seqno']}" if "seqno" in x else ""))):
            for r, records in self.ring.show(what).items():
                if isinstance(records, str):
                    f.write(f"  {r}: {records}\n")
                    continue
                for x in records:
                    said.setdefault(key(x), {}).setdefault(
                        value(x), []).append(r)
        for key, versions in sorted(said.items()):
            if len(versions) > 1 or sum(map(len, versions.values())) \
                    != len(self.ring.routers):
                f.write(f"  {key}\n")
                for version, routers in sorted(versions.items()):
                    f.write(f"    {version}: {' '.join(routers)}\n")

    def _places(self, f):
        ring = self.ring
        f.write("\nstations:\n")
        for s in ring.stations:
            f.write(f"  {s} {ring.mac(s)} {ring.kinds[s]} at "
                    f"{ring.air.at[s]} {ring.usable(s)}\n")
        f.write("\nsessions:\n")
        for r, peers in ring.show("peers").items():
            f.write(f"  {r}: " + (peers if isinstance(peers, str) else ", ".join(
                f"{p['router'] or p['address']} {p['state']} "
                f"{p['since_seconds']} s" for p in peers)) + "\n")

    def _state(self, f):
        for what in ("status", "stations", "leases", "routes", "routers"):
            for r, records in self.ring.show(what).items():
                f.write(f"\n{r} {what}:\n")
                for x in records if isinstance(records, list) else [records]:
                    f.write("  " + json.dumps(x) + "\n")
