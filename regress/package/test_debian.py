# SPDX-License-Identifier: ISC
"""debian/ says what the tree has: versions, packages to build with, files, what
its scripts and README.Debian name.  Nothing is built here."""

import os
import re
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return f.read()


def rules_of_install():
    """What debian/rules gives make: variables, by name."""
    text = re.search(r"^WHERE\t= (.*?[^\\])$", read("debian/rules"),
                     re.M | re.S).group(1).replace("\\\n", " ")
    return dict(word.split("=", 1) for word in text.split()
                if not word.startswith("BUILD="))


def installed():
    """The paths that `make install` writes to for the package, from make."""
    where = [f"{k}={v}" for k, v in rules_of_install().items()]
    out = subprocess.run(["make", "-n", "install", "DESTDIR=/D", *where],
                         cwd=ROOT, text=True, capture_output=True, check=True,
                         env=dict(os.environ, MAKEFLAGS="")).stdout
    return out.replace("\\\n", " ").replace("/D/", "/")


def field(paragraph, name):
    text = re.search(rf"^{name}:(.*(?:\n .*)*)", paragraph, re.M).group(1)
    return [word.split()[0] for word in text.split(",") if word.strip()]


def test_its_version_is_that_of_the_makefile():
    version = re.search(r"^VERSION\t= (\S+)", read("Makefile"), re.M).group(1)
    said = re.match(r"sroamd \((.*?)\)", read("debian/changelog")).group(1)
    assert re.fullmatch(re.escape(version) + r"([~+-].*)?", said)


def test_it_is_built_with_the_packages_that_the_tree_names():
    groups = {}
    for line in read("etc/packages.debian").splitlines():
        if line and not line.startswith("#"):
            group, package = line.split()
            groups.setdefault(group, set()).add(package)
    wants = set(field(read("debian/control"), "Build-Depends"))
    essential = {"gcc", "make", "libc6-dev"}        # build-essential has them
    helpers = {"debhelper-compat", "dh-sequence-installsysusers"}
    assert wants - helpers - {"libcmocka-dev"} == groups["build"] - essential
    assert {"libcmocka-dev"} <= wants & groups["test"]
    assert "debhelper" in groups["package"]


def test_its_folders_are_of_the_distribution():
    # But for what sed replaces by them.
    said = re.sub(r"'s,[^']*'", "", installed())
    for folder in ("/usr/sbin", "/usr/libexec/sroamd", "/lib/systemd/system",
                   "/usr/share/man/man", "/usr/lib/sysusers.d"):
        assert re.search(rf"[\s=]{folder}(?![a-z])", said), folder
    assert "/usr/local" not in said
    # An administrator's folder has nothing that makes a router of a machine.
    assert not re.search(r"\s/etc/sysctl", said)


def test_readme_debian_names_what_is_there():
    said, text = installed(), read("debian/README.Debian")
    examples = re.findall(r"/usr/share/doc/sroamd/examples/([\w.-]+)", text)
    assert len(examples) >= 2
    for name in examples:
        assert re.search(rf"/{re.escape(name)}\b|etc/{re.escape(name)}\b",
                         said), name
    pages = read("man/sroamd.8")
    for page, section in re.findall(r"(\w+)\(8\), ([A-Z]+)", text):
        assert f".Sh {section}\n" in pages, (page, section)
    for option in re.findall(r"^ {4}sroamd (-\w)$", text, re.M):
        assert option[1] in re.search(r"\.Op Fl (\w+)", pages).group(1)


def test_what_its_scripts_remove_is_what_the_daemon_makes():
    text = read("debian/sroamd.postrm")
    gone = re.search(r"rm -rf (.*)", text).group(1).split()
    defaults = read("regress/config/defaults.ok") + read("sroamd/conf/field.c")
    unit = read("etc/sroamd.service")
    assert re.search(r"^StateDirectory=sroamd$", unit, re.M)
    assert re.search(r"^RuntimeDirectory=sroamd ", unit, re.M)
    assert gone == ["/var/lib/sroamd", "/run/sroamd", "/run/sroamd.sock"]
    for path in "/var/lib/sroamd", "/run/sroamd.sock", "/run/sroamd/empty":
        assert path in defaults, path
        assert any(path.startswith(g) for g in gone), path


def test_units_that_its_scripts_name_are_there():
    for name in "debian/sroamd.postinst", "debian/sroamd.prerm", \
            "debian/rules":
        units = set(re.findall(r"\b([\w-]+\.service)\b", read(name)))
        assert units, name
        for unit in units:
            assert os.path.exists(os.path.join(ROOT, "etc", unit)), unit


def test_the_test_of_the_package_is_there():
    name = re.search(r"regress/net/[^\"]*", read("debian/tests/roam")).group(0)
    path, test = name.split("::")
    ids = re.search(r"\[(.*)\]", test).group(1)
    text = read(path)
    assert f"def {test.split('[')[0]}(" in text
    assert '("babeld", True, True, 100)' in text and \
        ids == "babeld-direct-one-mac"


def test_licence_is_that_of_the_tree():
    said = re.sub(r"\s+", " ", re.sub(r"^ \.?", "", read("debian/copyright"),
                                      flags=re.M))
    first, _, rest = read("LICENSE").partition("\n")
    assert first.removeprefix("Copyright (c) ") in said
    for paragraph in rest.strip().split("\n\n"):
        assert re.sub(r"\s+", " ", paragraph.strip()) in said
