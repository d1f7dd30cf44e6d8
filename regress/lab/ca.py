# SPDX-License-Identifier: ISC
"""Certificates of our own CAs, by openssl(1)."""

import re
import subprocess


def openssl(*args, **kw):
    subprocess.run(["openssl", *args], check=True, capture_output=True, **kw)


class CA:
    def __init__(self, lab, name):
        self.lab, self.name, self.path = lab, name, lab.path(name + ".pem")
        self.key = lab.path(name + ".key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", self.key, "-out", self.path)

    def statement(self, router, addr, ca=None, san=()):
        """tls ca, with a certificate of our own for the address."""
        names = ",".join([f"IP:{addr}"] * (addr is not None) + list(san))
        base = self.lab.path(f"{self.name}-{router}-"
                             + re.sub(r"\W", "-", names))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                f"/CN={router}", "-keyout", base + ".key", "-out",
                base + ".pem", "-CA", self.path, "-CAkey", self.key,
                "-addext", f"subjectAltName={names}", "-addext",
                "basicConstraints=critical,CA:false")
        return [f'tls ca "{(ca or self).path}" cert "{base}.pem" '
                f'key "{base}.key"']
