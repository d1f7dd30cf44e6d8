/* SPDX-License-Identifier: ISC */
/*
 * ARP packets, with an Ethernet header in front whose source is the sender
 * inside; a sender that has an address is probed.
 */
#include <string.h>

#include "fuzz_frame.h"
#include "wire/arp.h"
#include "wire/ip.h"

static size_t
wrap(const uint8_t *data, size_t len, uint8_t *frame)
{
	struct wire_ether ether = { .type = WIRE_TYPE_ARP };
	struct link link = fuzz_link();
	struct ibuf buf;

	if (len >= 14)
		memcpy(&ether.src, data + 8, sizeof(ether.src));
	ether.dst = link.lladdr;
	ibuf_to(&buf, frame, FUZZ_FRAME_MAX);
	wire_add_ether(&buf, &ether);
	if (ibuf_add(&buf, data, len) == -1)
		return 0;
	return ibuf_len(&buf);
}

static void
probe(const struct heard *heard, const struct link *link)
{
	struct probe probe = { .ifindex = 5, .mac = heard->mac,
	    .addr = heard->addr };
	struct heard ours;
	uint8_t space[WIRE_FRAME_MAX];
	struct ibuf buf;

	ibuf_to(&buf, space, sizeof(space));
	CHECK(wire_arp_probe(&probe, link, &buf) == 0);
	CHECK(wire_arp_parse(space, ibuf_len(&buf), link, &ours) == NULL);
	CHECK(ours.kind == HEARD_ARP);
	CHECK(addr_cmp(&ours.addr, &link->gateway4) == 0);
	CHECK(memcmp(space, &heard->mac, sizeof(heard->mac)) == 0);
}

/*
 * The frontend calls these for any frame that it takes for ARP, and for
 * others.
 */
static void
questions(const uint8_t *frame, size_t len, const struct link *link)
{
	struct arp_ask ask;
	struct addr target;
	bool asks = wire_arp_asks(frame, len, link, &ask);

	if (asks) {
		CHECK(addr_is_v4(&ask.target));
		CHECK(addr_cmp(&ask.target, &ask.sender) != 0);
		CHECK(addr_cmp(&ask.target, &link->gateway4) != 0);
	}
	if (wire_arp_probed(frame, len, &target)) {
		CHECK(addr_is_v4(&target));
		CHECK(!asks || addr_is_none(&ask.sender));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct link link = fuzz_link();
	struct fuzz_frame f;
	const struct heard *heard = &f.parsed.u.heard;

	if (!fuzz_frame(&f, data, len, wrap, &link))
		return 0;
	questions(f.octets, f.len, &link);
	if (f.parsed.kind != FRAME_ARP)
		return 0;
	CHECK(mac_is_station(&heard->mac));
	if (addr_is_none(&heard->addr))
		return 0;
	CHECK(addr_is_v4(&heard->addr));
	probe(heard, &link);
	return 0;
}
