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
		{ "0a 00 00", "short list of neighbours" },
		{ "0a 08 00 02000000000000 00",
		    "list of neighbours with part of an id" },
		{ "0a 0a 02 0200000000000001 02 00",
		    "list of neighbours with part of an id" },
		{ "0b 00 00", "short refusal" }
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
	for (type = 12; type < 256; type++) {
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

static struct hello
hello_of(int is_signed)
{
	struct hello h = { .run = 0x0123456789abcdefULL,
	    .is_signed = is_signed };
	size_t i;

	router_id_parse("02:00:00:ff:fe:00:00:01", &h.id);
	for (i = 0; i < sizeof(h.key.octet); i++)
		h.key.octet[i] = i;
	for (i = 0; is_signed && i < sizeof(h.signature.octet); i++)
		h.signature.octet[i] = 0x80 + i;
	return h;
}

static void
hello_is(const struct hello *h, const struct hello *want)
{
	assert_int_equal(router_id_cmp(&h->id, &want->id), 0);
	assert_int_equal(router_key_cmp(&h->key, &want->key), 0);
	assert_int_equal(h->run, want->run);
	assert_int_equal(h->is_signed, want->is_signed);
	assert_memory_equal(&h->signature, &want->signature,
	    sizeof(h->signature));
}

static void
a_hello_says_who_the_sender_is(void **state)
{
	static const char body[] = "020000fffe000001"
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	    "0123456789abcdef";
	struct hello plain = hello_of(0), is_signed = hello_of(1);
	uint8_t space[FLOOD_TLV_MAX], octets[FLOOD_TLV_MAX] = { 4 };
	struct flood_tlv tlv;
	struct ibuf buf;
	size_t len, max;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_hello(&buf, &plain), 0);
	assert_int_equal(ibuf_len(&buf), 2 + 48);
	hex(body, octets + 2, 48);
	octets[1] = 48;
	assert_memory_equal(space, octets, 2 + 48);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_hello(&buf, &is_signed), 0);
	assert_int_equal(ibuf_len(&buf), 2 + 112);
	assert_int_equal(space[1], 112);
	assert_memory_equal(space + 2, octets + 2, 48);
	assert_memory_equal(space + 50, is_signed.signature.octet, 64);
	/* All lengths: what is less ends the session, more is ignored. */
	memcpy(octets, space, 2 + 112);
	for (len = 0; len < 256; len++) {
		octets[1] = len;
		ibuf_from(&buf, octets, 2 + len);
		assert_int_equal(wire_flood_next(&buf, &tlv),
		    len < 48 ? -1 : 1);
		assert_int_equal(ibuf_left(&buf), 0);
		assert_int_equal(tlv.kind, len < 48 ? FLOOD_BAD_HELLO :
		    FLOOD_HELLO);
		if (len < 48)
			assert_string_equal(tlv.why, "short hello");
		else
			hello_is(&tlv.hello, len < 112 ? &plain : &is_signed);
	}
	memset(octets + 2, 0, 8);
	ibuf_from(&buf, octets, 2 + 255);
	assert_int_equal(wire_flood_next(&buf, &tlv), -1);
	assert_int_equal(tlv.kind, FLOOD_BAD_HELLO);
	assert_string_equal(tlv.why, "hello without a router id");

	for (max = 0; max < 2 + 112; max++) {
		ibuf_to(&buf, space, max);
		assert_int_equal(wire_flood_add_hello(&buf, &is_signed), -1);
		assert_int_equal(ibuf_len(&buf), 0);
	}
}

static void
neighbours_are_listed(void **state)
{
	struct neighbours n = { .operation = NEIGHBOURS_MORE };
	uint8_t space[FLOOD_TLV_MAX], octets[FLOOD_TLV_MAX] = { 10 };
	struct flood_tlv tlv;
	struct ibuf buf;
	int i, operation;

	(void)state;
	for (i = 0; i < NEIGHBOUR_IDS; i++)
		n.ids[i].octet[7] = i + 1;
	for (n.n = 0; n.n <= NEIGHBOUR_IDS; n.n++) {
		ibuf_to(&buf, space, sizeof(space));
		assert_int_equal(wire_flood_add_neighbours(&buf, &n), 0);
		assert_int_equal(ibuf_len(&buf), 3 + n.n * 8);
		assert_int_equal(wire_flood_next(&buf, &tlv), 1);
		assert_int_equal(tlv.kind, FLOOD_NEIGHBOURS);
		assert_int_equal(tlv.neighbours.operation, NEIGHBOURS_MORE);
		assert_int_equal(tlv.neighbours.n, n.n);
		assert_memory_equal(tlv.neighbours.ids, n.ids, n.n * 8);
	}
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_neighbours(&buf, &n), -1);
	n.n = 1;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_neighbours(&buf, &n), 0);
	packet_is(&buf, space, "0a 09 01 0000000000000001");
	ibuf_to(&buf, space, 10);
	assert_int_equal(wire_flood_add_neighbours(&buf, &n), -1);
	assert_int_equal(ibuf_len(&buf), 0);
	/* Operations of later versions, with whatever follows. */
	for (operation = 0; operation < 256; operation++) {
		octets[1] = 9;
		octets[2] = operation;
		ibuf_from(&buf, octets, 11);
		assert_int_equal(wire_flood_next(&buf, &tlv), 1);
		assert_int_equal(tlv.kind, operation > 2 ? FLOOD_UNKNOWN :
		    FLOOD_NEIGHBOURS);
	}
	/* 32 ids do not fit, nor part of one. */
	octets[1] = 255;
	octets[2] = 0;
	ibuf_from(&buf, octets, sizeof(octets));
	assert_int_equal(wire_flood_next(&buf, &tlv), -1);
	assert_int_equal(tlv.kind, FLOOD_MALFORMED);
}

static void
a_refusal_has_a_printable_text(void **state)
{
	struct refusal r = { REFUSAL_DENIED, "denied" };
	uint8_t space[FLOOD_TLV_MAX];
	struct flood_tlv tlv;
	struct ibuf buf;
	int i;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_refusal(&buf, &r), 0);
	packet_is(&buf, space, "0b 07 01 64656e696564");
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, FLOOD_REFUSAL);
	assert_int_equal(tlv.refusal.code, REFUSAL_DENIED);
	assert_string_equal(tlv.refusal.text, "denied");
	ibuf_to(&buf, space, 8);
	assert_int_equal(wire_flood_add_refusal(&buf, &r), -1);
	assert_int_equal(ibuf_len(&buf), 0);

	strcpy(r.text, "a\nb");
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_add_refusal(&buf, &r), 0);
	packet_is(&buf, space, "0b 04 01 613f62");

	/* A code without a name, and all octets as its text. */
	space[0] = 11;
	space[1] = 255;
	space[2] = 200;
	for (i = 0; i < 254; i++)
		space[3 + i] = i;
	ibuf_from(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, FLOOD_REFUSAL);
	assert_int_equal(tlv.refusal.code, 200);
	assert_int_equal(strlen(tlv.refusal.text), FLOOD_TEXT_MAX);
	for (i = 0; i < FLOOD_TEXT_MAX; i++)
		assert_int_equal(tlv.refusal.text[i], i < ' ' ? '?' : i);
	memset(space + 3, 0x9b, 100);
	ibuf_from(&buf, space, sizeof(space));
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	for (i = 0; i < FLOOD_TEXT_MAX; i++)
		assert_int_equal(tlv.refusal.text[i], '?');
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
		cmocka_unit_test(a_hello_says_who_the_sender_is),
		cmocka_unit_test(neighbours_are_listed),
		cmocka_unit_test(a_refusal_has_a_printable_text),
		cmocka_unit_test(a_heartbeat_is_two_octets),
		cmocka_unit_test(all_lengths_round_trip),
		cmocka_unit_test(what_cannot_be_sent_is_refused_whole)
	};

	return cmocka_run_group_tests_name("wire_flood", tests, NULL, NULL);
}
