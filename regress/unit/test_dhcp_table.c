/* SPDX-License-Identifier: ISC */
/*
 * DHCP from frame to frame: a station's message, parsed by wire_dhcp, answered
 * by the core, and written by wire_dhcp_build.  The rows were also sent to
 * eight configurations of five servers; where those differ, the reason says
 * why we do as we do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "hex.h"
#include "wire/dhcp.h"
#include "wire/ip.h"

#define AT_BOOTP	42
#define AT_OPTIONS	(AT_BOOTP + 240)
#define ROWS(t)		(sizeof(t) / sizeof((t)[0]))
#define PACKETS		4

/* Stations: 1 has .77, 2 has .88, 3 and all others have nothing. */
struct packet {
	int		 who;
	const char	*options;	/* hex, with 53, without END */
	const char	*ciaddr;
	uint16_t	 flags;
	const char	*giaddr;
	int		 source;	/* Ethernet; 0: who */
	uint8_t		 hlen;		/* 0: 6 */
	const char	*file;
};

struct row {
	const char	*what;
	struct packet	 packets[PACKETS];	/* until one without options */
	const char	*answer;		/* to the last; "": none */
	const char	*never;			/* is not in the answer */
	const char	*why;
};

#define DISCOVER "350101"
#define REQUEST	"350103"
#define DECLINE	"350104"
#define RELEASE	"350107"
#define INFORM	"350108"
#define IP(n)	"3204c0a82c" n
#define US	"3604c0a82c01"
#define OTHER	"3604c0a82cfe"

#define FROM(w, ...)	{ .who = (w), .options = __VA_ARGS__ }

static const struct row rows[] = {
	{ "01 DISCOVER", { FROM(3, DISCOVER) }, "OFFER U/u", "/b",
	    "no ARP for who cannot answer, no broadcast in the air" },
	{ "02 DISCOVER, broadcast flag", { FROM(3, DISCOVER, .flags = 0x8000) },
	    "OFFER B/u", "/b", "IP as it asks; Ethernet to it alone is "
	    "faster and acknowledged on Wi-Fi" },
	{ "03 client id is echoed", { FROM(3, DISCOVER "3d0401020304") },
	    "OFFER U/u", NULL, "RFC 6842" },
	{ "04 DISCOVER for a free address", { FROM(3, DISCOVER IP("96")) },
	    "OFFER U/u .150", NULL, "RFC 2131 4.3.1" },
	{ "05 DISCOVER of one with a lease", { FROM(1, DISCOVER IP("96")) },
	    "OFFER U/u .77", NULL, "its current address comes first" },
	{ "06 INIT-REBOOT, right", { FROM(1, REQUEST IP("4d")) },
	    "ACK U/u .77", NULL, "RFC 2131 4.3.2" },
	{ "07 INIT-REBOOT, wrong address", { FROM(1, REQUEST IP("60")) },
	    "NAK B/b", NULL, "RFC 2131 4.3.2; it has .77" },
	{ "08 INIT-REBOOT, unknown, free", { FROM(3, REQUEST IP("bc")) },
	    "ACK U/u .188", NULL, "the flood may be behind: what is free is "
	    "adopted, as all routers are the authority" },
	{ "09 INIT-REBOOT, another's", { FROM(3, REQUEST IP("58")) },
	    "NAK B/b", NULL, "how a conflict ends after a partition" },
	{ "10 INIT-REBOOT, wrong network", { FROM(3, REQUEST "32040a000005") },
	    "NAK B/b", NULL, "RFC 2131 4.3.2, authoritative" },
	{ "11 RENEW", { FROM(1, REQUEST, .ciaddr = "192.168.44.77") },
	    "ACK U/u .77",
	    NULL, "any router renews" },
	{ "12 REBIND", { FROM(1, REQUEST, .ciaddr = "192.168.44.77", .flags =
	    0x8000) },
	    "ACK U/u .77", NULL, "ciaddr goes before the flag" },
	{ "13 RENEW, unknown, free", { FROM(3, REQUEST, .ciaddr =
	    "192.168.44.187") },
	    "ACK U/u .187", NULL, "as 08" },
	{ "14 REBIND, unknown, free", { FROM(3, REQUEST, .ciaddr =
	    "192.168.44.186") },
	    "ACK U/u .186", NULL, "as 08" },
	{ "15 REBIND, wrong network", { FROM(3, REQUEST, .ciaddr =
	    "10.0.0.5") },
	    "NAK B/b", NULL, "all servers here are ours: it is lost, and "
	    "the sooner it knows the better" },
	{ "16 SELECTING another server", { FROM(3, REQUEST IP("96") OTHER) },
	    "", NULL, "RFC 2131 4.3.2: the offer of ours is declined" },
	{ "17 SELECTING, never offered", { FROM(3, REQUEST IP("b8") US) },
	    "ACK U/u .184", NULL, "as 08: offers are not flooded, the router "
	    "that made it may be another" },
	{ "18 REQUEST without address", { FROM(3, REQUEST) }, "", NULL,
	    "neither of its four kinds" },
	{ "19 INFORM", { FROM(1, INFORM "370103", .ciaddr = "192.168.44.77") },
	    "ACK U/u -", "51", "RFC 2131 4.3.5: no lease, no yiaddr" },
	{ "20 INFORM without address", { FROM(1, INFORM) }, "", NULL,
	    "nowhere to send it" },
	{ "21 INFORM for another's address", { FROM(1, INFORM, .ciaddr =
	    "192.168.44.88")
	    }, "", NULL, "its source is not that" },
	{ "22 DISCOVER after DECLINE", { FROM(1, DECLINE IP("4d") US),
	    FROM(1, DISCOVER IP("4d")) }, "", NULL,
	    "it is asked first whether it uses that itself" },
	{ "22b another's DISCOVER after it", { FROM(1, DECLINE IP("4d") US),
	    FROM(3, DISCOVER IP("4d")) }, "OFFER U/u", ".77",
	    "quarantined for all" },
	{ "23 after another's DECLINE", { FROM(3, DECLINE IP("4d") US),
	    FROM(1, REQUEST IP("4d")) }, "ACK U/u .77", NULL,
	    "only the owner declines" },
	{ "24 after another's RELEASE", { FROM(3, RELEASE US, .ciaddr =
	    "192.168.44.77"),
	    FROM(1, REQUEST IP("4d")) }, "ACK U/u .77", NULL,
	    "only the owner releases" },
	{ "25 another asks for what was released", {
	    FROM(1, RELEASE US, .ciaddr = "192.168.44.77"), FROM(3,
	    DISCOVER IP("4d")) },
	    "OFFER U/u", ".77", "it is kept for its last owner while others "
	    "are free" },
	{ "25b its owner asks", { FROM(1, RELEASE US, .ciaddr =
	    "192.168.44.77"),
	    FROM(1, DISCOVER) }, "OFFER U/u .77", NULL, "as 25" },
	{ "26 relayed DISCOVER, option 82", { FROM(3, DISCOVER "52040102abcd",
	    .giaddr = "10.1.1.2", .source = 9) }, "OFFER U/u", NULL,
	    "RFC 3046: see below for port, giaddr and 82" },
	{ "26b relay not listed", { FROM(3, DISCOVER, .giaddr = "10.1.1.3",
	    .source = 9) },
	    "", NULL, "or we would reflect UDP to anybody" },
	{ "27 BOOTP", { FROM(3, "0c0161") }, "", NULL, "no option 53" },
	{ "28 DISCOVER without END", { FROM(3, DISCOVER) }, "OFFER U/u", NULL,
	    "what is there is clear" },
	{ "29 chaddr is not the source", { FROM(3, DISCOVER, .source = 4) },
	    "", NULL, "nobody speaks for another: this is what stops "
	    "starvation by one station" },
	{ "30 rapid commit", { FROM(3, DISCOVER "5000") }, "ACK U/u", NULL,
	    "RFC 4039: all routers share the leases, so it is safe" },
	{ "31 maximum size 576", { FROM(3, DISCOVER "39020240") }, "OFFER U/u",
	    NULL, "fits" },
	{ "32 option 108 asked for", { FROM(3, DISCOVER "37026c01") },
	    "OFFER U/u", "108", "not configured, so not sent" },
	{ "33 DISCOVER with a server id", { FROM(3, DISCOVER OTHER) },
	    "OFFER U/u", NULL, "odd, but harmless" },
	{ "34 overload (file)", { FROM(3, DISCOVER "340101",
	    .file = IP("96") "ff") }, "OFFER U/u .150", NULL,
	    "RFC 2132 9.3" },
	{ "35 split client id", { FROM(3, DISCOVER "3d0201ab 3d02cdef") },
	    "OFFER U/u", NULL, "RFC 3396" },
	{ "36 hlen 16", { FROM(3, DISCOVER, .hlen = 16) }, "", NULL,
	    "no Ethernet address, no route to it" },
	{ "37 hlen 0", { FROM(3, DISCOVER, .hlen = 255) }, "", NULL,
	    "as 36" }
};

static size_t
build(const struct packet *p, uint8_t *frame, size_t size)
{
	struct mac source = station(p->source != 0 ? p->source : p->who);
	struct mac chaddr = station(p->who);
	const struct wire_ether ether = { wire_broadcast, source,
	    WIRE_TYPE_IP4 };
	const struct wire_udp udp = { p->giaddr != NULL ? 67 : 68, 67 };
	struct wire_ip ip = { .proto = WIRE_PROTO_UDP, .hops = 64 };
	uint8_t bootp[240] = { 1, 1, 6, 0, 0xca, 0xfe, 0, 1 }, octets[600];
	struct addr addr;
	struct ibuf buf;
	size_t len = hex(p->options, octets, sizeof(octets));

	if (p->hlen != 0)
		bootp[2] = p->hlen == 255 ? 0 : p->hlen;
	bootp[10] = (uint8_t)(p->flags >> 8);
	if (p->ciaddr != NULL && strcmp(p->options, INFORM) != 0) {
		assert_int_equal(addr_parse(p->ciaddr, &addr), 0);
		ip.src = addr;
		memcpy(bootp + 12, addr_v4(&addr), 4);
	} else if (p->ciaddr != NULL) {		/* row 21: a false length */
		assert_int_equal(addr_parse(p->ciaddr, &addr), 0);
		memcpy(bootp + 12, addr_v4(&addr), 4);
	}
	if (p->giaddr != NULL) {
		assert_int_equal(addr_parse(p->giaddr, &addr), 0);
		memcpy(bootp + 24, addr_v4(&addr), 4);
	}
	memcpy(bootp + 28, chaddr.octet, 6);
	if (p->file != NULL)
		hex(p->file, bootp + 108, 128);
	memcpy(bootp + 236, "\x63\x82\x53\x63", 4);
	ibuf_to(&buf, frame, size);
	addr_parse("255.255.255.255", &ip.dst);
	wire_add_ether(&buf, &ether);
	wire_add_ip4(&buf, &ip);
	wire_add_udp(&buf, &udp);
	ibuf_add(&buf, bootp, sizeof(bootp));
	ibuf_add(&buf, octets, len);
	assert_int_equal(wire_end_udp4(&buf), 0);
	return ibuf_len(&buf);
}

/* The reply's options as " code" each, from the one behind 53 on. */
static void
option_codes(const uint8_t *frame, size_t len, char *text, size_t size)
{
	size_t at = AT_OPTIONS + 3;
	char code[8];

	text[0] = '\0';
	for (; at < len && frame[at] != 255; at += 2 + frame[at + 1]) {
		snprintf(code, sizeof(code), " %u", frame[at]);
		strlcat(text, code, size);
	}
	assert_true(at < len);
}

/* One frame through all of it; the length of what comes back, or 0. */
static size_t
serve(struct node *node, const struct wire_dhcp_options *opts,
    const struct packet *p, uint8_t *answer, size_t size)
{
	struct dhcp_request req;
	struct ibuf buf;
	uint8_t frame[1514];
	size_t len = build(p, frame, sizeof(frame));
	int n = node->n;

	if (wire_dhcp_parse(frame, len, IFINDEX, &req) != NULL)
		return 0;
	core_dhcp(node->core, &req, now);
	for (; n < node->n; n++) {
		if (node->seen[n].type != EFFECT_DHCP_REPLY)
			continue;
		ibuf_to(&buf, answer, size);
		assert_int_equal(wire_dhcp_build(&node->seen[n].reply, opts,
		    &buf), 0);
		assert_true(ibuf_len(&buf) >= AT_BOOTP + 300);
		return ibuf_len(&buf);
	}
	return 0;
}

/* "OFFER U/u .150 54 51 ...": IP and Ethernet, unicast or broadcast. */
static void
describe(const uint8_t *frame, size_t len, char *text, size_t size)
{
	static const char *const types[] = { [2] = "OFFER", [5] = "ACK",
	    [6] = "NAK" };
	char addr[16] = "-", codes[256];

	if (len == 0) {
		text[0] = '\0';
		return;
	}
	assert_int_equal(frame[AT_OPTIONS], 53);
	if (frame[AT_BOOTP + 16] != 0)
		snprintf(addr, sizeof(addr), ".%u", frame[AT_BOOTP + 19]);
	option_codes(frame, len, codes, sizeof(codes));
	snprintf(text, size, "%s %c/%c %s%s", types[frame[AT_OPTIONS + 2]],
	    frame[30] == 255 ? 'B' : 'U', frame[0] == 255 ? 'b' : 'u', addr,
	    codes);
}

static struct wire_dhcp_options
options_of_link(void)
{
	struct wire_dhcp_options opts = { .nnameservers = 1 };

	mac_parse("02:00:5e:00:53:44", &opts.source);
	addr_parse("192.168.44.1", &opts.gateway);
	addr_parse("192.168.43.43", &opts.nameservers[0]);
	return opts;
}

static struct node *
node_with_leases(void)
{
	const struct packet first = { .who = 1, .options = REQUEST IP("4d") },
	    second = { .who = 2, .options = REQUEST IP("58") };
	struct wire_dhcp_options opts = options_of_link();
	struct node *node = node_new(1, "192.168.44.0/24");
	struct conf_network *g = &node->conf->networks[0];
	uint8_t answer[1514];

	assert_int_equal(addr_parse("10.1.1.2", &g->relays[0]), 0);
	g->nrelays = 1;
	core_conf(node->core, node->conf, now);
	assert_int_not_equal(serve(node, &opts, &first, answer,
	    sizeof(answer)), 0);
	assert_int_not_equal(serve(node, &opts, &second, answer,
	    sizeof(answer)), 0);
	return node;
}

static void
every_message_has_its_answer(void **state)
{
	struct wire_dhcp_options opts = options_of_link();
	const struct row *row;
	struct node *node;
	uint8_t answer[1514];
	char text[512];
	size_t i, len;

	(void)state;
	for (row = rows; row < rows + ROWS(rows); row++) {
		node = node_with_leases();
		len = 0;
		for (i = 0; i < PACKETS && row->packets[i].options != NULL; i++)
			len = serve(node, &opts, &row->packets[i], answer,
			    sizeof(answer));
		describe(answer, len, text, sizeof(text));
		if (strncmp(text, row->answer, strlen(row->answer)) != 0 ||
		    (row->answer[0] == '\0' && text[0] != '\0') ||
		    (row->never != NULL && strstr(text, row->never) != NULL))
			fail_msg("%s: \"%s\", not \"%s\": %s", row->what, text,
			    row->answer, row->why);
		/* RFC 2132 9.6 and 2131 table 3: a NAK has nothing else. */
		if (strncmp(text, "NAK", 3) == 0) {
			assert_string_equal(text, "NAK B/b - 54 56");
			assert_int_equal(answer[AT_BOOTP + 10], 0x80);
		}
		node_free(node);
	}
}

/* RFC 3046, 3527, 5107, 8357: what a relay needs to pass an answer on. */
static void
a_relay_is_answered_as_it_asks(void **state)
{
	static const struct {
		const char	*relay_id;	/* of option 82, hex */
		const char	*server;	/* option 54 */
		uint16_t	 port;
	} relays[] = {
		{ "0102abcd", "192.168.44.1", 67 },
		{ "0a0180", "192.168.44.1", 67 },
		{ "0b040a010102", "10.1.1.2", 67 },
		{ "1300", "192.168.44.1", 6767 },
		{ "0504c0a82d00 0102abcd 13 00 0b040a010102", "10.1.1.2",
		    6767 }
	};
	struct wire_dhcp_options opts = options_of_link();
	struct packet p = { .who = 3, .giaddr = "10.1.1.2", .source = 9 };
	struct node *node = node_with_leases();
	struct dhcp_request req;
	struct addr server;
	uint8_t frame[1514], id[64], space[1514];
	char options[128], codes[256];
	size_t i, len, idlen;
	struct mac mac;
	struct ibuf buf;

	(void)state;
	for (i = 0; i < ROWS(relays); i++) {
		idlen = hex(relays[i].relay_id, id, sizeof(id));
		snprintf(options, sizeof(options), DISCOVER "52%02zx%s 3d0201aa"
		    "370101", idlen, relays[i].relay_id);
		p.options = options;
		len = build(&p, frame, sizeof(frame));
		memcpy(frame + 34, "\x1a\x6f", 2);	/* from port 6767 */
		memset(frame + 40, 0, 2);
		assert_null(wire_dhcp_parse(frame, len, IFINDEX, &req));
		node->n = 0;
		core_dhcp(node->core, &req, now);
		assert_int_equal(node->n, 1);
		ibuf_to(&buf, space, sizeof(space));
		assert_int_equal(wire_dhcp_build(&node->seen[0].reply, &opts,
		    &buf), 0);
		len = ibuf_len(&buf);
		mac = station(9);
		assert_memory_equal(space, &mac, 6);
		assert_memory_equal(space + 30, "\x0a\x01\x01\x02", 4);
		assert_int_equal(space[36] << 8 | space[37], relays[i].port);
		assert_memory_equal(space + AT_BOOTP + 24, "\x0a\x01\x01\x02",
		    4);
		addr_parse(relays[i].server, &server);
		assert_memory_equal(space + AT_OPTIONS + 5, addr_v4(&server),
		    4);
		option_codes(space, len, codes, sizeof(codes));
		assert_string_equal(codes, " 54 51 58 59 1 61 82");
		assert_memory_equal(space + AT_OPTIONS + 3 + 6 + 18 + 6 + 4 + 2,
		    id, idlen);
		/* it may name the server of the override option */
		req.type = DHCP_REQUEST;
		req.requested = node->seen[0].reply.yiaddr;
		req.server = server;
		node->n = 0;
		core_dhcp(node->core, &req, now);
		assert_int_not_equal(node->n, 0);
		assert_int_equal(node->seen[node->n - 1].reply.type, DHCP_ACK);
	}
	/* it says nothing of where the station is */
	assert_int_equal(count(node, EFFECT_ROUTE), 0);
	node_free(node);
}

/* What systems ask for, and what they get when all is configured. */
static void
every_system_gets_what_it_asks_in_its_order(void **state)
{
	static const struct {
		const char	*system, *params, *codes;
	} lists[] = {
		{ "Android", "0103060f1a1c333a3b2b726c",
		    " 54 51 58 59 1 3 6 15 43 114 108" },
		{ "Windows", "0103060f1f212b2c2e2f7779f9fc",
		    " 54 51 58 59 1 3 6 15 43 119 121 249 252" },
		{ "Apple", "017903060f6c7277fc",
		    " 54 51 58 59 1 121 3 6 15 108 114 119 252" },
		{ "dhclient of Debian", "011c02030f06770c2c2f1a792a",
		    " 54 51 58 59 1 3 15 6 119 121 42" },
		{ "udhcpc", "0103060c0f1c2a",
		    " 54 51 58 59 1 3 6 15 42" },
		{ "no list", "", " 54 51 58 59 1 3 6 15" }
	};
	static const struct dhcp_option raw[] = {
		{ .code = 43, .len = 3, .data = { 1, 1, 1 } },
		{ .code = 252, .len = 2, .data = "ab" },
		{ .code = 66, .len = 4, .data = "tftp" }
	};
	static const struct dhcp_option *const raws[] = {
		&raw[0], &raw[1], &raw[2]
	};
	struct wire_dhcp_options opts = options_of_link();
	struct packet p = { .who = 3 };
	struct node *node = node_with_leases();
	char options[128], codes[256];
	uint8_t answer[1514];
	size_t i, len;

	(void)state;
	opts.domain = "example.net";
	opts.portal = "https://portal.example.net/";
	opts.search[0] = "example.net";
	opts.nsearch = 1;
	opts.ntp[0] = opts.nameservers[0];
	opts.nntp = 1;
	opts.ipv6_only = 1800;
	opts.raw = raws;
	opts.nraw = ROWS(raws);
	for (i = 0; i < ROWS(lists); i++) {
		len = strlen(lists[i].params) / 2;
		if (len > 0)
			snprintf(options, sizeof(options), DISCOVER "37%02zx%s",
			    len, lists[i].params);
		p.options = len > 0 ? options : DISCOVER;
		len = serve(node, &opts, &p, answer, sizeof(answer));
		assert_int_not_equal(len, 0);
		assert_true(len <= 14 + 576);
		option_codes(answer, len, codes, sizeof(codes));
		if (strcmp(codes, lists[i].codes) != 0)
			fail_msg("%s: %s", lists[i].system, codes);
	}
	node_free(node);
}

/* RFC 3397 with pointers, 3396 in pieces, 4702, 4039 and 12. */
static void
options_are_written_as_their_rfcs_say(void **state)
{
	static const struct {
		const char	*asked, *written;
	} texts[] = {
		/* eng.apple.com, marketing.apple.com: RFC 3397's own */
		{ "370177", "771b 03656e67056170706c6503636f6d00"
		    "096d61726b6574696e67c004" },
		{ "37010f", "0f0b6578616d706c652e6e6574" },
		{ "37016c", "6c0400000708" },
		{ "37012a", "2a04c0a82b2b" },
		/* S=1, E=1, "a.": N=1, O=1, E=1, two codes of 255 */
		{ "3701ff 5106050000016100", "51060effff016100" },
		/* S=0, ASCII, N=1 */
		{ "3701ff 510408000061", "510408ffff61" }
	};
	static struct dhcp_option longer = { .code = 66, .len = 300 };
	static const struct dhcp_option *const raws[] = { &longer };
	struct wire_dhcp_options opts = options_of_link();
	struct packet p = { .who = 3 };
	struct node *node = node_with_leases();
	uint8_t answer[1514], want[64];
	char options[128];
	size_t i, len, at = AT_OPTIONS + 3 + 6 + 18;

	(void)state;
	opts.domain = "example.net";
	opts.search[0] = "eng.apple.com";
	opts.search[1] = "marketing.apple.com";
	opts.nsearch = 2;
	opts.ntp[0] = opts.nameservers[0];
	opts.nntp = 1;
	opts.ipv6_only = 1800;
	for (i = 0; i < ROWS(texts); i++) {
		snprintf(options, sizeof(options), DISCOVER "%s",
		    texts[i].asked);
		p.options = options;
		assert_int_not_equal(serve(node, &opts, &p, answer,
		    sizeof(answer)), 0);
		len = hex(texts[i].written, want, sizeof(want));
		if (memcmp(answer + at, want, len) != 0 ||
		    answer[at + len] != 255)
			fail_msg("row %zu", i);
	}
	memset(longer.data, 'x', sizeof(longer.data));
	opts.raw = raws;
	opts.nraw = 1;
	p.options = DISCOVER "370242 01" "390205dc";
	len = serve(node, &opts, &p, answer, sizeof(answer));
	assert_int_not_equal(len, 0);
	assert_memory_equal(answer + at, "\x42\xffxxxx", 6);
	assert_memory_equal(answer + at + 257, "\x42\x2dxxxx", 6);
	assert_memory_equal(answer + at + 257 + 47, "\x01\x04", 2);
	/* it has no room in what every station takes */
	p.options = DISCOVER "370242 01";
	len = serve(node, &opts, &p, answer, sizeof(answer));
	assert_memory_equal(answer + at, "\x01\x04", 2);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_has_its_answer),
		cmocka_unit_test(a_relay_is_answered_as_it_asks),
		cmocka_unit_test(every_system_gets_what_it_asks_in_its_order),
		cmocka_unit_test(options_are_written_as_their_rfcs_say)
	};

	return cmocka_run_group_tests_name("dhcp_table", tests, NULL, NULL);
}
