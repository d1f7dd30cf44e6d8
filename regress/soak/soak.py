#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""An hour of harm in minutes: in the laboratory's virtual machine, where time
passes only when all wait.

    soak.py [-n routers] [-m stations] [-s seed] [-t seconds] [-r routing]

Stations with real DHCP clients roam, one each second, between routers whose
processes are killed, whose links are cut or go silent, whose clock is set;
every few seconds all harm ends, and two seconds later everything must be
right.  All random choices follow from the seed.  When something is wrong the
output folder, /run/out, has the reasons: faults, and journal with all
logs and events.
"""

import argparse
import heapq
import os
import random
import signal
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, HERE)

import check                                                    # noqa: E402
from explainer import Explainer                                 # noqa: E402
from harms import Fault, Harms                                  # noqa: E402
from journal import Journal, JournalLab                         # noqa: E402
from lab.echo import Echo                                       # noqa: E402
from levels import Levels                                       # noqa: E402
from ring import Ring                                           # noqa: E402

SETTLE = 2.0            # s after the last harm until all must be right
ROUND = (8, 16)         # s of harm between checks
PAUSE = (0.3, 7)        # s between two harms, and where there are many
DENSE = (0.1, 2)
JUST_NOW = 0.05         # s that we may be behind what a check sees first
UNDERLAY = 60           # s for the routing daemons to find their ways
DEEP = 10               # checks between those that cost more
FAULTS = 3              # then it ends
CLIENTS = ("udhcpc", "dhcpcd", "dhclient")
OUT = "/run/out"


class Soak:
    def __init__(self, args):
        self.args, self.rng = args, random.Random(args.seed)
        self.journal = Journal(os.path.join(OUT, "journal"))
        self.lab = JournalLab(self.journal)
        self.queue, self.order = [], 0
        self.roams = self.checks = self.found = 0
        self.minute = 1

    def say(self, text):
        self.journal.say("soak", text)
        if self.args.verbose:
            print(f"{self.journal.now():7.1f}  {text}", flush=True)

    def report(self, text):
        self.journal.say("soak", text)
        print(f"{self.journal.now():7.1f}  {text}", flush=True)

    # The network

    def begin(self):
        args = self.args
        # A clock that is set back finds its certificates valid.
        now = time.time()
        time.clock_settime(time.CLOCK_REALTIME, now - 86400)
        # Who counts by the clock loses its lease by it: dhclient.
        long_steps = args.seed % 4 >= 2
        dense = args.seed % 3 == 0
        self.pause = DENSE if dense else PAUSE
        clients = CLIENTS[:2] if long_steps else CLIENTS
        self.ring = Ring(self.lab, args.routers, args.stations, args.routing,
                         clients)
        ring = self.ring
        self.wait_underlay()
        ring.start()
        time.clock_settime(time.CLOCK_REALTIME, time.time() + 86400)
        for r in ring.routers:
            self.lab.wait(lambda r=r: ring.sessions(r) == ring.degree(r),
                          f"{r}: sessions", 30, 0.1)
        for s in ring.stations:
            ring.join(s, self.rng.choice(ring.routers))
        for s in ring.stations:
            ring.wait_joined(s)
        spared = ring.routers[::max(len(ring.routers) // 2, 2)]
        self.harms = Harms(ring, self.rng, self.say, spared, long_steps,
                           dense)
        self.levels, self.lengths = Levels(ring, spared), check.Lengths()
        self.explainer = Explainer(ring, OUT)
        self.report(f"{len(ring.routers)} routers, {len(ring.edges)} links, "
                  f"{len(ring.stations)} stations ({', '.join(clients)}), "
                  f"{ring.igp_name}, seed {args.seed}"
                  + (", many harms at a time" if dense else ""))

    def wait_underlay(self):
        """Until every router reaches every other."""
        ring = self.ring
        if not hasattr(self, "echo"):
            self.echo = Echo({r: (self.lab.ns_name(r), ring.addrs[r])
                              for r in ring.routers})
        pairs = [(r, a) for r in ring.routers for o in ring.routers
                 if o != r for a in ring.addrs[o]]
        begin = time.monotonic()
        while left := self.echo.missing(pairs, 0.5):
            if time.monotonic() > begin + UNDERLAY:
                raise Fault("the routing daemons have no way: "
                            + str(sorted(left)[:8]))
        return time.monotonic() - begin

    # What happens when

    def at(self, seconds, what):
        self.order += 1
        heapq.heappush(self.queue, (time.monotonic() + seconds, self.order,
                                    what))

    def run_until(self, end):
        while self.queue and self.queue[0][0] <= end:
            when, _order, what = heapq.heappop(self.queue)
            time.sleep(max(when - time.monotonic(), 0))
            what()
        time.sleep(max(end - time.monotonic(), 0))

    def roam(self):
        ring = self.ring
        s = self.rng.choice([s for s in ring.stations if ring.air.at[s]])
        to = self.rng.choice([r for r in ring.routers if r != ring.air.at[s]])
        how, gap = self.rng.choice(("associate",) * 3 + ("replug",)), \
            self.rng.choice((0, 0, 0.05, 0.2))
        # Who loses its carrier takes its time to look for its address again.
        if ring.kinds[s] == "dhcpcd":
            how = "associate"
        self.say(f"{how} {s} {ring.air.at[s]} > {to} gap {gap}")
        ring.air.move(s, to, how, gap)
        self.roams += 1

    def round(self):
        """Harms, their ends, quiet, and a look."""
        begin = time.monotonic()
        seconds = self.rng.uniform(*ROUND)
        at = 0.0
        while at < seconds:
            self.at(at, self.roam)
            at += 1
        at = self.rng.uniform(0, 2)
        while at < seconds:
            self.at(at, self.harm)
            at += self.rng.uniform(*self.pause)
        self.run_until(begin + seconds)
        while self.queue:               # ends are not waited for
            _when, _order, what = heapq.heappop(self.queue)
            what()
        if self.harms.down:
            raise Fault(f"down: {self.harms.down}")
        took = self.wait_underlay()
        self.say(f"quiet; routes between routers took {took:.2f} s")
        time.sleep(SETTLE)
        self.look()

    def harm(self):
        done = self.harms.begin()
        if done:
            self.at(*done)

    # What must be right

    def faults(self, deep):
        ring = self.ring
        out = [f"{r}: sroamd ended by itself" for r in ring.routers
               if not ring.daemons[r].proc.running()]
        if out:
            return out, []
        out = check.tables(ring, deep, self.lengths) \
            + check.kernels(ring) + check.addresses(ring)
        if deep:
            out += check.warnings(ring)
        return out, check.reach(ring, self.echo)

    def look(self):
        self.checks += 1
        deep, begin = self.checks % DEEP == 1, time.monotonic()
        self.levels.sample(deep)
        faults, lost = self.faults(deep)
        if faults or lost:      # a routing daemon may change its mind just now
            time.sleep(JUST_NOW)
            faults, lost = self.faults(deep)
        if not faults and not lost:
            return
        self.journal.flush()
        self.found += 1
        self.report(f"check {self.checks}: {len(faults)} faults, {len(lost)} of "
                  "the pairs do not answer: faults-%d" % self.found)
        for line in faults[:6]:
            print("         " + line, flush=True)
        for r, s, a in lost[:6]:
            print(f"         {r} does not reach {s} {a}", flush=True)
        self.explainer.write(self.found, self.journal.now(), faults, lost)
        while time.monotonic() < begin + 60:
            time.sleep(0.5)
            faults, lost = self.faults(deep)
            if not faults and not lost:
                break
        self.report("right again {:.1f} s after the check".format(
            time.monotonic() - begin) if not faults and not lost
            else "not right within a minute")
        self.journal.flush()

    def sessions(self):
        """Sooner or later all sessions are there."""
        time.sleep(7)
        faults = check.sessions(self.ring)
        if faults:
            self.found += 1
            self.report("sessions are missing: " + "; ".join(faults))

    def run(self):
        self.begin()
        begin, wall = time.monotonic(), time.process_time()
        while time.monotonic() < begin + self.args.seconds \
                and self.found < FAULTS:
            self.round()
            if time.monotonic() >= begin + 60 * self.minute:
                self.minute = int((time.monotonic() - begin) // 60) + 1
                self.report(f"{self.roams} roams, {self.checks} checks, harms: "
                          + ", ".join(f"{n} {k}" for k, n in sorted(
                              self.harms.counts.items())))
        self.sessions()
        for line in self.levels.faults():
            self.found += 1
            self.report(line)
        self.levels.write(os.path.join(OUT, "levels.json"))
        for what, (first, warm, last) in sorted(
                self.levels.summary().items()):
            self.say(f"level: {what}: {first}, {warm}, {last}")
        self.report(f"soak: seed {self.args.seed}, {self.ring.igp_name}: "
                  f"{time.monotonic() - begin:.0f} s, {self.roams} roams, "
                  f"{sum(self.harms.counts.values())} harms, {self.checks} "
                  f"checks: " + (f"{self.found} faults" if self.found
                                 else "all right"))
        return 1 if self.found else 0


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-n", dest="routers", type=int, default=12)
    ap.add_argument("-m", dest="stations", type=int, default=12)
    ap.add_argument("-s", dest="seed", type=int, default=1)
    ap.add_argument("-t", dest="seconds", type=int, default=3600)
    ap.add_argument("-v", dest="verbose", action="store_true")
    ap.add_argument("-r", dest="routing", choices=("babeld", "static"))
    args = ap.parse_args()
    if not os.environ.get("LAB_VIRTUAL"):
        sys.exit("soak: it sets the clock: by regress/lab/vm.py -u only")
    args.routing = args.routing or ("babeld", "static")[args.seed % 2]
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    soak = Soak(args)
    try:
        return soak.run()
    except Exception as why:            # of any kind, the journal is there
        soak.report(f"soak: {type(why).__name__}: {why}")
        if not isinstance(why, Fault):
            raise
        return 1
    finally:
        soak.journal.flush()
        soak.lab.close()


if __name__ == "__main__":
    sys.exit(main())
