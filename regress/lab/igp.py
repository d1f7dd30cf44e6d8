# SPDX-License-Identifier: ISC
"""Routing daemons of a lab, run with the snippets of etc/: only the names of
links and the addresses are put in their place."""

import os
import re
import shlex
import shutil
import signal
import string

from .daemon import PREFIX4, PREFIX6

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))


def snippet(name):
    with open(os.path.join(ROOT, "etc", name), encoding="utf-8") as f:
        return f.read()


def is_host(prefix):
    return prefix.endswith(("/32", "/128"))


def unit_commands(text, key, **variables):
    """The commands that a unit has for this key, each as its words and
    whether it may fail."""
    for line in re.findall(rf"^{key}=(.+)", text, re.M):
        yield (shlex.split(string.Template(line.lstrip("-")).substitute(
            variables)), line.startswith("-"))


class Babeld:
    name = "babeld"

    def __init__(self, lab, ns, links, local=(), stations=True):
        """links: interfaces to other routers; local: prefixes announced;
        stations: whether those here are announced, too."""
        rules = "".join(f"redistribute ip {p} eq {p.split('/')[1]} "
                        f"{'local ' if is_host(p) else ''}allow\n"
                        for p in local)
        text = re.sub(r"^interface \S+(.*)\n", lambda m: "".join(
            f"interface {i}{m.group(1)}\n" for i in links),
            snippet("babeld.conf"), flags=re.M)
        text = re.sub(r"(^redistribute ip .* local allow\n)+",
                      lambda m: rules, text, flags=re.M)
        if not stations:
            text = re.sub(r"^redistribute proto 44 .*\n", "", text,
                          flags=re.M)
        conf = lab.write(f"{ns}-babeld.conf", text)
        unit = snippet("babeld.service.d/sroamd.conf")
        for words, may_fail in unit_commands(unit, "ExecStartPre"):
            lab.run(*words, ns=ns, check=not may_fail)
        [(words, _)] = unit_commands(
            unit, "ExecStart", INTERFACES="", DAEMON_ARGS=shlex.join(
                ["-c", conf, "-S", lab.path(ns + "-babeld.state")]))
        self.proc = lab.spawn(f"{ns}-babeld", words, ns=ns)

    def stop(self):
        return self.proc.stop()

    def kill(self):
        return self.proc.stop(signal.SIGKILL)


class Bird:
    name, conf = "bird", "bird.conf"

    def __init__(self, lab, ns, links, local=(), router_id="10.0.0.1"):
        text = re.sub(r"^router id .*;", f"router id {router_id};",
                      snippet(self.conf), flags=re.M)
        text = text.replace('interface "eth0"', "interface " + ", ".join(
            f'"{i}"' for i in links))
        # Our networks are those of our interfaces.
        text = text.replace('interface "lo"',
                            'interface "lo", "server", ' + ", ".join(
                                f'"{i}"' for i in links))
        text = self.place(text, ns, links, [a.split("/")[0] for a in local])
        conf = lab.write(f"{ns}-bird.conf", text)
        self.proc = lab.spawn(f"{ns}-bird", [
            "bird", "-f", "-c", conf, "-s", lab.path(ns + "-bird.ctl"),
            "-P", lab.path(ns + "-bird.pid")], ns=ns)

    def place(self, text, _ns, _links, _own):
        """Put a router's own addresses in their place."""
        return text

    def stop(self):
        return self.proc.stop()


class BirdIbgp(Bird):
    """The snippet is an access point's; core is the reflector."""
    name, conf = "bird-ibgp", "bird-ibgp.conf"

    def place(self, text, ns, links, own):
        if ns == "core":
            return text[:text.index("protocol bgp reflector4")] + "".join(
                f"protocol bgp ap{n}v{v} from stations {{\n"
                f"\tsource address {own[v == 6]};\n"
                f"\tneighbor {client} as 65000;\n\trr client;\n"
                f"\tipv{v} {{\n\t\timport all;\n"
                "\t\texport where source = RTS_BGP;\n\t};\n}\n"
                for n, _link in enumerate(links, 1)
                for v, client in ((4, f"10.0.0.{n}"),
                                  (6, f"2001:db8:0:{n}::1")))
        for old, new in (("10.1.1.1;", own[0] + ";"),
                         ("2001:db8:1::1;", own[1] + ";"),
                         ("10.1.1.100 as", "10.0.0.100 as"),
                         ("2001:db8:1::100 as", "2001:db8:0:100::1 as")):
            assert old in text
            text = text.replace(old, new)
        return text


class Frr:
    name = "frr"
    DAEMONS = "/usr/lib/frr"

    def __init__(self, lab, ns, links, local=(), router_id="10.0.0.1"):
        text = snippet("frr.conf")
        for old, new in (("10.1.1.1/32", local[0]),
                         ("2001:db8:1::1/128", local[1]),
                         ("192.168.44.0/24", PREFIX4),
                         ("2001:db8:1234::/48", PREFIX6)):
            text = text.replace(old, new)
        text = re.sub(r"router-id .*", f"router-id {router_id}", text)
        links = list(links) + (["server"] if ns == "core" else [])
        text = re.sub(r"^interface eth0\n((?: .*\n)+)!\n", lambda m: "".join(
            f"interface {i}\n{m.group(1)}!\n" for i in links), text,
            flags=re.M)
        conf = lab.write(f"{ns}-frr.conf", text)
        folder = lab.path(ns + "-frr")
        os.makedirs(folder, exist_ok=True)
        shutil.chown(folder, "frr", "frr")
        self.procs = []
        for name in ("zebra", "ospfd", "ospf6d"):
            self.procs.append(lab.spawn(f"{ns}-{name}", [
                f"{self.DAEMONS}/{name}", "-f", conf, "-z", folder + "/zserv", "--vty_socket", folder,
                "-i", f"{folder}/{name}.pid", "--log", "stdout", "-P", "0"],
                ns=ns))
            if name == "zebra":
                lab.wait(lambda: os.path.exists(folder + "/zserv"),
                         f"{ns}: zebra")

    def stop(self):
        for proc in reversed(self.procs):
            proc.stop()


IGPS = {"babeld": Babeld, "bird": Bird, "bird-ibgp": BirdIbgp,
        "frr": Frr}
