# SPDX-License-Identifier: ISC
"""How the bench prints what it has measured."""

import textwrap


def heading(title, text):
    print(f"\n{title}\n\n{textwrap.fill(text, 79)}\n", flush=True)


def row(*cells, widths):
    out = "".join(f"{str(c):<{w}}" if i == 0 else f"{str(c):>{w}}"
                  for i, (c, w) in enumerate(zip(cells, widths)))
    print(out.rstrip(), flush=True)


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"
