/* SPDX-License-Identifier: ISC */
/* The id that follows from a public key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/router_key.h"
#include "hex.h"

/* Of the seed 00 01 .. 1f; hashed by another library. */
static const char	key_text[] =
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
static const char	hash_text[] =
    "d750bf48d37463f6237758c1bdf8f7fe68b872bfe1237468f936a2b79ec011b2";

static void
an_id_is_the_keys_hash(void **state)
{
	struct router_key key;
	struct router_id id;
	uint8_t hash[32], want[32];

	(void)state;
	hex(key_text, key.octet, sizeof(key.octet));
	hex(hash_text, want, sizeof(want));
	router_key_hash(&key, hash);
	assert_memory_equal(hash, want, sizeof(want));
	router_key_id(&key, &id);
	assert_string_equal(router_id_text(&id), "d7:50:bf:48:d3:74:63:f6");
}

/* Each bit of either counts. */
static void
no_other_id_fits(void **state)
{
	struct router_key key, other;
	struct router_id id;
	size_t bit;

	(void)state;
	hex(key_text, key.octet, sizeof(key.octet));
	router_key_id(&key, &id);
	assert_true(router_key_has(&key, &id));
	for (bit = 0; bit < 64; bit++) {
		id.octet[bit / 8] ^= 1 << bit % 8;
		assert_false(router_key_has(&key, &id));
		id.octet[bit / 8] ^= 1 << bit % 8;
	}
	for (bit = 0; bit < 256; bit++) {
		other = key;
		other.octet[bit / 8] ^= 1 << bit % 8;
		assert_false(router_key_has(&other, &id));
		assert_int_not_equal(router_key_cmp(&key, &other), 0);
	}
	assert_int_equal(router_key_cmp(&key, &key), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_the_keys_hash),
		cmocka_unit_test(no_other_id_fits)
	};

	return cmocka_run_group_tests_name("router_key", tests, NULL, NULL);
}
