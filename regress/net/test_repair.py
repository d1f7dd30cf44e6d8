# SPDX-License-Identifier: ISC
"""What another hand takes out of the kernel is put back, and counted."""

import pytest

from lab import Network


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=1, igp=None)
    net.start("r1", peers=[])
    return net


def ours(net, family):
    rules = net.lab.run("ip", family, "rule", "show", ns="r1")
    return [line for line in rules.splitlines() if "lookup 44" in line]


@pytest.mark.parametrize("family", ["-4", "-6"])
def test_a_rule_that_somebody_deletes_is_back_and_counted(net, family):
    d, lab = net.daemons["r1"], net.lab
    lab.wait(lambda: d.show("status")["settled"], "the start is over", 20)
    before = d.show("status")["kernel_repaired"]
    assert len(ours(net, family)) == 1
    lab.run("ip", family, "rule", "del", "priority", "1000", ns="r1")
    lab.wait(lambda: len(ours(net, family)) == 1, "the rule", 3)
    lab.wait(lambda: d.show("status")["kernel_repaired"] == before + 1,
             "the count", 3)
    said = [x for x in d.log().splitlines() if "rule 1000 lookup 44" in x
            and ("IPv4" if family == "-4" else "IPv6") in x]
    assert len(said) == 1, said


def test_a_foreign_route_of_our_protocol_stays(net):
    """Outside the stations' prefixes a protocol number proves nothing."""
    d, lab = net.daemons["r1"], net.lab
    foreign = (["route", "add", "198.51.100.0/24", "dev", "core",
                "proto", "44"],
               ["-6", "route", "add", "2001:db8:ffff::/48", "dev", "core",
                "proto", "44"])
    for args in foreign:
        lab.run("ip", *args, ns="r1")
    # A reload looks at all routes after a second.
    d.reload()
    lab.run("ip", "route", "add", "192.168.44.99/32", "dev", "core",
            "proto", "44", ns="r1")
    lab.wait(lambda: "192.168.44.99" not in lab.run(
        "ip", "route", "show", ns="r1"), "a leftover goes", 70, 0.5)
    assert "198.51.100.0/24" in lab.run("ip", "route", "show", ns="r1")
    assert "2001:db8:ffff::/48" in lab.run("ip", "-6", "route", "show",
                                           ns="r1")
