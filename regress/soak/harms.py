# SPDX-License-Identifier: ISC
"""What is done to the network.  A harm begins, and its end makes good what
can be made good: a process is started again, a link heals."""

import os
import signal
import time

RESTART = 1.0           # s until a service manager starts one again
ROLES = ("parent", "engine", "frontend", "signer")
# Of the clock, seconds; every step is taken back.
STEPS = (1, 7, 60, 400)
LONG_STEPS = (3600, 6 * 3600)
EXTRAS = ("domain name a.example", "dhcp6 stateless", "search b.example",
          "router preference high", "ntp 10.9.0.3")


class Fault(Exception):
    """A harm that did not go as it must."""


class Harms:
    def __init__(self, ring, rng, say, spared, long_steps, dense):
        self.ring, self.rng, self.say = ring, rng, say
        self.spared = set(spared)       # routers whose processes live on
        self.steps = STEPS + (LONG_STEPS if long_steps else ())
        # How many at a time.
        self.most_edges, self.most_down = (5, 4) if dense else (3, 2)
        self.down, self.igps_down, self.offset = set(), set(), 0
        self.counts = {}
        kinds = [(6, self.kill), (2, self.restart), (2, self.reload),
                 (4, self.cut), (4, self.deafen), (1, self.step_clock),
                 (1, self.lose), (1, self.renew), (1, self.reboot)]
        if not ring.static:
            kinds.append((2, self.restart_igp))
        self.kinds = [k for weight, k in kinds for _ in range(weight)]

    def begin(self):
        """One harm, chosen by chance: (seconds until its end, its end), or
        None where that one is not possible now."""
        kind = self.rng.choice(self.kinds)
        done = kind()
        if done:
            self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
        return done

    def _router(self, busy):
        free = [r for r in self.ring.routers if r not in busy]
        return self.rng.choice(free)

    def _start(self, router, how):
        daemon = self.ring.daemons[router]
        if daemon.proc.running():
            raise Fault(f"{router}: runs on after {how}")
        daemon.start(wait=False)
        self.down.discard(router)
        self.say(f"start {router}")

    def kill(self):
        router, role = self._router(self.down | self.spared), \
            self.rng.choice(ROLES)
        if len(self.down) >= self.most_down:
            return None
        pid = self.ring.daemons[router].processes().get(role)
        if pid is None:
            return None         # it is only starting
        self.down.add(router)
        self.say(f"kill {router} {role}")
        os.kill(pid, signal.SIGKILL)
        return RESTART, lambda: self._start(router, f"the end of its {role}")

    def restart(self):
        router = self._router(self.down | self.spared)
        if len(self.down) >= self.most_down:
            return None
        self.down.add(router)
        self.say(f"stop {router}")
        self.ring.daemons[router].proc.send(signal.SIGTERM)
        return self.rng.choice((0.5, RESTART, 4.0)), \
            lambda: self._start(router, "SIGTERM")

    def reload(self):
        router = self._router(self.down)
        extra, on = self.rng.choice(EXTRAS), self.rng.random() < 0.5
        daemon = self.ring.daemons[router]
        daemon.conf.extra = [extra] if on else []
        self.say(f"reload {router} {daemon.conf.extra}")
        daemon.write_conf()
        daemon.proc.send(signal.SIGHUP)
        return 0.0, lambda: None

    def _edge(self):
        ring = self.ring
        free = [k for k in range(len(ring.edges))
                if k not in ring.cut and k not in ring.deaf]
        k = self.rng.choice(free)
        return k if len(ring.cut) + len(ring.deaf) < self.most_edges \
            else None

    def cut(self):
        k, seconds = self._edge(), self.rng.choice((0.3, 1, 3, 8))
        if k is None:
            return None
        self.say(f"cut {self._name(k)} for {seconds} s")
        self.ring.cut_edge(k)

        def heal():
            self.ring.cut_edge(k, False)
            self.say(f"heal {self._name(k)}")
        return seconds, heal

    def deafen(self):
        k, seconds = self._edge(), self.rng.choice((0.5, 2, 6, 14))
        end = self.rng.randrange(2)
        if k is None:
            return None
        router = self.ring.routers[self.ring.edges[k][end]]
        if router in self.ring.deaf.values():
            return None
        self.say(f"deaf {self._name(k)} at {router} for {seconds} s")
        self.ring.deafen(k, router)

        def heal():
            self.ring.deafen(k, router, False)
            self.say(f"hears {self._name(k)}")
        return seconds, heal

    def _name(self, k):
        a, b = self.ring.edges[k]
        return f"e{k} {self.ring.routers[a]}-{self.ring.routers[b]}"

    def lose(self):
        """A station is out of reach for a while."""
        air = self.ring.air
        station, seconds = self.rng.choice(self.ring.stations), \
            self.rng.choice((1, 4))
        to = self.rng.choice(self.ring.routers)
        if air.at[station] is None:
            return None
        self.say(f"lose {station} at {air.at[station]}")
        air.move(station, None)

        def find():
            air.move(station, to)
            self.say(f"find {station} at {to}")
        return seconds, find

    def renew(self):
        station = self.rng.choice(self.ring.stations)
        client = self.ring.clients[station]
        if client.name == "dhclient" or not client.proc.running() \
                or self.ring.air.at[station] is None:
            return None
        self.say(f"renew {station}")
        client.kick()
        return 0.0, lambda: None

    def reboot(self):
        """A station loses its power and, this kind, its memory; it gets its
        address back all the same."""
        station = self.rng.choice(self.ring.stations)
        client = self.ring.clients[station]
        if client.remembers or self.ring.air.at[station] is None \
                or not client.proc.running():
            return None
        self.say(f"reboot {station}")
        client.crash()
        return 1.0, client.start

    def step_clock(self):
        seconds = self.rng.choice(self.steps) * self.rng.choice((-1, 1))
        if self.offset:
            return None
        self._set_clock(seconds)

        def back():
            self._set_clock(-seconds)
        return self.rng.choice((0.5, 3, 8)), back

    def _set_clock(self, seconds):
        self.offset += seconds
        time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)
        self.say(f"clock {seconds:+d} s")

    def restart_igp(self):
        router, how = self._router(self.igps_down), self.rng.choice(
            (signal.SIGTERM, signal.SIGKILL))
        if self.igps_down:
            return None
        self.igps_down.add(router)
        self.say(f"routing daemon of {router}: signal {int(how)}")
        self.ring.igps[router].proc.send(how)

        def start():
            self.ring.start_igp(router)
            self.igps_down.discard(router)
            self.say(f"routing daemon of {router}: start")
        return RESTART, start
