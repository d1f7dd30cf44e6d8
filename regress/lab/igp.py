# SPDX-License-Identifier: ISC
"""Routing daemons of a lab, run with the snippets of etc/."""

import os
import re
import signal

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))


class Babeld:
    name = "babeld"

    def __init__(self, lab, ns, links, local=()):
        """links: interfaces to other routers; local: prefixes announced."""
        text = "".join(f"interface {i} type wired\n" for i in links)
        # Own addresses are "local", connected networks are not.
        text += "".join(f"redistribute {w}ip {p} allow\n"
                        for w in ("local ", "") for p in local)
        conf = lab.write(f"{ns}-babeld.conf", text + _snippet("babeld.conf"))
        self.proc = lab.spawn(f"{ns}-babeld", [
            "babeld", "-c", conf, "-I", lab.path(ns + "-babeld.pid"),
            "-S", lab.path(ns + "-babeld.state")], ns=ns)

    def stop(self):
        return self.proc.stop()

    def kill(self):
        return self.proc.stop(signal.SIGKILL)


class Bird:
    name = "bird"

    def __init__(self, lab, ns, links, local=(), router_id="10.0.0.1"):
        text = _snippet("bird.conf")
        text = re.sub(r"^router id .*;$", f"router id {router_id};", text,
                      flags=re.M)
        pattern = ", ".join(f'"{i}"' for i in links)
        text = re.sub(r'interface\s+"[^;{]*\{', f"interface {pattern} {{",
                      text)
        for v, zero in (("4", "."), ("6", ":")):
            static = "".join(f"\troute {p} unreachable;\n" for p in local
                             if zero in p)
            if static:
                text += (f"protocol static lab{v} {{\n\tipv{v};\n"
                         + static + "}\n")
        conf = lab.write(f"{ns}-bird.conf", text)
        self.proc = lab.spawn(f"{ns}-bird", [
            "bird", "-f", "-c", conf, "-s", lab.path(ns + "-bird.ctl"),
            "-P", lab.path(ns + "-bird.pid")], ns=ns)

    def stop(self):
        return self.proc.stop()


def _snippet(name):
    path = os.path.join(ROOT, "etc", name)
    if not os.path.exists(path):
        return _FALLBACK[name]
    with open(path, encoding="utf-8") as f:
        return "".join(line for line in f
                       if not re.match(r"\s*interface \w+\s*(type .*)?$",
                                       line))


_FALLBACK = {"babeld.conf": """\
kernel-priority 1000
smoothing-half-life 0
default hello-interval 1 update-interval 4
redistribute proto 44 allow
redistribute local deny
""", "bird.conf": """\
router id 10.0.0.1;
protocol device {}
protocol kernel kernel4 {
	learn;
	ipv4 {
		import filter {
			if krt_source != 44 then reject;
			preference = 200;
			accept;
		};
		export where source ~ [ RTS_BABEL ];
	};
}
protocol kernel kernel6 {
	learn;
	ipv6 {
		import filter {
			if krt_source != 44 then reject;
			preference = 200;
			accept;
		};
		export where source ~ [ RTS_BABEL ];
	};
}
protocol babel {
	ipv4 { import all; export all; };
	ipv6 { import all; export all; };
	interface "uplink*" {
		type wired;
		update interval 200 ms;
	};
}
"""}


IGPS = {"babeld": Babeld, "bird": Bird}
