/* SPDX-License-Identifier: ISC */
/* Messages between routers, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/flood.h"

#define MAX_TLVS	32

/*
 * A session of version 1 as on the wire: the handshake twice, a lease of
 * 192.168.44.17, a lease of 2001:db8:1234:5::/64, the station's location, and
 * then that it is nowhere.
 */
static const char v1_stream[] =
    "2c010000"
    "2c010000"
    "02 12 0005 00000708 05 00c0a82c11 020000000007"
    "02 16 0001 00000708 09 0120010db812340005 020000000007"
    "01 03 000000"
    "02 16 fffe 00001518 07 02020000000007 020000fffe000001"
    "00 00 00"
    "02 0e ffff 00001518 07 02020000000007";

struct decoded {
	size_t			n;
	struct flood_tlv	tlv[MAX_TLVS];
};

/* Like a session: octets arrive in two pieces, cut anywhere. */
static void
decode_cut(const uint8_t *octets, size_t len, size_t cut, struct decoded *to)
{
	struct ibuf buf;
	size_t used = 0, end;
	uint16_t caps;
	int rc, handshake = 0;

	to->n = 0;
	for (end = cut;; end = len) {
		ibuf_from(&buf, octets + used, end - used);
		if (!handshake)
			handshake = wire_flood_get_handshake(&buf, &caps);
		assert_int_not_equal(handshake, -1);
		while (handshake) {
			assert_true(to->n < MAX_TLVS);
			rc = wire_flood_next(&buf, &to->tlv[to->n]);
			if (rc == 0)
				break;
			to->n++;
		}
		used += buf.rpos;
		if (end == len)
			break;
	}
	assert_int_equal(used, len);
}

static struct update
update_of(const char *data, size_t keylen)
{
	struct update update = { .age = AGE_UNKNOWN };
	size_t len = hex(data, update.data, sizeof(update.data));

	update.keylen = keylen;
	update.vallen = len - keylen;
	return update;
}

static void
a_v1_session_decodes(void **state)
{
	static const struct {
		enum flood_kind kind;
		uint64_t seqno;
		uint32_t lifetime;
		size_t keylen;
		const char *data;
	} want[] = {
		{ FLOOD_UNKNOWN, 0, 0, 0, "" },	/* second handshake: 44, */
		{ FLOOD_PAD, 0, 0, 0, "" },	/* 1, 0 and a pad octet */
		{ FLOOD_UPDATE, 5, 1800, 5, "00c0a82c11 020000000007" },
		{ FLOOD_UPDATE, 1, 1800, 9,
		    "0120010db812340005 020000000007" },
		{ FLOOD_PAD, 0, 0, 0, "" },
		{ FLOOD_UPDATE, 0xfffe, 5400, 7,
		    "02020000000007 020000fffe000001" },
		{ FLOOD_PAD, 0, 0, 0, "" },
		{ FLOOD_PAD, 0, 0, 0, "" },
		{ FLOOD_PAD, 0, 0, 0, "" },
		{ FLOOD_UPDATE, 0xffff, 5400, 7, "02020000000007" }
	};
	uint8_t octets[256];
	struct decoded got;
	size_t i, len = hex(v1_stream, octets, sizeof(octets));

	(void)state;
	decode_cut(octets, len, len, &got);
	assert_int_equal(got.n, sizeof(want) / sizeof(want[0]));
	for (i = 0; i < got.n; i++) {
		struct update u = update_of(want[i].data, want[i].keylen);

		assert_int_equal(got.tlv[i].kind, want[i].kind);
		if (want[i].kind != FLOOD_UPDATE)
			continue;
		u.seqno = want[i].seqno;
		u.lifetime = want[i].lifetime;
		assert_memory_equal(&got.tlv[i].update, &u, sizeof(u));
	}
	assert_int_equal(got.tlv[0].type, 44);
}

static void
a_stream_cut_anywhere_decodes_to_the_same(void **state)
{
	uint8_t octets[256];
	struct decoded whole, got;
	size_t cut, i, len = hex(v1_stream, octets, sizeof(octets));

	(void)state;
	decode_cut(octets, len, len, &whole);
	for (cut = 0; cut < len; cut++) {
		decode_cut(octets, len, cut, &got);
		assert_int_equal(got.n, whole.n);
		for (i = 0; i < whole.n; i++)
			assert_memory_equal(&got.tlv[i], &whole.tlv[i],
			    sizeof(whole.tlv[i]));
	}
}

static void
handshakes_of_all_kinds(void **state)
{
	static const struct {
		const char *octets;
		int rc;
		uint16_t caps;
	} rows[] = {
		{ "2c010000", 1, 0 },
		{ "2c010010", 1, FLOOD_CAP_2 },
		{ "2c01001f", 1, FLOOD_CAP_2 | 0xf },
		{ "2c01beef", 1, 0xbeef },
		{ "", 0, 0 },
		{ "2c", 0, 0 },
		{ "2c01", 0, 0 },
		{ "2c0100", 0, 0 },
		{ "2d", -1, 0 },
		{ "2c02", -1, 0 },
		{ "47455420", -1, 0 },
		{ "160301", -1, 0 }	/* TLS */
	};
	uint8_t octets[8];
	struct ibuf buf;
	uint16_t caps;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		caps = 0;
		len = hex(rows[i].octets, octets, sizeof(octets));
		ibuf_from(&buf, octets, len);
		assert_int_equal(wire_flood_get_handshake(&buf, &caps),
		    rows[i].rc);
		assert_int_equal(caps, rows[i].caps);
		assert_int_equal(buf.rpos, rows[i].rc == 1 ? 4 : 0);
	}
}

/* Each is dropped and counted; the pad octet behind it decodes. */
static void
malformed_updates_do_not_break_the_framing(void **state)
{
	static const struct {
		const char *octets, *why;
	} rows[] = {
		{ "02 00 00", "short update" },
		{ "02 06 0001 00000708 00", "short update" },
		{ "02 07 0001 00000708 00 00", "empty key" },
		{ "02 09 0001 00000708 00 0102 00", "empty key" },
		{ "02 07 0001 00000708 01 00", "key runs past the end" },
		{ "02 0a 0001 00000708 04 00c0a8 00",
		    "key runs past the end" },
		{ "02 0a 0001 00000708 ff 00c0a8 00",
		    "key runs past the end" },
		{ "03 10 0000000000000001 00000708 00000000 00",
		    "short update" },
		{ "03 11 0000000000000001 00000708 00000000 00 00",
		    "empty key" },
		{ "03 12 0000000000000001 00000708 00000000 02 00 00",
		    "key runs past the end" },
		{ "09 11 0000000000000001 00000708 00000000 02 00",
		    "short update" },
		{ "09 12 0000000000000001 00000708 00000000 02 00 00",
		    "empty key" },
		{ "04 00 00", "hello without a router id" },
		{ "04 07 020000fffe0000 00", "hello without a router id" },
		{ "04 08 0000000000000000 00", "hello without a router id" }
	};
	struct flood_tlv tlv;
	uint8_t octets[32];
	struct ibuf buf;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = hex(rows[i].octets, octets, sizeof(octets));
		ibuf_from(&buf, octets, len);
		assert_int_equal(wire_flood_next(&buf, &tlv), -1);
		assert_int_equal(tlv.kind, FLOOD_MALFORMED);
		assert_string_equal(tlv.why, rows[i].why);
		assert_int_equal(ibuf_left(&buf), 1);
		assert_int_equal(wire_flood_next(&buf, &tlv), 1);
		assert_int_equal(tlv.kind, FLOOD_PAD);
	}
}

static void
unknown_types_are_skipped(void **state)
{
	uint8_t octets[300] = { 0 };
	struct flood_tlv tlv;
	struct ibuf buf;
	int type;

	(void)state;
	for (type = 10; type < 256; type++) {
		octets[0] = type;
		octets[1] = 255;
		ibuf_from(&buf, octets, 256);
		assert_int_equal(wire_flood_next(&buf, &tlv), 0);
		ibuf_from(&buf, octets, 258);
		assert_int_equal(wire_flood_next(&buf, &tlv), 1);
		assert_int_equal(tlv.kind, FLOOD_UNKNOWN);
		assert_int_equal(tlv.type, type);
		assert_int_equal(ibuf_left(&buf), 1);
	}
}

static void
what_is_encoded_is_v1s_octets(void **state)
{
	struct update update = update_of("00c0a82c11 020000000007", 5);
	uint8_t space[300];
	struct ibuf buf;

	(void)state;
	update.seqno = 5;
	update.lifetime = 1800;
	update.age = 250;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_handshake(&buf, 0), 0);
	assert_int_equal(wire_flood_add_update(&buf, &update), 0);
	packet_is(&buf, space,
	    "2c010000 02 12 0005 00000708 05 00c0a82c11 020000000007");

	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_handshake(&buf, FLOOD_CAP_2), 0);
	update.seqno = 0x0123456789abcdefULL;
	assert_int_equal(wire_flood_add_aged(&buf, &update), 0);
	packet_is(&buf, space,
	    "2c010010 03 1c 0123456789abcdef 00000708 000000fa 05 00c0a82c11"
	    "020000000007");
	/* Version 1 gets the low 16 bits. */
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_update(&buf, &update), 0);
	packet_is(&buf, space,
	    "02 12 cdef 00000708 05 00c0a82c11 020000000007");
}

static void
a_hello_names_the_sender(void **state)
{
	uint8_t space[16], longer[16];
	struct router_id id;
	struct flood_tlv tlv;
	struct ibuf buf;
	size_t len;

	(void)state;
	router_id_parse("02:00:00:ff:fe:00:00:01", &id);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_hello(&buf, &id), 0);
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, FLOOD_HELLO);
	assert_int_equal(router_id_cmp(&tlv.router, &id), 0);
	assert_int_equal(ibuf_left(&buf), 0);

	len = hex("04 0a 020000fffe000001 beef", longer, sizeof(longer));
	ibuf_from(&buf, longer, len);
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(router_id_cmp(&tlv.router, &id), 0);
	assert_int_equal(ibuf_left(&buf), 0);

	ibuf_to(&buf, space, 9);
	assert_int_equal(wire_flood_add_hello(&buf, &id), -1);
	assert_int_equal(ibuf_len(&buf), 0);
}

static void
a_heartbeat_is_two_octets(void **state)
{
	uint8_t space[4], longer[8];
	struct flood_tlv tlv;
	struct ibuf buf;
	size_t len;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_heartbeat(&buf), 0);
	packet_is(&buf, space, "05 00");
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, FLOOD_HEARTBEAT);

	/* One of a later version. */
	len = hex("05 03 010203", longer, sizeof(longer));
	ibuf_from(&buf, longer, len);
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, FLOOD_HEARTBEAT);
	assert_int_equal(ibuf_left(&buf), 0);

	ibuf_to(&buf, space, 1);
	assert_int_equal(wire_flood_add_heartbeat(&buf), -1);
}

static void
all_lengths_round_trip(void **state)
{
	uint8_t space[FLOOD_TLV_MAX];
	struct flood_tlv tlv;
	struct update u = { 0 };
	struct ibuf buf;
	size_t keylen, vallen, i;

	(void)state;
	for (keylen = 1; keylen <= DATUM_MAX; keylen += 3) {
		for (vallen = 0; keylen + vallen <= DATUM_MAX; vallen++) {
			memset(&u, 0, sizeof(u));
			for (i = 0; i < keylen + vallen; i++)
				u.data[i] = i ^ keylen;
			u.seqno = keylen * 257;
			u.lifetime = 0x01020304 + vallen;
			u.age = AGE_UNKNOWN;
			u.keylen = keylen;
			u.vallen = vallen;
			ibuf_to(&buf, space, sizeof(space));
			assert_int_equal(wire_flood_add_update(&buf, &u), 0);
			assert_int_equal(wire_flood_next(&buf, &tlv), 1);
			assert_int_equal(tlv.kind, FLOOD_UPDATE);
			assert_memory_equal(&tlv.update, &u, sizeof(u));

			u.age = vallen * 1000;
			ibuf_to(&buf, space, sizeof(space));
			u.seqno *= 0x0102030405060708ULL;
			assert_int_equal(wire_flood_add_aged(&buf, &u), 0);
			assert_int_equal(wire_flood_next(&buf, &tlv), 1);
			assert_int_equal(tlv.kind, FLOOD_AGED);
			assert_memory_equal(&tlv.update, &u, sizeof(u));

			u.hops = (uint8_t)(keylen + 1);
			ibuf_to(&buf, space, sizeof(space));
			assert_int_equal(wire_flood_add_counted(&buf, &u), 0);
			assert_int_equal(wire_flood_next(&buf, &tlv), 1);
			assert_int_equal(tlv.kind, FLOOD_COUNTED);
			assert_memory_equal(&tlv.update, &u, sizeof(u));
		}
	}
}

static void
what_cannot_be_sent_is_refused_whole(void **state)
{
	struct update update = update_of("00c0a82c11 020000000007", 5);
	uint8_t space[300];
	struct ibuf buf;
	size_t max;

	(void)state;
	for (max = 0; max < 20; max++) {
		ibuf_to(&buf, space, max);
		assert_int_equal(wire_flood_add_update(&buf, &update), -1);
		assert_int_equal(wire_flood_add_aged(&buf, &update), -1);
		if (max < 4)
			assert_int_equal(wire_flood_add_handshake(&buf, 0),
			    -1);
		assert_int_equal(ibuf_len(&buf), 0);
	}
	ibuf_to(&buf, space, sizeof(space));
	update.keylen = 0;
	assert_int_equal(wire_flood_add_update(&buf, &update), -1);
	update.keylen = 200;
	update.vallen = 38;
	assert_int_equal(wire_flood_add_update(&buf, &update), -1);
	update.vallen = 255;
	assert_int_equal(wire_flood_add_update(&buf, &update), -1);
	assert_int_equal(wire_flood_add_aged(&buf, &update), -1);
	assert_int_equal(wire_flood_add_counted(&buf, &update), -1);
	assert_int_equal(ibuf_len(&buf), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_v1_session_decodes),
		cmocka_unit_test(a_stream_cut_anywhere_decodes_to_the_same),
		cmocka_unit_test(handshakes_of_all_kinds),
		cmocka_unit_test(malformed_updates_do_not_break_the_framing),
		cmocka_unit_test(unknown_types_are_skipped),
		cmocka_unit_test(what_is_encoded_is_v1s_octets),
		cmocka_unit_test(a_hello_names_the_sender),
		cmocka_unit_test(a_heartbeat_is_two_octets),
		cmocka_unit_test(all_lengths_round_trip),
		cmocka_unit_test(what_cannot_be_sent_is_refused_whole)
	};

	return cmocka_run_group_tests_name("wire_flood", tests, NULL, NULL);
}
