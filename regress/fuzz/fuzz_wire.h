/* SPDX-License-Identifier: ISC */
/*
 * Common to the harnesses of the wire layer.  The first octet of an input says
 * what the rest is: 0 a whole frame; else the payload of headers, which are
 * put in front with right lengths and checksums, since no fuzzer guesses
 * those.
 */
#ifndef FUZZ_WIRE_H
#define FUZZ_WIRE_H

#include <stdint.h>
#include <stdlib.h>

#include "msg.h"

#define FUZZ_FRAME_MAX	2048

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline struct link
fuzz_link(void)
{
	struct link link = { .ifindex = 5, .mtu = 1500 };

	mac_parse("02:00:5e:00:53:44", &link.lladdr);
	addr_parse("192.168.44.1", &link.gateway4);
	addr_parse("fe80::44", &link.gateway6);
	return link;
}
#endif
