/* SPDX-License-Identifier: ISC */
/* DHCPv4, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/dhcp.h"
#include "wire/ip.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

#define STATION		"02:00:00:00:00:07"
#define RELAY		"02:00:00:00:00:08"
#define AT_IP		14
#define AT_BOOTP	42
#define AT_OPTIONS	(AT_BOOTP + 240)
#define AT_SNAME	(AT_BOOTP + 44)
#define AT_FILE		(AT_BOOTP + 108)

static uint8_t	frame[1600];

/* Changes of an otherwise valid request; texts are hex. */
struct change {
	size_t		 at;
	const char	*octets;
};

/* A DHCP frame with these options only. */
static size_t
request_of(const char *options, const struct change *change,
    const struct change *change2)
{
	const struct wire_ether ether = { wire_broadcast,
	    { { 2, 0, 0, 0, 0, 7 } }, WIRE_TYPE_IP4 };
	const struct wire_udp udp = { 68, 67 };
	struct wire_ip ip = { .proto = WIRE_PROTO_UDP, .hops = 64 };
	uint8_t bootp[240] = { 1, 1, 6, 0, 0xca, 0xfe, 0, 1 };
	uint8_t octets[1024];
	struct ibuf buf;
	size_t len = hex(options, octets, sizeof(octets));

	memcpy(bootp + 28, ether.src.octet, 6);
	memcpy(bootp + 236, "\x63\x82\x53\x63", 4);
	ibuf_to(&buf, frame, sizeof(frame));
	addr_parse("255.255.255.255", &ip.dst);
	assert_int_equal(wire_add_ether(&buf, &ether), 0);
	assert_int_equal(wire_add_ip4(&buf, &ip), 0);
	assert_int_equal(wire_add_udp(&buf, &udp), 0);
	assert_int_equal(ibuf_add(&buf, bootp, sizeof(bootp)), 0);
	assert_int_equal(ibuf_add(&buf, octets, len), 0);
	if (change != NULL && change->octets != NULL)
		hex(change->octets, frame + change->at, 128);
	if (change2 != NULL && change2->octets != NULL)
		hex(change2->octets, frame + change2->at, 128);
	assert_int_equal(wire_end_udp4(&buf), 0);
	return ibuf_len(&buf);
}

static const char *
parse(const char *options, struct dhcp_request *req)
{
	size_t len = request_of(options, NULL, NULL);

	return wire_dhcp_parse(frame, len, 5, req);
}

static struct wire_dhcp_options
options_of_link(void)
{
	struct wire_dhcp_options opts = { .netmask = 32,
	    .nnameservers = 2 };

	mac_parse("02:00:5e:00:53:44", &opts.source);
	addr_parse("192.168.44.1", &opts.gateway);
	addr_parse("2001:db8:4343::43", &opts.nameservers[0]);
	addr_parse("192.168.43.43", &opts.nameservers[1]);
	return opts;
}

static struct dhcp_reply
reply_to(const struct dhcp_request *req, uint8_t type)
{
	struct dhcp_reply reply = { .to = *req, .type = type };

	addr_parse("192.168.44.1", &reply.server);
	if (type != DHCP_NAK) {
		addr_parse("192.168.44.17", &reply.yiaddr);
		reply.lease = 1800;
		reply.t1 = 900;
		reply.t2 = 1575;
	}
	return reply;
}

static void
a_discover_is_read(void **state)
{
	static const uint8_t params[] = { 1, 121, 3, 6 };
	static const uint8_t client[] = { 1, 2, 0, 0, 0, 0, 7 };
	struct dhcp_request req;
	size_t len = hex(packet_discover, frame, sizeof(frame));

	(void)state;
	assert_null(wire_dhcp_parse(frame, len, 5, &req));
	assert_int_equal(req.ifindex, 5);
	assert_int_equal(req.type, DHCP_DISCOVER);
	assert_int_equal(req.xid, 0x12345678);
	assert_int_equal(req.secs, 3);
	assert_int_equal(req.flags, 0);
	assert_int_equal(req.maxsize, 1472);
	assert_string_equal(addr_text(&req.requested), "192.168.44.17");
	assert_true(addr_is_none(&req.ciaddr));
	assert_true(addr_is_none(&req.giaddr));
	assert_true(addr_is_none(&req.server));
	assert_true(addr_is_none(&req.source));
	assert_string_equal(mac_text(&req.chaddr), STATION);
	assert_string_equal(mac_text(&req.source_mac), STATION);
	assert_int_equal(req.nparams, sizeof(params));
	assert_memory_equal(req.params, params, sizeof(params));
	assert_int_equal(req.client_idlen, sizeof(client));
	assert_memory_equal(req.client_id, client, sizeof(client));
}

static void
other_fields_are_read(void **state)
{
	const struct change ciaddr = { AT_BOOTP + 10, "8000 c0a82c11" },
	    giaddr = { AT_BOOTP + 24, "0a010102" };
	struct dhcp_request req;
	size_t len = request_of("350103 3604c0a82c01 330400000e10 ff", &ciaddr,
	    &giaddr);

	(void)state;
	assert_null(wire_dhcp_parse(frame, len, 5, &req));
	assert_int_equal(req.type, DHCP_REQUEST);
	assert_int_equal(req.flags, 0x8000);
	assert_int_equal(req.lease, 3600);
	assert_string_equal(addr_text(&req.ciaddr), "192.168.44.17");
	assert_string_equal(addr_text(&req.giaddr), "10.1.1.2");
	assert_string_equal(addr_text(&req.server), "192.168.44.1");
}

/* All of these are DISCOVER, 50 192.168.44.17, 61 "abcdef". */
static void
options_are_found_however_they_are_written(void **state)
{
	static const struct {
		const char *options, *file, *sname;
	} rows[] = {
		{ "350101 3204c0a82c11 3d06616263646566 ff", NULL, NULL },
		/* without END */
		{ "350101 3204c0a82c11 3d06616263646566", NULL, NULL },
		/* pads, and garbage behind END */
		{ "00350101 000000 3204c0a82c11 00 3d06616263646566 ff 35ff",
		    NULL, NULL },
		/* RFC 3396: split, also in the middle of an address */
		{ "350101 3202c0a8 3d03616263 32022c11 3d03646566 ff", NULL,
		    NULL },
		{ "350101 3204c0a82c11 3d00 3d06616263646566 3d00 ff", NULL,
		    NULL },
		/* overload: in file, in sname, in both, split over all */
		{ "350101 340101 ff", "3204c0a82c11 3d06616263646566 ff",
		    NULL },
		{ "350101 340102 ff", NULL,
		    "3204c0a82c11 3d06616263646566 ff" },
		{ "340103 3d026162 ff", "3501013d026364 ff",
		    "3d026566 3204c0a82c11 ff" },
		/* without overload the fields have no meaning */
		{ "350101 3204c0a82c11 3d06616263646566 ff", "3d0178ff",
		    "ffffffff" },
		/* options that we do not know, one empty */
		{ "350101 0c0361706f 5000 3204c0a82c11 3d06616263646566 ff",
		    NULL, NULL }
	};
	struct dhcp_request req;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		const struct change file = { AT_FILE, rows[i].file },
		    sname = { AT_SNAME, rows[i].sname };

		len = request_of(rows[i].options, &file, &sname);
		assert_null(wire_dhcp_parse(frame, len, 5, &req));
		assert_int_equal(req.type, DHCP_DISCOVER);
		assert_string_equal(addr_text(&req.requested),
		    "192.168.44.17");
		assert_int_equal(req.client_idlen, 6);
		assert_memory_equal(req.client_id, "abcdef", 6);
	}
}

/* Vendor extensions of RFC 1497, none of them, or zeroes. */
static void
a_request_without_a_type_is_bootp(void **state)
{
	static const struct {
		const char	*options, *cookie;
		uint8_t		 plain;
		const char	*why;
	} rows[] = {
		{ "ff", "63825363", 0, NULL },
		{ "", "63825363", 0, NULL },
		{ "0c03504c43 ff", "63825363", 0, NULL },
		{ "", "00000000", 1, NULL },
		/* They are no options without the cookie. */
		{ "350101 3204", "00000000", 1, NULL },
		{ "0cff", "63825363", 0, "option runs past the end" },
		{ "ff", "63825362", 0, "bad cookie" },
		{ "ff", "434d5500", 0, "bad cookie" }
	};
	struct change cookie = { AT_BOOTP + 236, NULL };
	struct dhcp_request req;
	const char *why;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		cookie.octets = rows[i].cookie;
		len = request_of(rows[i].options, &cookie, NULL);
		why = wire_dhcp_parse(frame, len, 5, &req);
		if (rows[i].why != NULL) {
			assert_string_equal(why, rows[i].why);
			continue;
		}
		assert_null(why);
		assert_int_equal(req.type, DHCP_BOOTP);
		assert_int_equal(req.plain, rows[i].plain);
		assert_true(addr_is_none(&req.requested));
	}
}

/* 300 octets, as old devices have room for, and nothing of DHCP. */
static void
a_bootp_reply_is_one_of_bootp(void **state)
{
	static const struct {
		const char	*cookie, *want;	/* what is behind the fields */
		uint16_t	 flags;
		const char	*dst;
	} rows[] = {
		{ "63825363", "63825363 0104ffffffff 0304c0a82c01 "
		    "0c03706c63 0604c0a82b2b ff", 0, "192.168.44.17" },
		{ "63825363", "63825363 0104ffffffff", 0x8000,
		    "255.255.255.255" },
		{ "00000000", "00000000 00000000 00000000", 0,
		    "192.168.44.17" }
	};
	struct change cookie = { AT_BOOTP + 236, NULL };
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_reply reply;
	struct dhcp_request req;
	uint8_t want[64];
	struct ibuf buf;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		cookie.octets = rows[i].cookie;
		len = request_of("", &cookie, NULL);
		assert_null(wire_dhcp_parse(frame, len, 5, &req));
		req.flags = rows[i].flags;
		reply = reply_to(&req, DHCP_BOOTP);
		strlcpy(reply.host, "plc", sizeof(reply.host));
		ibuf_to(&buf, frame, sizeof(frame));
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
		assert_int_equal(ibuf_len(&buf), AT_BOOTP + 300);
		assert_int_equal(frame[AT_BOOTP], 2);
		assert_memory_equal(frame + AT_BOOTP + 16, "\xc0\xa8\x2c\x11",
		    4);
		len = hex(rows[i].want, want, sizeof(want));
		assert_memory_equal(frame + AT_BOOTP + 236, want, len);
		assert_string_equal(addr_text(&(struct addr){ .octet = {
		    [10] = 0xff, [11] = 0xff, [12] = frame[30],
		    [13] = frame[31], [14] = frame[32], [15] = frame[33] } }),
		    rows[i].dst);
	}
	/* Whatever there is: no more than the room of RFC 951. */
	assert_null(parse("3d32 0000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000 ff", &req));
	assert_int_equal(req.type, DHCP_BOOTP);
	assert_int_equal(req.client_idlen, 50);
	opts.domain = "a-domain-with-a-name-of-some-length.example.net";
	for (i = 0; i < 2; i++) {
		req.plain = 0;
		req.maxsize = i == 0 ? 0 : 576;
		reply = reply_to(&req, DHCP_BOOTP);
		ibuf_to(&buf, frame, sizeof(frame));
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
		assert_int_equal(ibuf_len(&buf) == AT_BOOTP + 300, i == 0);
	}
}

/* Option 93, which is a list in order of preference. */
static void
an_architecture_is_read(void **state)
{
	static const struct {
		const char	*options;
		uint8_t		 has;
		uint16_t	 arch;
	} rows[] = {
		{ "350101 5d020007 ff", 1, 7 },
		{ "350101 5d020000 ff", 1, 0 },
		{ "350101 5d02ffff ff", 1, 0xffff },
		{ "350101 5d04000b0007 ff", 1, 11 },
		{ "350101 5d020007 5d02000b ff", 1, 7 },
		{ "350101 ff", 0, 0 },
		{ "350101 5d00 ff", 0, 0 },
		{ "350101 5d0107 ff", 0, 0 },
		{ "350101 5d03000700 ff", 0, 0 }
	};
	struct dhcp_request req;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_null(parse(rows[i].options, &req));
		assert_int_equal(req.has_arch, rows[i].has);
		assert_int_equal(req.arch, rows[i].arch);
	}
}

/* A reply to this request, of which the frame is. */
static size_t
built(const char *options, uint8_t type, const struct wire_dhcp_options *opts)
{
	struct dhcp_request req;
	struct dhcp_reply reply;
	struct ibuf buf;

	assert_null(parse(options, &req));
	reply = reply_to(&req, type);
	if (type == DHCP_NAK)
		strlcpy(reply.message, "no", sizeof(reply.message));
	ibuf_to(&buf, frame, sizeof(frame));
	assert_int_equal(wire_dhcp_build(&reply, opts, &buf), 0);
	return ibuf_len(&buf);
}

/* Where the contents of an option are in the frame, or NULL. */
static const uint8_t *
option_at(size_t len, uint8_t code)
{
	size_t at = AT_BOOTP + 240;

	for (; at < len && frame[at] != 255; at += 2u + frame[at + 1])
		if (frame[at] == code)
			return frame + at + 2;
	return NULL;
}

static void
what_it_boots_is_in_fields_and_options(void **state)
{
	static const struct {
		uint8_t		 type;
		const char	*options, *name, *file;
		int		 fields, asked;
		const char	*server;	/* in option 66 */
	} rows[] = {
		{ DHCP_OFFER, "350101 ff", "tftp", "boot.efi", 1, 0, NULL },
		{ DHCP_ACK, "350103 3204c0a82c11 370142 ff", "tftp",
		    "boot.efi", 1, 1, "tftp" },
		{ DHCP_ACK, "350108 37024243 ff", "", "boot.efi", 1, 1,
		    "10.9.0.2" },
		{ DHCP_OFFER, "350101 37024243 ff", "", NULL, 1, 1,
		    "10.9.0.2" },
		{ DHCP_NAK, "350103 37024243 ff", "tftp", "boot.efi", 0, 0,
		    NULL }
	};
	struct wire_dhcp_options opts = options_of_link();
	const uint8_t *option;
	size_t i, len;

	(void)state;
	assert_int_equal(addr_parse("10.9.0.2", &opts.next_server), 0);
	for (i = 0; i < ROWS(rows); i++) {
		opts.server_name = rows[i].name;
		opts.boot_file = rows[i].file;
		len = built(rows[i].options, rows[i].type, &opts);
		assert_memory_equal(frame + AT_BOOTP + 20, rows[i].fields ?
		    "\x0a\x09\x00\x02" : "\0\0\0\0", 4);
		assert_string_equal((char *)frame + AT_BOOTP + 44,
		    rows[i].fields ? rows[i].name : "");
		assert_string_equal((char *)frame + AT_BOOTP + 108,
		    rows[i].fields && rows[i].file != NULL ? rows[i].file :
		    "");
		option = option_at(len, 66);
		assert_int_equal(option != NULL, rows[i].asked);
		if (option != NULL)
			assert_memory_equal(option, rows[i].server,
			    strlen(rows[i].server));
	}
	/* The longest that fit. */
	opts.server_name =
	    "012345678901234567890123456789012345678901234567890123456789012";
	opts.boot_file = "0123456789012345678901234567890123456789012345678901"
	    "2345678901234567890123456789012345678901234567890123456789"
	    "01234567890123456";
	assert_int_equal(strlen(opts.server_name), 63);
	assert_int_equal(strlen(opts.boot_file), 127);
	len = built("350101 ff", DHCP_OFFER, &opts);
	assert_string_equal((char *)frame + AT_BOOTP + 44, opts.server_name);
	assert_string_equal((char *)frame + AT_BOOTP + 108, opts.boot_file);
	assert_memory_equal(frame + AT_BOOTP + 236, "\x63\x82\x53\x63", 4);
}

/* And once only; a NAK has nothing of it. */
static void
an_option_may_be_sent_unasked(void **state)
{
	static const struct dhcp_option asked = { .code = 43, .len = 2,
	    .data = "ab" }, always = { .code = 242, .always = 1, .len = 3,
	    .data = "L2Q" }, server = { .code = 66, .always = 1, .len = 1,
	    .data = "x" };
	static const struct dhcp_option *const raw[] = { &asked, &always,
	    &server };
	struct wire_dhcp_options opts = options_of_link();
	size_t len, n, at;

	(void)state;
	opts.raw = raw;
	opts.nraw = ROWS(raw);
	assert_int_equal(addr_parse("10.9.0.2", &opts.next_server), 0);
	len = built("350101 370101 ff", DHCP_OFFER, &opts);
	assert_null(option_at(len, 43));
	assert_memory_equal(option_at(len, 242), "L2Q", 3);
	/* The operator's own word on the server. */
	assert_memory_equal(option_at(len, 66) - 1, "\1x", 2);
	len = built("350101 370342f22b ff", DHCP_OFFER, &opts);
	assert_memory_equal(option_at(len, 43), "ab", 2);
	for (n = 0, at = AT_BOOTP + 240; frame[at] != 255;
	    at += 2u + frame[at + 1])
		n += frame[at] == 242;
	assert_int_equal(n, 1);
	len = built("350103 3701f2 ff", DHCP_NAK, &opts);
	assert_null(option_at(len, 242));
}

/* The frame is for the repeater, the message for the client behind it. */
static void
a_reply_for_one_behind_a_repeater_goes_to_it(void **state)
{
	static const struct {
		enum dhcp_repeated	repeated;
		uint16_t		flags;
		const char		*dst;
		int			id;
	} rows[] = {
		{ DHCP_DIRECT, 0, STATION, 1 },
		{ DHCP_DIRECT, 0x8000, STATION, 1 },
		{ DHCP_REPEATED, 0, STATION, 1 },
		{ DHCP_REPEATED, 0x8000, "ff:ff:ff:ff:ff:ff", 1 },
		{ DHCP_REPEATED_BARE, 0, STATION, 0 }
	};
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req;
	struct dhcp_reply reply;
	struct mac dst, who;
	struct ibuf buf;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_null(parse("350101 3d03000102 ff", &req));
		req.repeated = (uint8_t)rows[i].repeated;
		req.behind = (struct mac){ { 2, 0, 0, 0, 0, 9 } };
		req.flags = rows[i].flags;
		reply = reply_to(&req, DHCP_OFFER);
		ibuf_to(&buf, frame, sizeof(frame));
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
		memcpy(&dst, frame, sizeof(dst));
		assert_string_equal(mac_text(&dst), rows[i].dst);
		memcpy(&who, frame + AT_BOOTP + 28, sizeof(who));
		assert_string_equal(mac_text(&who), rows[i].repeated ==
		    DHCP_DIRECT ? STATION : "02:00:00:00:00:09");
		assert_int_equal(option_at(ibuf_len(&buf), 61) != NULL,
		    rows[i].id);
	}
}

static void
a_netmask_has_the_gateway_inside_and_little_else(void **state)
{
	static const struct {
		const char	*a, *b;
		uint8_t		 len;
	} rows[] = {
		{ "192.168.44.1", "192.168.44.2", 30 },
		{ "192.168.44.1", "192.168.44.3", 29 },
		{ "192.168.44.1", "192.168.44.4", 29 },
		{ "192.168.44.1", "192.168.44.7", 28 },
		{ "192.168.44.1", "192.168.44.77", 25 },
		{ "192.168.44.1", "192.168.44.200", 24 },
		{ "192.168.44.1", "192.168.44.128", 24 },
		{ "192.168.44.254", "192.168.44.129", 25 },
		{ "192.168.44.1", "192.168.44.255", 23 },
		{ "192.168.44.1", "192.168.47.254", 22 },
		{ "10.0.0.1", "10.255.255.254", 8 },
		{ "10.0.0.1", "11.0.0.1", 32 },
		{ "192.168.44.1", "0.0.0.0", 32 }
	};
	struct addr a, b;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_int_equal(addr_parse(rows[i].a, &a), 0);
		b = addr_none;
		if (strcmp(rows[i].b, "0.0.0.0") != 0)
			assert_int_equal(addr_parse(rows[i].b, &b), 0);
		assert_int_equal(wire_dhcp_netmask(&a, &b), rows[i].len);
		assert_int_equal(wire_dhcp_netmask(&b, &a), rows[i].len);
	}
}

static void
bad_options_have_their_reasons(void **state)
{
	static const struct {
		const char *options, *why;
	} rows[] = {
		{ "350120 ff", "not a client's message type" },
		{ "3500 ff", "bad length of message type" },
		{ "35020101 ff", "bad length of message type" },
		{ "350101 350101 ff", "bad length of message type" },
		{ "350100 ff", "not a client's message type" },
		{ "350102 ff", "not a client's message type" },
		{ "350105 ff", "not a client's message type" },
		{ "350109 ff", "not a client's message type" },
		{ "350101 3203c0a82c ff", "bad length of requested address" },
		{ "350101 3200 ff", "bad length of requested address" },
		{ "350101 3205c0a82c1111 ff",
		    "bad length of requested address" },
		{ "350101 3603c0a82c ff", "bad length of server identifier" },
		{ "350101 3600 ff", "bad length of server identifier" },
		{ "350101 34020101 ff", "bad length of overload option" },
		{ "350101 3204c0a82c", "option runs past the end" },
		{ "350101 32", "option runs past the end" },
		{ "350101 0cff", "option runs past the end" }
	};
	struct dhcp_request req;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++)
		assert_string_equal(parse(rows[i].options, &req),
		    rows[i].why);
}

static void
odd_lengths_of_lesser_options_do_no_harm(void **state)
{
	char text[2 * 300] = "350101 37ff";
	struct dhcp_request req;
	int i;

	(void)state;
	assert_null(parse("350101 33020102 3901ff ff", &req));
	assert_int_equal(req.lease, 0);
	assert_int_equal(req.maxsize, 0);

	for (i = 0; i < 255; i++)
		strlcat(text, "2a", sizeof(text));
	assert_null(parse(text, &req));
	assert_int_equal(req.nparams, DHCP_PARAMS_MAX);
	assert_int_equal(req.params[DHCP_PARAMS_MAX - 1], 0x2a);
}

static void
a_client_identifier_has_255_octets_at_most(void **state)
{
	char text[1400] = "350101 3dff";
	struct dhcp_request req;
	int i;

	(void)state;
	for (i = 0; i < 255; i++)
		strlcat(text, "7e", sizeof(text));
	assert_null(parse(text, &req));
	assert_int_equal(req.client_idlen, 255);
	assert_int_equal(req.client_id[254], 0x7e);
	strlcat(text, "3d017e", sizeof(text));
	assert_string_equal(parse(text, &req), "client identifier too long");
}

static void
bad_headers_have_their_reasons(void **state)
{
	static const struct {
		struct change change;
		const char *why;
	} rows[] = {
		{ { AT_BOOTP, "02" }, "not a request" },
		{ { AT_BOOTP, "00" }, "not a request" },
		{ { AT_BOOTP + 1, "06" }, "hardware type is not Ethernet" },
		{ { AT_BOOTP + 2, "10" }, "hardware type is not Ethernet" },
		{ { AT_BOOTP + 2, "00" }, "hardware type is not Ethernet" },
		{ { AT_BOOTP + 28, "01" },
		    "hardware address is not unicast" },
		{ { AT_BOOTP + 28, "000000000000" },
		    "hardware address is not unicast" },
		{ { AT_BOOTP + 236, "63825362" }, "bad cookie" },
		{ { AT_BOOTP + 12, "ffffffff" },
		    "client address is not unicast" },
		{ { AT_BOOTP + 12, "e0000001" },
		    "client address is not unicast" },
		{ { AT_BOOTP + 12, "7f000001" },
		    "client address is not unicast" },
		{ { AT_IP + 22, "0044" }, "not to the DHCP server's port" },
		{ { 12, "86dd" }, "not IPv4" }
	};
	struct dhcp_request req;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = request_of("350101 ff", &rows[i].change, NULL);
		assert_string_equal(wire_dhcp_parse(frame, len, 5, &req),
		    rows[i].why);
	}
}

static void
every_cut_frame_is_refused(void **state)
{
	struct dhcp_request req;
	size_t len, whole = hex(packet_discover, frame, sizeof(frame));

	(void)state;
	for (len = 0; len < whole; len++)
		assert_non_null(wire_dhcp_parse(frame, len, 5, &req));
}

static void
an_offer_is_built_in_the_order_asked_for(void **state)
{
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req;
	struct dhcp_reply reply;
	uint8_t space[1514];
	struct ibuf buf;
	size_t len = hex(packet_discover, frame, sizeof(frame));

	(void)state;
	assert_null(wire_dhcp_parse(frame, len, 5, &req));
	reply = reply_to(&req, DHCP_OFFER);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
	packet_is(&buf, space, packet_offer);
}

static void
a_nak_says_why_and_nothing_of_the_network(void **state)
{
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req;
	struct dhcp_reply reply;
	uint8_t space[1514];
	struct ibuf buf;
	size_t len = hex(packet_discover, frame, sizeof(frame));

	(void)state;
	assert_null(wire_dhcp_parse(frame, len, 5, &req));
	reply = reply_to(&req, DHCP_NAK);
	strlcpy(reply.message, "leased to another", sizeof(reply.message));
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
	packet_is(&buf, space, packet_nak);
}

static void
replies_go_where_rfc2131_says(void **state)
{
	static const struct {
		const char *ciaddr, *giaddr, *yiaddr;
		uint16_t flags;
		uint8_t type;
		int rc;
		const char *mac, *ip;
		uint16_t port;
	} rows[] = {
		{ "::", "::", "192.168.44.17", 0, DHCP_OFFER, 0,
		    STATION, "192.168.44.17", 68 },
		{ "::", "::", "192.168.44.17", 0x8000, DHCP_ACK, 0,
		    STATION, "255.255.255.255", 68 },
		{ "192.168.44.17", "::", "192.168.44.17", 0x8000, DHCP_ACK, 0,
		    STATION, "192.168.44.17", 68 },
		{ "192.168.44.17", "::", "::", 0, DHCP_ACK, 0,	/* INFORM */
		    STATION, "192.168.44.17", 68 },
		{ "192.168.44.17", "::", "::", 0, DHCP_NAK, 0,
		    "ff:ff:ff:ff:ff:ff", "255.255.255.255", 68 },
		{ "::", "::", "::", 0, DHCP_NAK, 0,
		    "ff:ff:ff:ff:ff:ff", "255.255.255.255", 68 },
		{ "::", "::", "::", 0, DHCP_ACK, -1, NULL, NULL, 0 },
		{ "::", "10.1.1.2", "192.168.44.17", 0, DHCP_OFFER, 0,
		    RELAY, "10.1.1.2", 67 },
		{ "192.168.44.17", "10.1.1.2", "192.168.44.17", 0, DHCP_ACK,
		    0, RELAY, "10.1.1.2", 67 },
		{ "::", "10.1.1.2", "::", 0, DHCP_NAK, 0, RELAY, "10.1.1.2",
		    67 }
	};
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req = { .xid = 1 };
	uint8_t space[1514];
	struct ibuf buf;
	size_t i;

	(void)state;
	mac_parse(STATION, &req.chaddr);
	mac_parse(RELAY, &req.source_mac);
	for (i = 0; i < ROWS(rows); i++) {
		struct dhcp_reply reply;
		struct wire_ether ether;
		struct wire_udp udp;
		struct wire_ip ip;

		addr_parse(rows[i].ciaddr, &req.ciaddr);
		addr_parse(rows[i].giaddr, &req.giaddr);
		req.flags = rows[i].flags;
		reply = reply_to(&req, rows[i].type);
		addr_parse(rows[i].yiaddr, &reply.yiaddr);
		ibuf_to(&buf, space, sizeof(space));
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf),
		    rows[i].rc);
		if (rows[i].rc == -1)
			continue;
		assert_null(wire_get_ether(&buf, &ether));
		assert_null(wire_get_ip4(&buf, &ip));
		assert_string_equal(mac_text(&ether.dst), rows[i].mac);
		assert_string_equal(addr_text(&ip.dst), rows[i].ip);
		assert_null(wire_get_udp(&buf, &ip, &udp));
		assert_int_equal(udp.sport, 67);
		assert_int_equal(udp.dport, rows[i].port);
		assert_memory_equal(space + AT_BOOTP + 24, addr_v4(
		    &req.giaddr), 4);
		assert_int_equal(space[AT_BOOTP + 10] == 0x80,
		    rows[i].flags != 0 || rows[i].type == DHCP_NAK);
	}
}

/* The options behind 53 and 54, which are always first. */
static void
options_are_what_the_station_asked_for(void **state)
{
	static const struct {
		const char *params, *options;
		uint8_t netmask;
		uint16_t mtu;
	} rows[] = {
		/* no list at all: the options without which nothing works */
		{ "", "0104ffffffff 0304c0a82c01 0604c0a82b2b ff", 32, 0 },
		/* only what was asked for, and only what we have */
		{ "37022a0f", "ff", 32, 0 },
		/* the mask must come before the router */
		{ "3703060301", "0604c0a82b2b 0104ffffffff 0304c0a82c01 ff",
		    32, 0 },
		/* 121 before 3 as asked, 249 the same, asked for twice */
		{ "3706 79f903067979",
		    "790e20c0a82c010000000000c0a82c01"
		    "f90e20c0a82c010000000000c0a82c01"
		    "0304c0a82c01 0604c0a82b2b ff", 32, 0 },
		{ "3705 037901 1a1c", "0104ffffff00 0304c0a82c01"
		    "790e20c0a82c010000000000c0a82c01 1a0205c8"
		    "1c04c0a82cff ff", 24, 1480 },
		/* no broadcast address without neighbours */
		{ "3703 1a1c01", "0104ffffffff ff", 0, 0 },
		{ "3702 1c01", "1c04c0a82cff 0104ffffff00 ff", 24, 0 },
		/* options that are always sent are not sent twice */
		{ "3705 35363d00ff", "ff", 32, 0 }
	};
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req;
	struct dhcp_reply reply;
	uint8_t space[1514], want[256];
	char text[128];
	struct ibuf buf;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		strlcpy(text, "350103", sizeof(text));
		strlcat(text, rows[i].params, sizeof(text));
		assert_null(parse(text, &req));
		reply = reply_to(&req, DHCP_ACK);
		reply.lease = reply.t1 = reply.t2 = 0;
		opts.netmask = rows[i].netmask;
		opts.mtu = rows[i].mtu;
		ibuf_to(&buf, space, sizeof(space));
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), 0);
		len = hex(rows[i].options, want, sizeof(want));
		assert_memory_equal(space + AT_OPTIONS,
		    "\x35\x01\x05\x36\x04\xc0\xa8\x2c\x01", 9);
		assert_memory_equal(space + AT_OPTIONS + 9, want, len);
		/* BOOTP's 300 octets, and zeroes behind the END */
		assert_int_equal(ibuf_len(&buf), AT_BOOTP + 300);
		for (len += AT_OPTIONS + 9; len < AT_BOOTP + 300; len++)
			assert_int_equal(space[len], 0);
	}
}

/* Finds an option in a reply; its length, or -1. */
static int
find_option(const uint8_t *space, size_t len, uint8_t code)
{
	size_t at = AT_OPTIONS;

	while (at < len && space[at] != 255) {
		if (space[at] == code)
			return space[at + 1];
		at += 2 + space[at + 1];
	}
	assert_true(at < len);
	return -1;
}

/*
 * A client identifier of any length: echoed completely, mask and router are
 * there, options that do not fit are left out, no datagram is over 576 octets.
 */
static void
a_reply_never_exceeds_what_the_station_takes(void **state)
{
	static const uint16_t sizes[][2] = {
		{ 0, 576 }, { 300, 576 }, { 576, 576 }, { 577, 577 },
		{ 1000, 1000 }, { 1500, 1500 }, { 65535, 1500 }
	};
	static const uint8_t params[] = { 249, 6, 121, 26, 3, 1 };
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req = { .xid = 1 };
	struct dhcp_reply reply;
	uint8_t space[1514];
	struct ibuf buf;
	size_t i, idlen, longest = 0;
	unsigned int left_out = 0;

	(void)state;
	mac_parse(STATION, &req.chaddr);
	memcpy(req.params, params, sizeof(params));
	req.nparams = sizeof(params);
	opts.mtu = 1400;
	opts.nnameservers = WIRE_DHCP_SERVERS;
	for (i = 0; i < WIRE_DHCP_SERVERS; i++)
		addr_parse("192.168.43.43", &opts.nameservers[i]);
	for (i = 0; i < ROWS(sizes); i++) {
		for (idlen = 0; idlen < 256; idlen++) {
			req.maxsize = sizes[i][0];
			req.client_idlen = idlen;
			reply = reply_to(&req, DHCP_OFFER);
			ibuf_to(&buf, space, sizeof(space));
			assert_int_equal(wire_dhcp_build(&reply, &opts, &buf),
			    0);
			assert_true(ibuf_len(&buf) - AT_IP <= sizes[i][1]);
			assert_int_equal(find_option(space, ibuf_len(&buf),
			    1), 4);
			assert_int_equal(find_option(space, ibuf_len(&buf),
			    3), 4);
			assert_int_equal(find_option(space, ibuf_len(&buf),
			    61), idlen == 0 ? -1 : (int)idlen);
			if (ibuf_len(&buf) > longest)
				longest = ibuf_len(&buf);
			left_out += find_option(space, ibuf_len(&buf), 121)
			    == -1;
		}
	}
	assert_true(longest > AT_IP + 576);
	assert_true(left_out > 0);
}

static void
nothing_is_built_without_room(void **state)
{
	struct wire_dhcp_options opts = options_of_link();
	struct dhcp_request req;
	struct dhcp_reply reply;
	uint8_t space[1514];
	struct ibuf buf;
	size_t max, len = hex(packet_discover, frame, sizeof(frame));

	(void)state;
	assert_null(wire_dhcp_parse(frame, len, 5, &req));
	reply = reply_to(&req, DHCP_OFFER);
	for (max = 0; max < AT_BOOTP + 300; max++) {
		ibuf_to(&buf, space, max);
		assert_int_equal(wire_dhcp_build(&reply, &opts, &buf), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_discover_is_read),
		cmocka_unit_test(other_fields_are_read),
		cmocka_unit_test(options_are_found_however_they_are_written),
		cmocka_unit_test(a_request_without_a_type_is_bootp),
		cmocka_unit_test(a_bootp_reply_is_one_of_bootp),
		cmocka_unit_test(
		    a_reply_for_one_behind_a_repeater_goes_to_it),
		cmocka_unit_test(an_architecture_is_read),
		cmocka_unit_test(
		    a_netmask_has_the_gateway_inside_and_little_else),
		cmocka_unit_test(what_it_boots_is_in_fields_and_options),
		cmocka_unit_test(an_option_may_be_sent_unasked),
		cmocka_unit_test(bad_options_have_their_reasons),
		cmocka_unit_test(odd_lengths_of_lesser_options_do_no_harm),
		cmocka_unit_test(a_client_identifier_has_255_octets_at_most),
		cmocka_unit_test(bad_headers_have_their_reasons),
		cmocka_unit_test(every_cut_frame_is_refused),
		cmocka_unit_test(an_offer_is_built_in_the_order_asked_for),
		cmocka_unit_test(a_nak_says_why_and_nothing_of_the_network),
		cmocka_unit_test(replies_go_where_rfc2131_says),
		cmocka_unit_test(options_are_what_the_station_asked_for),
		cmocka_unit_test(a_reply_never_exceeds_what_the_station_takes),
		cmocka_unit_test(nothing_is_built_without_room)
	};

	return cmocka_run_group_tests_name("wire_dhcp", tests, NULL, NULL);
}
