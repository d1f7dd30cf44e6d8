/* SPDX-License-Identifier: ISC */
/* The keys of `tls psk`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/tls/key.h"
#include "hex.h"

static const char secret[] = "correct horse battery staple";

static struct router_id
id_of(const char *text)
{
	struct router_id id;

	assert_int_equal(router_id_parse(text, &id), 0);
	return id;
}

/* Computed by another implementation of HMAC. */
static void
keys_are_those_of_the_page(void **state)
{
	struct router_id id = id_of("02:00:00:ff:fe:00:00:01");
	uint8_t want[TLS_KEY_LEN], key[TLS_KEY_LEN];
	char text[TLS_IDENTITY_LEN + 1];
	struct tls_key k;

	(void)state;
	assert_int_equal(tls_key_make(&k, secret, strlen(secret)), 0);
	hex("cc38c203d66e8748f9e6516746c316bcf17423d0871c5b5cf2b6377f057a674f",
	    want, sizeof(want));
	assert_memory_equal(k.prk, want, sizeof(want));
	assert_int_equal(tls_key_derive(&k, &id, key), 0);
	hex("d5a0c1a2790b7ab4da64f38842846c4e4f88dd9198e62e70a2713e7979cdc1e0",
	    want, sizeof(want));
	assert_memory_equal(key, want, sizeof(want));
	tls_identity_make(text, &id, k.fingerprint);
	assert_string_equal(text, "sroam1:020000fffe000001:98f4c69c");
}

static void
the_page_has_them(void **state)
{
	static const char *const parts[] = {
		"correct horse battery staple",
		"sroam1:020000fffe000001:98f4c69c",
		"d5a0c1a2790b7ab4da64f38842846c4e",
		"4f88dd9198e62e70a2713e7979cdc1e0"
	};
	static char page[256 * 1024];
	size_t i, len;
	FILE *fp;

	(void)state;
	assert_non_null(fp = fopen("man/sroam-flood.7", "r"));
	len = fread(page, 1, sizeof(page) - 1, fp);
	page[len] = '\0';
	fclose(fp);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(page, parts[i]) == NULL)
			fail_msg("man/sroam-flood.7 lacks %s", parts[i]);
}

static void
another_router_or_secret_has_another_key(void **state)
{
	struct router_id a = id_of("02:00:00:ff:fe:00:00:01");
	struct router_id b = id_of("02:00:00:ff:fe:00:00:02");
	uint8_t one[TLS_KEY_LEN], two[TLS_KEY_LEN];
	struct tls_key k, other;

	(void)state;
	assert_int_equal(tls_key_make(&k, secret, strlen(secret)), 0);
	assert_int_equal(tls_key_make(&other, secret, strlen(secret) - 1), 0);
	assert_memory_not_equal(k.fingerprint, other.fingerprint,
	    sizeof(k.fingerprint));
	assert_int_equal(tls_key_derive(&k, &a, one), 0);
	assert_int_equal(tls_key_derive(&k, &b, two), 0);
	assert_memory_not_equal(one, two, sizeof(one));
	assert_int_equal(tls_key_derive(&other, &a, two), 0);
	assert_memory_not_equal(one, two, sizeof(one));
}

static void
identities_are_parsed_exactly(void **state)
{
	static const struct {
		const char	*text;
		int		 rc;
	} rows[] = {
		{ "sroam1:020000fffe000001:98f4c69c", 0 },
		{ "sroam1:ffffffffffffffff:00000000", 0 },
		{ "", -1 },
		{ "sroam1:", -1 },
		{ "Client_identity", -1 },
		{ "sroam1:0000000000000000:98f4c69c", -1 },
		{ "sroam1:020000fffe000001:98f4c69", -1 },
		{ "sroam1:020000fffe000001:98f4c69c0", -1 },
		{ "sroam1:020000fffe000001:98f4c69c\n", -1 },
		{ "sroam1:020000FFFE000001:98f4c69c", -1 },
		{ "sroam1:020000fffe00000g:98f4c69c", -1 },
		{ "sroam1:020000fffe000001:98f4c69 ", -1 },
		{ "sroam1:020000fffe000001.98f4c69c", -1 },
		{ "sroam1.020000fffe000001:98f4c69c", -1 },
		{ "sroam2:020000fffe000001:98f4c69c", -1 },
		{ "SROAM1:020000fffe000001:98f4c69c", -1 }
	};
	uint8_t nul[TLS_IDENTITY_LEN], mark[TLS_FINGERPRINT_LEN];
	char again[TLS_IDENTITY_LEN + 1];
	struct router_id id;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (tls_identity_parse((const uint8_t *)rows[i].text,
		    strlen(rows[i].text), &id, mark) != rows[i].rc)
			fail_msg("\"%s\"", rows[i].text);
		if (rows[i].rc == -1)
			continue;
		tls_identity_make(again, &id, mark);
		assert_string_equal(again, rows[i].text);
	}
	/* A NUL is among the digits for strchr. */
	memcpy(nul, rows[0].text, sizeof(nul));
	nul[10] = '\0';
	assert_int_equal(tls_identity_parse(nul, sizeof(nul), &id, mark), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_the_page),
		cmocka_unit_test(the_page_has_them),
		cmocka_unit_test(another_router_or_secret_has_another_key),
		cmocka_unit_test(identities_are_parsed_exactly)
	};

	return cmocka_run_group_tests_name("tls_key", tests, NULL, NULL);
}
