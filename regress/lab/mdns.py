#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A station's mDNS (RFC 6762, 6763), by python3-zeroconf; started inside its
namespace:

    mdns.py publish NAME TYPE PORT ADDRESS ...     until it is ended
    mdns.py browse TYPE SECONDS     NAME PORT ADDRESS ... of each it finds
"""

import socket
import sys
import time

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf


def packed(addr):
    return socket.inet_pton(socket.AF_INET6 if ":" in addr
                            else socket.AF_INET, addr)


def publish(zc, name, kind, port, *addrs):
    kind += ".local."
    zc.register_service(ServiceInfo(
        kind, f"{name}.{kind}", int(port), server=f"{name}.local.",
        addresses=[packed(a) for a in addrs]))
    print("published", flush=True)
    while True:
        time.sleep(60)


class Found:
    def __init__(self):
        self.names = set()

    def add_service(self, _zc, _kind, name):
        self.names.add(name)

    def update_service(self, *_):
        pass

    def remove_service(self, _zc, _kind, name):
        self.names.discard(name)


def browse(zc, kind, seconds):
    kind += ".local."
    found, end = Found(), time.monotonic() + float(seconds)
    ServiceBrowser(zc, kind, listener=found)
    said = set()
    while time.monotonic() < end:
        for name in found.names - said:
            info = zc.get_service_info(kind, name, 1000)
            if info:
                said.add(name)
                print(name.removesuffix("." + kind), info.port,
                      *info.parsed_addresses(), flush=True)
        time.sleep(0.1)


def main():
    zc = Zeroconf(ip_version=IPVersion.All)
    {"publish": publish, "browse": browse}[sys.argv[1]](zc, *sys.argv[2:])
    zc.close()


if __name__ == "__main__":
    main()
