/* SPDX-License-Identifier: ISC */
/*
 * Requests that parse are answered; the answers must have right headers and
 * sizes, and options that can be walked to their END.
 */
#include <string.h>

#include "fuzz_frame.h"
#include "wire/dhcp.h"
#include "wire/ip.h"

static size_t
wrap(const uint8_t *data, size_t len, uint8_t *frame)
{
	const struct wire_ether ether = { wire_broadcast,
	    { { 2, 0, 0, 0, 0, 7 } }, WIRE_TYPE_IP4 };
	const struct wire_udp udp = { 68, 67 };
	struct wire_ip ip = { .proto = WIRE_PROTO_UDP, .hops = 64 };
	struct ibuf buf;

	ibuf_to(&buf, frame, FUZZ_FRAME_MAX);
	addr_parse("255.255.255.255", &ip.dst);
	wire_add_ether(&buf, &ether);
	wire_add_ip4(&buf, &ip);
	wire_add_udp(&buf, &udp);
	if (ibuf_add(&buf, data, len) == -1)
		return 0;
	wire_end_udp4(&buf);
	return ibuf_len(&buf);
}

static void
check_reply(const struct dhcp_request *req, struct ibuf *buf)
{
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	uint8_t code, len;
	int client_id = 0;
	uint8_t last = 0;

	CHECK(ibuf_len(buf) >= 14 + 28 + 300);
	CHECK(ibuf_len(buf) <= 14 + 576 + 2u + req->relay_idlen ||
	    ibuf_len(buf) <= (size_t)14 + 2 + req->maxsize +
	    req->relay_idlen);
	CHECK(wire_get_ether(buf, &ether) == NULL);
	CHECK(wire_get_ip4(buf, &ip) == NULL);
	CHECK(wire_get_udp(buf, &ip, &udp) == NULL);
	CHECK(udp.sport == 67 && udp.dport == (addr_is_none(&req->giaddr) ?
	    68 : req->relay_port ? req->sport : 67));
	CHECK(ibuf_skip(buf, 236) == 0);
	if (req->plain)
		return;
	CHECK(ibuf_skip(buf, 4) == 0);
	for (;;) {
		CHECK(ibuf_get_n8(buf, &code) == 0 && code != 0);
		if (code == 255)
			break;
		CHECK(ibuf_get_n8(buf, &len) == 0);
		if (code == 61) {
			client_id++;
			CHECK(len == req->client_idlen);
			CHECK(memcmp(ibuf_peek(buf), req->client_id, len)
			    == 0);
		}
		CHECK(req->type != DHCP_BOOTP || (code < 50 || code > 59));
		CHECK(code != 82 || (len == req->relay_idlen &&
		    memcmp(ibuf_peek(buf), req->relay_id, len) == 0));
		last = code;
		CHECK(ibuf_skip(buf, len) == 0);
	}
	CHECK((last == 82) == (req->relay_idlen > 0));
	CHECK(client_id == (req->client_idlen > 0 && req->type != DHCP_BOOTP));
}

static void
answer(const struct dhcp_request *req)
{
	static const uint8_t types[] = { DHCP_OFFER, DHCP_ACK, DHCP_NAK };
	static const uint8_t bootp[] = { DHCP_BOOTP };
	const uint8_t *all = req->type == DHCP_BOOTP ? bootp : types;
	struct link link = fuzz_link();
	static const struct dhcp_option always = { .code = 242, .always = 1,
	    .len = 300 };
	static const struct dhcp_option *const raw[] = { &always };
	struct wire_dhcp_options opts = { .source = link.lladdr,
	    .gateway = link.gateway4, .netmask = 32, .mtu = 1400,
	    .nnameservers = 2, .raw = raw, .nraw = 1,
	    .server_name = "boot.example.net",
	    .boot_file = req->has_arch ? "x64.efi" : "undionly.kpxe" };
	struct dhcp_reply reply = { .to = *req, .server = link.gateway4 };
	uint8_t space[WIRE_FRAME_MAX];
	struct ibuf buf;
	size_t i;

	addr_parse("192.168.43.43", &opts.nameservers[0]);
	addr_parse("192.168.43.44", &opts.nameservers[1]);
	addr_parse("10.9.0.2", &opts.next_server);
	addr_parse("192.168.44.17", &reply.yiaddr);
	reply.lease = reply.t1 = reply.t2 = 1800;
	strlcpy(reply.message, "no", sizeof(reply.message));
	for (i = 0; i < (all == bootp ? sizeof(bootp) : sizeof(types)); i++) {
		reply.type = all[i];
		ibuf_to(&buf, space, sizeof(space));
		if (wire_dhcp_build(&reply, &opts, &buf) == 0)
			check_reply(req, &buf);
		else
			CHECK(req->relay_port && req->sport == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct link link = fuzz_link();
	struct fuzz_frame f;
	const struct dhcp_request *req = &f.parsed.u.dhcp;

	if (!fuzz_frame(&f, data, len, wrap, &link) ||
	    f.parsed.kind != FRAME_DHCP)
		return 0;
	CHECK(req->nparams <= DHCP_PARAMS_MAX);
	CHECK(mac_is_station(&req->chaddr));
	answer(req);
	return 0;
}
