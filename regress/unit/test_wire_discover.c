/* SPDX-License-Identifier: ISC */
/* A router's hello on a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/discover.h"

/* The example of sroam-flood(7): the key of an empty configuration. */
static const uint8_t no_key[DISCOVER_KEY];
static const char purpose[] = "sroam neighbour";

static const struct discover example = {
	.id = { { 2, 0, 0, 0, 0, 0, 0, 1 } }, .port = 4444,
	.stamp = UINT64_C(0x0000019aabcdef01)
};

static const uint8_t octets[DISCOVER_LEN] = {
	44, 2, 0x11, 0x5c, 2, 0, 0, 0, 0, 0, 0, 1,
	0x00, 0x00, 0x01, 0x9a, 0xab, 0xcd, 0xef, 0x01,
	0xf3, 0xab, 0xd4, 0x4b, 0x71, 0xee, 0x97, 0xbf,
	0x28, 0xeb, 0xba, 0x04, 0x8c, 0xbe, 0x3c, 0x66,
	0x0d, 0xe3, 0xdc, 0xc1, 0x40, 0x24, 0x13, 0x02,
	0x9d, 0x4b, 0xbf, 0x16, 0x3b, 0xbd, 0x8c, 0x57
};

static void
hmac_is_that_of_rfc_4231(void **state)
{
	/* Test case 1: 20 octets of 0x0b, which zeroes do not change. */
	static const uint8_t want[32] = {
		0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53,
		0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b,
		0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83, 0x3d, 0xa7,
		0x26, 0xe9, 0x37, 0x6c, 0x2e, 0x32, 0xcf, 0xf7
	};
	uint8_t key[DISCOVER_KEY] = { 0 }, mac[32];

	(void)state;
	memset(key, 0x0b, 20);
	wire_hmac(key, "Hi There", 8, mac);
	assert_memory_equal(mac, want, sizeof(want));
}

static void
message_is_that_of_the_manual(void **state)
{
	uint8_t key[DISCOVER_KEY], room[DISCOVER_LEN];
	struct discover b;
	struct ibuf buf;

	(void)state;
	wire_hmac(no_key, purpose, sizeof(purpose) - 1, key);
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_discover_add(&buf, key, &example), 0);
	assert_int_equal(ibuf_len(&buf), DISCOVER_LEN);
	assert_memory_equal(room, octets, sizeof(octets));
	assert_int_equal(wire_discover_get(&buf, key, &b), 1);
	assert_int_equal(ibuf_left(&buf), 0);
	assert_memory_equal(&b.id, &example.id, sizeof(b.id));
	assert_int_equal(b.port, example.port);
	assert_true(b.stamp == example.stamp);
}

static void
no_octet_can_be_changed(void **state)
{
	uint8_t key[DISCOVER_KEY], room[DISCOVER_LEN];
	struct discover b;
	struct ibuf buf;
	size_t i;

	(void)state;
	wire_hmac(no_key, purpose, sizeof(purpose) - 1, key);
	for (i = 0; i < DISCOVER_LEN; i++) {
		memcpy(room, octets, sizeof(room));
		room[i] ^= 1;
		ibuf_from(&buf, room, sizeof(room));
		assert_int_equal(wire_discover_get(&buf, key, &b),
		    i < 2 ? -1 : 0);
		assert_int_equal(ibuf_left(&buf), 0);
	}
	key[0] ^= 1;
	ibuf_from(&buf, octets, sizeof(octets));
	assert_int_equal(wire_discover_get(&buf, key, &b), 0);
}

static void
other_lengths_are_not_ours(void **state)
{
	uint8_t key[DISCOVER_KEY], room[DISCOVER_LEN + 1];
	struct discover b;
	struct ibuf buf;
	size_t len;

	(void)state;
	wire_hmac(no_key, purpose, sizeof(purpose) - 1, key);
	memcpy(room, octets, sizeof(octets));
	room[DISCOVER_LEN] = 0;
	for (len = 0; len <= DISCOVER_LEN + 1; len++) {
		ibuf_from(&buf, room, len);
		assert_int_equal(wire_discover_get(&buf, key, &b),
		    len == DISCOVER_LEN ? 1 : -1);
	}
	for (len = 0; len < DISCOVER_LEN; len++) {
		ibuf_to(&buf, room, len);
		assert_int_equal(wire_discover_add(&buf, key, &example), -1);
	}
}

static void
no_hello_has_an_id_of_zeroes(void **state)
{
	uint8_t key[DISCOVER_KEY], room[DISCOVER_LEN];
	struct discover b = example;
	struct ibuf buf;

	(void)state;
	wire_hmac(no_key, purpose, sizeof(purpose) - 1, key);
	memset(&b.id, 0, sizeof(b.id));
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_discover_add(&buf, key, &b), 0);
	assert_int_equal(wire_discover_get(&buf, key, &b), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_is_that_of_rfc_4231),
		cmocka_unit_test(message_is_that_of_the_manual),
		cmocka_unit_test(no_octet_can_be_changed),
		cmocka_unit_test(other_lengths_are_not_ours),
		cmocka_unit_test(no_hello_has_an_id_of_zeroes),
	};

	return cmocka_run_group_tests_name("wire_discover", tests, NULL, NULL);
}
