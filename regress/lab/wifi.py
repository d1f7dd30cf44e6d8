# SPDX-License-Identifier: ISC
"""The network of topology.py with real access points and stations: radios of
mac80211_hwsim, hostapd, wpa_supplicant.  Only in a machine of one's own
(regress/lab/vm.py), for radios know no namespace to be born in.

A router ap1, ap2 has wlan0 in its bridge roam0, or by itself.
"""

import os
import re
import shutil
import signal
import socket

from .air import Move
from .base import LabError, LabTimeout
from .daemon import Conf, Sroamd
from .igp import snippet
from .radius import Radius
from .topology import SERVER4, Network

SSID, FREQ, CHANNEL = "roam", 2412, 1
PSK = "5a" * 32
PASSWORD = "no word for a pre-computed key"
SYS = "/sys/class/ieee80211"
DEBUG = "/sys/kernel/debug/ieee80211"

# name: lines of hostapd, lines of wpa_supplicant's network
WPA2 = ["wpa=2", "rsn_pairwise=CCMP", "wpa_psk=" + PSK]
FT = WPA2 + ["wpa_key_mgmt=FT-PSK WPA-PSK", "mobility_domain=a1b2",
             "ft_psk_generate_local=1", "ft_over_ds=1"]
# Whom the server of lab/radius.py asks for a password alone.
EAP_USERS = [f'"user" PWD "{PASSWORD}"']
EAP = ["key_mgmt=WPA-EAP", "eap=PWD", 'identity="user"',
       f'password="{PASSWORD}"']
SECURITY = {
    "open": ([], ["key_mgmt=NONE"]),
    "wpa2": (WPA2 + ["wpa_key_mgmt=WPA-PSK"],
             ["key_mgmt=WPA-PSK", "psk=" + PSK]),
    "sae": (["wpa=2", "rsn_pairwise=CCMP", "wpa_key_mgmt=SAE",
             "ieee80211w=2", "sae_password=" + PASSWORD],
            ["key_mgmt=SAE", "ieee80211w=2", f'sae_password="{PASSWORD}"']),
    "ft": (FT + ["ieee80211w=1"],
           ["key_mgmt=FT-PSK", "ieee80211w=1", "psk=" + PSK]),
    "owe": (["wpa=2", "rsn_pairwise=CCMP", "wpa_key_mgmt=OWE",
             "ieee80211w=2"], ["key_mgmt=OWE", "ieee80211w=2"]),
    "eap": (["wpa=2", "rsn_pairwise=CCMP", "wpa_key_mgmt=WPA-EAP"]
            + Radius.lines(SERVER4), EAP),
    "eap3": (["wpa=2", "rsn_pairwise=CCMP", "wpa_key_mgmt=WPA-EAP-SHA256",
              "ieee80211w=2"] + Radius.lines(SERVER4),
             ["ieee80211w=2"] + [line.replace("WPA-EAP", "WPA-EAP-SHA256")
                                 for line in EAP]),
    # The access points ask each other, by frames that no router passes on:
    # only with a wire between them, which a routed network does not have.
    "ft-ds-wire": (FT, ["key_mgmt=FT-PSK", "psk=" + PSK]),
}


def shipped(word):
    """The lines of etc/hostapd.conf that begin with this."""
    return [line for line in snippet("hostapd.conf").splitlines()
            if line.startswith(word)]


class Control:
    """The control socket of hostapd or wpa_supplicant.  It has a name in the
    file system: an abstract one would not reach out of a namespace."""
    count = 0

    def __init__(self, lab, path):
        Control.count += 1
        self.own = lab.path(f"control{Control.count}")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.own)
        self.sock.settimeout(10)
        self.sock.connect(path)

    def ask(self, command):
        self.sock.send(command.encode())
        return self.sock.recv(65536).decode(errors="replace").strip()

    def close(self):
        self.sock.close()
        os.unlink(self.own)


class Daemon:
    """What hostapd and wpa_supplicant have in common."""

    def __init__(self, lab, ns, title):
        self.lab, self.ns, self.title = lab, ns, title
        self.dir = lab.path(f"{ns}-{title}")
        self.proc = None

    def ask(self, command, ifname="wlan0"):
        """Its answer; empty while there is none."""
        try:
            control = Control(self.lab, os.path.join(self.dir, ifname))
        except OSError:
            return ""
        try:
            return control.ask(command)
        except OSError:
            return ""
        finally:
            control.close()

    def status(self, ifname="wlan0"):
        return dict(line.split("=", 1)
                    for line in self.ask("STATUS", ifname).splitlines()
                    if "=" in line)

    def stop(self, sig=signal.SIGTERM):
        status = self.proc.stop(sig)
        shutil.rmtree(self.dir, ignore_errors=True)     # after SIGKILL
        return status


class Hostapd(Daemon):
    """One process, any number of interfaces."""

    def __init__(self, lab, ns, security, ifnames=("wlan0",), bridge="roam0",
                 extra=()):
        super().__init__(lab, ns, "hostapd")
        self.ifnames, self.bridge = list(ifnames), bridge
        self.security, self.extra = security, list(extra)

    def start(self):
        paths = [self.lab.write(
            f"{self.ns}-{ifname}-hostapd.conf", "\n".join([
                f"interface={ifname}", "driver=nl80211", f"ssid={SSID}",
                "hw_mode=g", f"channel={CHANNEL}",
                f"ctrl_interface={self.dir}", f"nas_identifier={self.ns}"]
                + ([f"bridge={self.bridge}"] if self.bridge else [])
                + shipped("assoc_sa_query_") + SECURITY[self.security][0]
                + self.extra) + "\n", 0o600)
            for ifname in self.ifnames]
        self.proc = self.lab.spawn(f"{self.ns}-hostapd",
                                   ["hostapd", "-t"] + paths, ns=self.ns)
        return self

    def wait_up(self):
        for ifname in self.ifnames:
            self.lab.wait(lambda i=ifname: self.status(i).get("state")
                          == "ENABLED", f"{self.ns}: hostapd on {ifname}", 20,
                          0.05)

    def has(self, mac, ifname="wlan0"):
        """Whether it holds the station for authorised."""
        return "[AUTHORIZED]" in self.ask("STA " + mac, ifname)


class Supplicant(Daemon):
    """One station, with stock software and configuration."""

    def __init__(self, lab, ns, security, psk=None, network=()):
        super().__init__(lab, ns, "supplicant")
        self.security, self.network = security, list(network)
        self.psk = psk

    def start(self):
        lines = [f"psk={self.psk}" if self.psk and line.startswith("psk=")
                 else line for line in SECURITY[self.security][1]]
        path = self.lab.write(f"{self.ns}-supplicant.conf", "\n".join(
            [f"ctrl_interface={self.dir}", "network={", f'ssid="{SSID}"',
             f"scan_freq={FREQ}"] + lines + self.network + ["}"]) + "\n",
            0o600)
        self.proc = self.lab.spawn(f"{self.ns}-supplicant", [
            "wpa_supplicant", "-t", "-D", "nl80211", "-i", "wlan0", "-c",
            path], ns=self.ns)
        return self

    def events(self, since=0):
        """[(time in ns, text)] of its log from that place on."""
        out = []
        for line in self.proc.text()[since:].splitlines():
            m = re.match(r"(\d+)\.(\d{6}): wlan0: (.*)", line)
            if m:
                out.append((int(m.group(1) + m.group(2)) * 1000, m.group(3)))
        return out

    def mark(self):
        return len(self.proc.text())

    def connected(self):
        """The access point it is at, when all is done."""
        status = self.status()
        if status.get("wpa_state") == "COMPLETED":
            return status.get("bssid")
        return None


def free_radios():
    """Those in the machine's own namespace, in order."""
    try:
        return sorted((n for n in os.listdir(SYS)
                       if os.listdir(f"{SYS}/{n}/device/net")),
                      key=lambda n: int(n[3:]))
    except OSError:         # one is just leaving
        return []


class Radio:
    """A radio in a namespace, its interface renamed."""

    def __init__(self, lab, ns, ifname="wlan0", mac=None):
        self.lab, self.ns, self.ifname = lab, ns, ifname
        self.phy = lab.wait(free_radios, "a free radio", 20)[0]
        name = os.listdir(f"{SYS}/{self.phy}/device/net")[0]
        lab.run("iw", "phy", self.phy, "set", "netns", "name",
                lab.ns_name(ns))
        lab.batch(ns, f"link set {name} down\nlink set {name} name {ifname}\n"
                  + (f"link set {ifname} address {mac}\n" if mac else ""))
        self.mac = lab.ip_json(ns, "link", "show", ifname)[0]["address"]
        self.hear(1)
        lab.closers.append(lambda: self.hear(1))

    def hear(self, group):
        """Radios hear each other when their groups have a bit in common."""
        with open(f"{DEBUG}/{self.phy}/hwsim/group", "w",
                  encoding="ascii") as f:
            f.write(str(group))


class WifiAir:
    """Access points and stations; moves as Air does."""

    def __init__(self, net, extra=()):
        self.net, self.lab = net, net.lab
        self.radios, self.aps, self.stations = {}, {}, {}
        for ns in net.routers + net.stations:
            self.radios[ns] = Radio(self.lab, ns)
        for ns, ifname in extra:
            self.radios[f"{ns}/{ifname}"] = Radio(self.lab, ns, ifname)
        self.mac = {s: self.radios[s].mac for s in net.stations}
        # Radio wlan0 of ap1 is called ap1, wlan1 of it ap1/wlan1.
        self.bssid = {radio.mac: name for name, radio in self.radios.items()
                      if name not in net.stations}
        if net.bridge:
            self.lay_wire(*net.routers[:2])

    def lay_wire(self, a, b):
        """What hostapd sends to the other one for FT over the DS leaves by
        its bridge; nothing else may pass.  It is down but for ft-ds-wire."""
        self.lab.veth(a, "ds0", b, "ds0")
        for ns in (a, b):
            self.lab.ip(ns, "link", "set", "ds0", "master", self.net.bridge)
            self.distributes(ns, "ds0")
            for words in ("qdisc add dev ds0 clsact",
                          "filter add dev ds0 egress protocol 0x890d prio 1 "
                          "matchall action pass",
                          "filter add dev ds0 egress protocol all prio 2 "
                          "matchall action drop"):
                self.lab.run("tc", "-n", self.lab.ns_name(ns),
                             *words.split())

    def distributes(self, ns, port):
        """Other access points are behind this port: etc/sroamd.nft."""
        self._element(ns, "distribution", port)

    def serves(self, ns, port):
        """A router and DHCP server is, likewise."""
        self._element(ns, "servers", port)

    def _element(self, ns, of, port):
        self.lab.run("nft", "add", "element", "bridge", "sroamd", of,
                     "{ %s }" % port, ns=ns)

    def start(self, security, bridge="roam0", extra=(), network=(),
              ifnames=None):
        """Everything on the air, with another security than before."""
        self.stop()
        if self.net.bridge:
            wire = security == "ft-ds-wire" and not self.net.bridged
            for ns in self.net.routers[:2]:
                self.lab.ip(ns, "link", "set", "ds0", "up" if wire else "down")
        for r in self.net.routers:
            self.aps[r] = Hostapd(self.lab, r, security,
                                  (ifnames or {}).get(r, ["wlan0"]), bridge,
                                  extra).start()
        for r in self.net.routers:
            self.aps[r].wait_up()
        for s in self.net.stations:
            self.stations[s] = Supplicant(self.lab, s, security,
                                          network=network).start()

    def stop(self):
        for daemon in list(self.stations.values()) + list(self.aps.values()):
            daemon.stop()
        self.stations, self.aps = {}, {}

    @property
    def at(self):
        return {s: self.bssid.get(d.connected())
                for s, d in self.stations.items()}

    def wait_connected(self, station, router=None, timeout=30):
        """Until it is authorised, at this router; there it is."""
        def there():
            at = self.bssid.get(self.stations[station].connected())
            return at if router in (None, at) else None
        return self.lab.wait(there, f"{station}: connected to "
                             f"{router or 'any'}", timeout, 0.05)

    def knows(self, station, router):
        """Have the access point in the station's list, by a scan if it has
        fallen out of it."""
        sta, bssid = self.stations[station], self.radios[router].mac
        if "bssid=" in sta.ask("BSS " + bssid):
            return

        def seen():
            if "bssid=" in sta.ask("BSS " + bssid):
                return True
            sta.ask(f"SCAN freq={FREQ}")
            return False
        self.lab.wait(seen, f"{station}: finds {router}", 20, 0.3)

    def move(self, station, router, how=None, timeout=20):
        """Roam; its 802.11 part by wpa_supplicant's own log."""
        self.knows(station, router)
        old = self.bssid.get(self.stations[station].connected())
        mark = self.order(station, router, how)
        return self.done(station, old, router, mark, timeout)

    def move_all(self, moves, _gap=0.0):
        """As Air's, one after the other; how long it takes is theirs."""
        return [self.move(station, router) for station, router, *_ in moves]

    def order(self, station, router, how=None):
        """Tell the station to go, and do not wait."""
        sta, bssid = self.stations[station], self.radios[router].mac
        if how is None:
            how = "ds" if sta.security == "ft-ds-wire" else "air"
        mark = sta.mark()
        said = sta.ask(("FT_DS " if how == "ds" else "ROAM ") + bssid)
        if said != "OK":
            raise LabError(f"{station}: roam to {router}: {said or 'silence'}")
        return mark

    def done(self, station, old, router, mark, timeout=20):
        """Wait for the end of a roam that was ordered."""
        sta, bssid = self.stations[station], self.radios[router].mac

        def over():
            off = None
            for when, text in sta.events(mark):
                if off is None and "Trying to a" in text:
                    off = when
                if text.startswith("CTRL-EVENT-CONNECTED") and bssid in text:
                    return Move(station, old, router, sta.security,
                                off or when, when)
            return None
        try:
            return self.lab.wait(over, f"{station}: roam to {router}",
                                 timeout, 0.01)
        except LabTimeout as err:
            raise LabTimeout(f"{err}\n" + sta.proc.text()[mark:][-2000:])


class WifiNetwork(Network):
    router_name, station_if = "ap{}", "wlan0"

    def __init__(self, lab, bridge="roam0", extra=(), stations=1,
                 source="nl80211", hostapd=True, **kw):
        """bridge: None for the gateway on wlan0 itself; source: of stations;
        hostapd: whether the daemon may talk to it."""
        self.bridge, self.extra, self.bridged = bridge, extra, False
        self.source, self.hostapd = source, hostapd
        super().__init__(lab, routers=2, stations=stations, **kw)

    def links_of_stations(self):
        return WifiAir(self, self.extra)

    def conf(self, ns, **kw):
        if ns != "core":
            kw.setdefault("iface", self.bridge or "wlan0")
            kw.setdefault("stations", self.source)
            if self.hostapd:
                kw["extra"] = list(kw.get("extra", ())) + [
                    f'hostapd "{self.lab.path(ns + "-hostapd")}"']
        return super().conf(ns, **kw)

    def security(self, name, **kw):
        """Another security for all; DHCP clients begin again, as they do on
        stations whose interface was down."""
        again = {s: c.name for s, c in self.clients.items()}
        for client in self.clients.values():
            client.stop()
        self.air.start(name, bridge=self.bridge, **kw)
        for station in self.stations:
            self.air.wait_connected(station)
        for station, kind in again.items():
            self.client(station, kind)
            self.wait_addresses(station)

    # The baseline: no routers but core, the access points only bridges.

    def bridge_together(self):
        """One network at layer 2 with core as its gateway.  Its daemon gives
        the leases and is then gone: it should help no roam."""
        lab = self.lab
        lab.batch("core", "link add lan address 02:00:00:00:01:64 type bridge "
                  "mcast_snooping 0\nlink set lan up\n")
        for r in self.routers:
            lab.veth("core", "l2-" + r, r, "l2")
            self.air.distributes("core", "l2-" + r)
            self.air.distributes(r, "l2")
            self.air.serves(r, "l2")
            lab.ip("core", "link", "set", "l2-" + r, "master", "lan", "up")
            lab.ip(r, "link", "set", "l2", "master", self.bridge, "up")
        self.bridged = True
        conf = Conf(lab, "core", self.addrs["core"], iface="lan")
        self.daemons["core"] = Sroamd(lab, conf).start()

    def bridge_alone(self):
        self.daemons["core"].proc.stop(signal.SIGKILL)

    def separate(self):
        """Back to routers; the next start cleans up after the killed one."""
        self.bridged = False
        self.lab.ip("core", "link", "del", "lan")
        for r in self.routers:
            self.lab.ip(r, "link", "del", "l2")
