/* SPDX-License-Identifier: ISC */
/*
 * DHCPv6: whole frames, or a station's messages with right headers.  A message
 * that parses is answered with all options, and the answer is a whole datagram
 * with a right checksum, or does not fit.
 */
#include <string.h>

#include "fuzz_frame.h"
#include "wire/dhcp6.h"
#include "wire/ip.h"

static size_t
wrap(const uint8_t *data, size_t len, uint8_t *frame)
{
	const struct wire_ether ether = { { { 0x33, 0x33, 0, 1, 0, 2 } },
	    { { 2, 0, 0, 0, 0, 7 } }, WIRE_TYPE_IP6 };
	const struct wire_ip ip = { .src = { { 0xfe, 0x80, [15] = 7 } },
	    .dst = wire_dhcp6_servers, .proto = WIRE_PROTO_UDP, .hops = 1 };
	const struct wire_udp udp = { WIRE_DHCP6_CLIENT, WIRE_DHCP6_SERVER };
	struct ibuf buf;

	ibuf_to(&buf, frame, FUZZ_FRAME_MAX);
	wire_add_ether(&buf, &ether);
	wire_add_ip6(&buf, &ip);
	wire_add_udp(&buf, &udp);
	if (ibuf_add(&buf, data, len) == -1)
		return 0;
	CHECK(wire_end_udp6(&buf) == 0);
	return ibuf_len(&buf);
}

static void
answer(const struct dhcp6_request *req, const struct link *link)
{
	static struct wire_dhcp6_options options = { .nservers = 2,
	    .ndomains = 2, .domains = { "example.org", "a.b" },
	    .captive = "https://example.org" };
	struct dhcp6_reply reply = { .to = *req, .type = DHCP6_REPLY,
	    .has_status = 1, .rapid = req->rapid, .refresh = 600 };
	uint8_t space[WIRE_FRAME_MAX];
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	struct ibuf buf;
	uint32_t i;

	CHECK(req->nias <= DHCP6_IAS);
	CHECK(req->client_idlen <= DHCP6_DUID_MAX);
	for (i = 0; i < req->nias; i++) {
		CHECK(req->ias[i].prefix.len <= 128);
		reply.to.ias[i].old = req->ias[i].prefix;
		reply.to.ias[i].status = DHCP6_NO_PREFIX;
	}
	ibuf_to(&buf, space, sizeof(space));
	CHECK(wire_dhcp6_build(&reply, link, &options, &buf) == 0);
	CHECK(wire_get_ether(&buf, &ether) == NULL);
	CHECK(wire_get_ip6(&buf, &ip) == NULL);
	CHECK(wire_get_udp(&buf, &ip, &udp) == NULL);
	CHECK(addr_cmp(&ip.dst, &req->source) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct link link = fuzz_link();
	struct fuzz_frame f;
	uint8_t *copy;

	if (!fuzz_frame(&f, data, len, wrap, &link))
		return 0;
	/* The checksum is written, into octets of our own. */
	if (f.octets != f.space && f.len > 0) {
		if ((copy = malloc(f.len)) == NULL)
			abort();
		memcpy(copy, f.octets, f.len);
		(void)wire_sum_udp6(copy, f.len);
		wire_frame_parse(copy, f.len, &link, &f.parsed);
		free(copy);
	}
	if (f.parsed.kind == FRAME_DHCP6)
		answer(&f.parsed.u.dhcp6, &link);
	return 0;
}
