# SPDX-License-Identifier: ISC
"""The network managers of whole systems, as they ship: NetworkManager,
connman and systemd-networkd.  They want a D-Bus of their own, and must not
see the machine's interfaces, settings, host name or clock."""

import os

from .clients import Client

# Before exec: what the machine has in /etc cannot be written, its sockets,
# leases and keys are not there, /sys shows this namespace's interfaces and,
# read-only, says that no udev will.
_SETUP = """
set -e
mount -n -t sysfs -o ro sysfs /sys
mount -n --bind /etc /etc
mount -n -o remount,bind,ro /etc
mount -n -t tmpfs tmpfs /run
mount -n -t tmpfs tmpfs /var/lib
mkdir -p /run/dbus /var/lib/{state}
mount -n --bind {store} /var/lib/{state}
{more}
exec setpriv --bounding-set -sys_time,-sys_module --inh-caps \
    -sys_time,-sys_module "$@"
"""

_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="*"/>
    <allow send_destination="*"/>
    <allow receive_type="*"/>
  </policy>
</busconfig>
"""


class Manager(Client):
    """A daemon with a D-Bus; both see the same private file system."""
    state = None            # its folder in /var/lib
    more = ""               # commands before it starts
    args = ()

    def __init__(self, lab, station):
        super().__init__(lab, station, list(self.args))

    def start(self):
        lab, station = self.lab, self.station
        store = lab.path(f"{station}-{self.name}.state")
        os.makedirs(store, exist_ok=True)
        setup = _SETUP.format(state=self.state, store=store,
                              more=self.files())
        self.bus = lab.spawn(
            f"{station}-{self.name}-bus",
            ["dbus-daemon", "--nofork", "--nopidfile",
             "--config-file=" + lab.write("bus.conf", _BUS)],
            ns=station, setup=setup)
        root = f"/proc/{self.bus.pid}/root/run/dbus/system_bus_socket"
        lab.wait(lambda: os.path.exists(root), f"{station}: D-Bus")
        self.proc = lab.spawn(f"{station}-{self.name}",
                              self.inside() + self.args)

    def inside(self):
        return ["nsenter", "-t", str(self.bus.pid), "-m", "-n", "-u"]

    def command(self, *args):
        """A command of its own control program."""
        return self.lab.run(*self.inside(), *args, check=False)

    def files(self):
        """Shell commands that lay out its configuration."""
        return ""

    def stop(self):
        status = self.proc.stop()
        self.bus.stop()
        return status

    def crash(self):
        super().crash()
        self.bus.stop()


_NM_CONF = """\
[main]
plugins=keyfile
dhcp=internal
dns=none
rc-manager=unmanaged
systemd-resolved=false
hostname-mode=none
no-auto-default=*
auth-polkit=false
configure-and-quit=no
[connectivity]
enabled=false
[logging]
level=DEBUG
domains=DHCP4,DHCP6,DEVICE,IP4,IP6
"""

_NM_LINK = """\
[connection]
id=eth0
uuid=5a1e6f0a-7d5b-4a0c-9d7e-0123456789ab
type=ethernet
interface-name=eth0
[ipv4]
method=auto
dad-timeout=200
[ipv6]
method=auto
addr-gen-mode=eui64
"""


def _here(path, text, mode="600"):
    return (f"cat >{path} <<'END'\n{text}END\nchmod {mode} {path}\n")


class NetworkManager(Manager):
    name, state = "NetworkManager", "NetworkManager"
    releases = False        # 1.42 has no such thing
    args = ["NetworkManager", "--no-daemon"]

    def files(self):
        keys = "/etc/NetworkManager"
        return (f"mount -n -t tmpfs tmpfs {keys}\n"
                f"mkdir {keys}/system-connections {keys}/conf.d\n"
                + _here(keys + "/NetworkManager.conf", _NM_CONF)
                + _here(keys + "/system-connections/eth0.nmconnection",
                        _NM_LINK))

    def release_lease(self):
        self.command("nmcli", "connection", "down", "eth0")

    def again(self):
        self.command("nmcli", "--wait", "0", "connection", "up", "eth0")


_CONNMAN_CONF = """\
[General]
AllowHostnameUpdates=false
AllowDomainnameUpdates=false
UseGatewaysAsTimeservers=false
FallbackTimeservers=
EnableOnlineCheck=false
AddressConflictDetection=true
PreferredTechnologies=ethernet
"""


class Connman(Manager):
    name, state = "connman", "connman"
    args = ["connmand", "-n", "-r", "-d", "-i", "eth0",
            "--config=/run/connman.conf", "--noplugin=vpn"]

    def files(self):
        return (_here("/run/connman.conf", _CONNMAN_CONF)
                + "mkdir -p /run/connman\n"
                "[ -e /var/lib/connman/settings ] || "
                + _here("/var/lib/connman/settings",
                        "[global]\nTimeUpdates=manual\n"
                        "TimezoneUpdates=manual\n[Wired]\nEnable=true\n"))

    def service(self):
        words = self.command("connmanctl", "services").split()
        return next((w for w in words if w.startswith("ethernet_")), None)

    def release_lease(self):
        self.command("connmanctl", "disconnect", self.service())

    def again(self):
        self.command("connmanctl", "connect", self.service())


_NETWORKD_LINK = """\
[Match]
Name=eth0
[Network]
DHCP=yes
IPv6AcceptRA=yes
[DHCPv4]
SendDecline=yes
ClientIdentifier=mac
UseHostname=no
UseMTU=yes
[DHCPv6]
DUIDType=link-layer
"""


class Networkd(Manager):
    name, state = "systemd-networkd", "systemd"
    remembers = False
    declines = False        # 252 takes the address off first: no route
    args = ["setpriv", "--reuid=systemd-network", "--regid=systemd-network",
            "--init-groups", "--inh-caps=-all,+net_admin,+net_raw,"
            "+net_bind_service,+net_broadcast", "--ambient-caps=-all,"
            "+net_admin,+net_raw,+net_bind_service,+net_broadcast",
            "/lib/systemd/systemd-networkd"]

    def files(self):
        return ("mkdir -p /run/systemd/netif/links /run/systemd/netif/leases "
                "/run/systemd/netif/lldp /run/systemd/network\n"
                "chown -R systemd-network:systemd-network /run/systemd/netif\n"
                + _here("/run/systemd/network/10-eth0.network",
                        _NETWORKD_LINK, "644"))

    def release_lease(self):
        self.stop()


MANAGERS = {c.name: c for c in (NetworkManager, Connman, Networkd)}
