# SPDX-License-Identifier: ISC
"""sroamd and sroamctl from the build tree."""

import json
import os
import signal
import subprocess

from .base import LabError

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
SROAMD = os.path.join(BUILD, "sroamd", "sroamd")
SROAMCTL = os.path.join(BUILD, "sroamctl", "sroamctl")

NICE = ["nice", "-n", "-5"]     # as in etc/sroamd.service

PREFIX4, PREFIX6 = "192.168.44.0/24", "2001:db8:44::/48"
GATEWAY4, GATEWAY6 = "192.168.44.1", "fe80::44"
LLADDR = "02:00:5e:00:53:44"
PORT = 4444
USER = "nobody"         # there is none of our own before make install


class Conf:
    """The text of a sroamd.conf, with what a lab always needs."""

    def __init__(self, lab, name, addrs=(), peers=(), iface="roam0",
                 stations="bridge", lladdr=LLADDR, direct=True, extra=(),
                 iface_extra=(), tls=()):
        self.lab, self.name = lab, name
        self.addrs, self.peers = list(addrs), list(peers)
        self.prefixes = [PREFIX4, PREFIX6]
        self.iface, self.stations, self.lladdr = iface, stations, lladdr
        self.gateways = [GATEWAY4 + "/32", GATEWAY6 + "/64"]
        self.direct, self.extra = direct, list(extra)
        self.iface_extra = list(iface_extra)
        self.listen, self.tls = "*", list(tls)      # tls: its statements
        self.user, self.state = USER, lab.path(name + ".state")
        self.identity = None        # the file's octets, of identity.py

    def text(self):
        out = [f"prefix {p}" for p in self.prefixes]
        out += ["nameserver { 10.9.0.2, 2001:db8:9::2 }",
                f'router name "{self.name}"']
        if self.addrs:
            out.append("router address { " + ", ".join(self.addrs) + " }")
        out += [f'state "{self.state}"', f'user "{self.user}"',
                f'chroot "{self.lab.path("empty")}"']
        out += self.tls
        clear = "" if self.tls else " no tls"
        if self.listen:
            out.append(f"listen on {self.listen} port {PORT}{clear}")
        out += [f"peer {p}" + ("" if " port " in p else f" port {PORT}")
                + clear for p in self.peers]
        if not self.direct:
            out.append("direct no")
        out += self.extra
        if self.iface:
            out.append(f"interface {self.iface} {{")
            if self.stations:
                out.append(f"\tstations {self.stations}")
            if self.lladdr:
                out.append(f"\tlladdr {self.lladdr}")
            out += [f"\taddress {a}" for a in self.gateways]
            out += ["\t" + line for line in self.iface_extra]
            out.append("}")
        return "\n".join(out) + "\n"


class Sroamd:
    """One router's daemon, in the namespace of the configuration's name."""

    def __init__(self, lab, conf, ns=None):
        self.lab, self.conf, self.ns = lab, conf, ns or conf.name
        self.socket = lab.path(conf.name + ".sock")
        self.path = lab.path(conf.name + ".conf")
        self.proc, self.starts = None, 0
        self.program, self.sroamctl = SROAMD, SROAMCTL

    def write_conf(self):
        # The state belongs to the daemon's user alone.
        os.makedirs(self.conf.state, mode=0o700, exist_ok=True)
        if self.conf.identity:
            path = os.path.join(self.conf.state, "identity")
            with open(path, "wb", opener=lambda p, flags: os.open(
                    p, flags, 0o600)) as f:
                f.write(self.conf.identity)
        self.lab.write(self.conf.name + ".conf", self.conf.text(), 0o600)

    def start(self, wait=True, verbose=True, output=None):
        self.write_conf()
        self.starts += 1
        self.proc = self.lab.spawn(
            f"{self.conf.name}-sroamd",
            NICE + [self.program, "-d", *(["-v"] if verbose else []), "-f", self.path,
                    "-s", self.socket],
            ns=self.ns, output=output, die_signal=signal.SIGTERM)
        if wait:
            self.wait_up()
        return self

    def wait_up(self, timeout=10):
        def answers():
            if not self.proc.running():
                raise LabError(f"{self.conf.name}: sroamd ended:\n"
                               + self.proc.text()[-2000:])
            return self.try_ctl("show", "status") is not None
        self.lab.wait(answers, f"{self.conf.name}: sroamd answers", timeout,
                      0.02)

    def stop(self):
        """SIGTERM; the exit status."""
        return self.proc.stop()

    def remove(self):
        """What it has left in the kernel, while it does not run."""
        return self.lab.run(self.program, "-r", "-f", self.path, "-s",
                            self.socket, ns=self.ns)

    def log(self):
        return self.proc.text()

    def processes(self):
        """Process ids by role, from the kernel, not from the daemon."""
        roles = {"parent": self.proc.pid}
        path = f"/proc/{self.proc.pid}/task/{self.proc.pid}/children"
        try:
            with open(path, encoding="ascii") as f:
                children = f.read().split()
        except OSError:
            children = []
        for pid in children:
            try:
                with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                    name = f.read().strip()
            except OSError:
                continue
            roles[name.removeprefix("sroamd-")] = int(pid)
        return roles

    # sroamctl

    def ctl_raw(self, *args):
        return subprocess.run([self.sroamctl, "-s", self.socket] + list(args),
                              stdin=subprocess.DEVNULL, text=True, timeout=20,
                              capture_output=True)

    def ctl(self, *args):
        done = self.ctl_raw(*args)
        if done.returncode != 0:
            raise LabError(f"sroamctl {' '.join(args)}: "
                           f"{(done.stderr or done.stdout).strip()}")
        return done.stdout

    def try_ctl(self, *args):
        done = self.ctl_raw(*args)
        return done.stdout if done.returncode == 0 else None

    def show(self, what):
        """The records of `sroamctl -j show what`."""
        data = json.loads(self.ctl("-j", "show", what))
        if isinstance(data, dict):
            lists = [v for v in data.values() if isinstance(v, list)]
            if len(data) == 1 and lists:
                return lists[0]
            if len(data) == 1:
                return next(iter(data.values()))
        return data

    def reload(self):
        self.write_conf()
        return self.ctl("reload")

    # Conditions for Lab.wait

    def station(self, mac):
        for rec in self.show("stations"):
            if rec.get("mac") == mac:
                return rec
        return None

    def has_station_here(self, mac):
        rec = self.station(mac)
        return bool(rec and rec.get("here"))

    def peers_up(self, count):
        return sum(p.get("state") == "up" for p in self.show("peers")) >= count
