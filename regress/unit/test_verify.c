/* SPDX-License-Identifier: ISC */
/* Signatures as the core has them verified: RFC 8032 7.1, test 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/verify.h"
#include "hex.h"

static void
a_signature_is_of_its_text_and_key(void **state)
{
	struct router_signature s, changed;
	struct router_key key, other;
	uint8_t text[1];
	size_t i;

	(void)state;
	verify_start();
	hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    key.octet, sizeof(key.octet));
	hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	    s.octet, sizeof(s.octet));
	text[0] = 0x72;
	assert_true(verify_signature(NULL, &key, text, 1, &s));
	assert_false(verify_signature(NULL, &key, text, 0, &s));
	for (i = 0; i < sizeof(s.octet); i++) {
		changed = s;
		changed.octet[i] ^= 1;
		assert_false(verify_signature(NULL, &key, text, 1, &changed));
	}
	for (i = 0; i < sizeof(key.octet); i++) {
		other = key;
		other.octet[i] ^= 1;
		assert_false(verify_signature(NULL, &other, text, 1, &s));
	}
	text[0] ^= 1;
	assert_false(verify_signature(NULL, &key, text, 1, &s));
}

static void
a_fingerprint_begins_with_the_id(void **state)
{
	struct router_key key = { { 1, 2, 3 } };
	struct router_id id;
	uint8_t hash[32];

	(void)state;
	verify_fingerprint(NULL, &key, hash);
	router_key_id(&key, &id);
	assert_memory_equal(hash, id.octet, sizeof(id.octet));
}

/* Whatever this machine is, it can do some. */
static void
the_rate_is_a_number_that_can_be_used(void **state)
{
	(void)state;
	assert_in_range(verify_rate(), 1, 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_of_its_text_and_key),
		cmocka_unit_test(a_fingerprint_begins_with_the_id),
		cmocka_unit_test(the_rate_is_a_number_that_can_be_used),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
