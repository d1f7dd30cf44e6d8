/* SPDX-License-Identifier: ISC */
/*
 * Solicitations and advertisements; a station that is heard is probed, one
 * that solicits is answered, and our packets must parse again.
 */
#include "fuzz_frame.h"
#include "wire/ip.h"
#include "wire/nd.h"

static size_t
wrap(const uint8_t *data, size_t len, uint8_t *frame)
{
	const struct wire_ether ether = { { { 0x33, 0x33, 0, 0, 0, 2 } },
	    { { 2, 0, 0, 0, 0, 7 } }, WIRE_TYPE_IP6 };
	struct wire_ip ip = { .proto = WIRE_PROTO_ICMP6, .hops = 255 };
	struct ibuf buf;

	ibuf_to(&buf, frame, FUZZ_FRAME_MAX);
	if (len < 4 + 32)
		return 0;
	ibuf_from(&buf, data, 32);
	ibuf_get(&buf, &ip.src, sizeof(ip.src));
	ibuf_get(&buf, &ip.dst, sizeof(ip.dst));
	ibuf_to(&buf, frame, FUZZ_FRAME_MAX);
	wire_add_ether(&buf, &ether);
	wire_add_ip6(&buf, &ip);
	ibuf_add(&buf, data + 32, 2);
	ibuf_add_zero(&buf, 2);
	if (ibuf_add(&buf, data + 36, len - 36) == -1)
		return 0;
	wire_end_icmp6(&buf);
	return ibuf_len(&buf);
}

static const struct wire_nd_options options;

static void
answer(const struct solicit *solicit, const struct link *link)
{
	struct advert advert = { .ifindex = 5, .router_lifetime = 1800,
	    .mac = solicit->source_mac, .dst = solicit->source };
	uint8_t space[WIRE_FRAME_MAX];
	struct wire_ether ether;
	struct wire_ip ip;
	struct ibuf buf;

	ibuf_to(&buf, space, sizeof(space));
	CHECK(wire_nd_advert(&advert, link, &options, &buf) == 0);
	CHECK(wire_get_ether(&buf, &ether) == NULL);
	CHECK(wire_get_ip6(&buf, &ip) == NULL);
	CHECK(wire_check_icmp6(&buf, &ip) == NULL);
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
	if (wire_nd_probe(&probe, link, &buf) == -1) {
		CHECK(addr_is_none(&heard->addr));
		return;
	}
	CHECK(wire_nd_parse_heard(space, ibuf_len(&buf), 5, &ours) == NULL);
	CHECK(ours.kind == HEARD_NS);
	CHECK(addr_cmp(&ours.addr, &link->gateway6) == 0);
	CHECK(mac_cmp(&ours.mac, &link->lladdr) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct link link = fuzz_link();
	struct fuzz_frame f;
	const struct frame *frame = &f.parsed;
	struct addr target;

	if (!fuzz_frame(&f, data, len, wrap, &link))
		return 0;
	if (frame->kind == FRAME_RS)
		answer(&frame->u.solicit, &link);
	/* A station that asks for an address has none yet, and solicits. */
	if (wire_nd_probed(f.octets, f.len, &target) && *data != 0)
		CHECK(frame->kind == FRAME_MALFORMED ||
		    (frame->kind == FRAME_NS &&
		    addr_is_none(&frame->u.heard.addr)));
	if (frame->kind == FRAME_NS || frame->kind == FRAME_NA)
		probe(&frame->u.heard, &link);
	return 0;
}
