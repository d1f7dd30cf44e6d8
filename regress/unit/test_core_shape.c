/* SPDX-License-Identifier: ISC */
/*
 * What a datum must look like: what sroam-flood(7) does not have is refused,
 * and counted, whichever peer sends it; what it has is kept as it came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/router_info.h"
#include "table/key.h"

#define POOL	"192.168.44.0/24"
#define MAC	"\x06\0\0\0\0\1"
#define GROUP	"\x07\0\0\0\0\1"
#define ID	"\2\0\0\0\0\0\0\x77"
#define SIX	"\x20\1\x0d\xb8\x12\x34\0\7"	/* a /64 of the network */

struct shape {
	const char	*name;
	uint8_t		 kind;
	const char	*key;		/* behind the kind */
	uint8_t		 keylen;
	const char	*value;
	uint8_t		 vallen;
	bool		 good;
};

static const struct shape shapes[] = {
	{ "address", DATUM_LEASE4, "\xc0\xa8\x2c\7", 4, MAC, 6, true },
	{ "address, short", DATUM_LEASE4, "\xc0\xa8\x2c", 3, MAC, 6, false },
	{ "address, long", DATUM_LEASE4, "\xc0\xa8\x2c\7\0", 5, MAC, 6,
	    false },
	{ "address of no MAC", DATUM_LEASE4, "\xc0\xa8\x2c\7", 4, MAC, 5,
	    false },
	{ "address of an id", DATUM_LEASE4, "\xc0\xa8\x2c\7", 4, ID, 8,
	    false },
	{ "prefix", DATUM_LEASE6, SIX, 8, MAC, 6, true },
	{ "prefix, short", DATUM_LEASE6, SIX, 7, MAC, 6, false },
	{ "prefix, long", DATUM_LEASE6, SIX "\0", 9, MAC, 6, false },
	{ "prefix of nobody", DATUM_LEASE6, SIX, 8, MAC, 0, false },
	{ "delegated", DATUM_DELEGATED, "\x3c\x20\1\x0d\xb8\x12\x34\0\x10", 9,
	    MAC, 6, true },
	{ "delegated, short key", DATUM_DELEGATED,
	    "\x3c\x20\1\x0d\xb8\x12\x34\0", 8, MAC, 6, false },
	{ "delegated, bits behind its end", DATUM_DELEGATED,
	    "\x3c\x20\1\x0d\xb8\x12\x34\0\x11", 9, MAC, 6, false },
	{ "delegated, a /47", DATUM_DELEGATED,
	    "\x2f\x20\1\x0d\xb8\x12\x34\0\0", 9, MAC, 6, false },
	{ "delegated, a /65", DATUM_DELEGATED,
	    "\x41\x20\1\x0d\xb8\x12\x34\0\0", 9, MAC, 6, false },
	{ "location", DATUM_LOCATION, MAC, 6, ID, 8, true },
	{ "location: nowhere", DATUM_LOCATION, MAC, 6, "", 0, true },
	{ "location of half an id", DATUM_LOCATION, MAC, 6, ID, 4, false },
	{ "location, long", DATUM_LOCATION, MAC, 6, ID "\0", 9, false },
	{ "location of no MAC", DATUM_LOCATION, MAC, 5, ID, 8, false },
	{ "location of more than a MAC", DATUM_LOCATION, MAC "\0", 7, ID, 8,
	    false },
	{ "nowhere of no MAC", DATUM_LOCATION, MAC, 5, "", 0, false },
	{ "location of a group", DATUM_LOCATION, GROUP, 6, ID, 8, false },
	{ "location of nobody", DATUM_LOCATION, "\0\0\0\0\0\0", 6, ID, 8,
	    false },
	{ "link-local", DATUM_LINKLOCAL, MAC, 6, ID, 8, true },
	{ "link-local, short", DATUM_LINKLOCAL, MAC, 6, ID, 7, false },
	{ "link-local of no MAC", DATUM_LINKLOCAL, MAC, 5, ID, 8, false },
	{ "router", DATUM_ROUTER, ID, 8, "", 0, true },	/* signed */
	{ "router, short", DATUM_ROUTER, ID, 7, "", 0, false },
	{ "router, long", DATUM_ROUTER, ID "\0", 9, "", 0, false },
	{ "router without id", DATUM_ROUTER, "\0\0\0\0\0\0\0\0", 8, "", 0,
	    false },
	{ "unknown", 99, "key", 3, "value", 5, true },
	{ "unknown without key", 99, "", 0, "", 0, true },
};

static struct update
shaped(const struct shape *s)
{
	struct update u;

	make_update(&u, s->kind, s->key, s->keylen, s->value, s->vallen, 1,
	    600);
	return u;
}

static uint64_t
dropped(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status.updates_dropped;
}

static void
each_kind_has_its_lengths(void **state)
{
	const struct shape *s;
	struct update u, found;
	struct node *node;

	(void)state;
	for (s = shapes; s < shapes + sizeof(shapes) / sizeof(shapes[0]);
	    s++) {
		node = node_new(1, POOL);
		u = shaped(s);
		if ((core_update(node->core, STRANGER, &u, now) == NULL) !=
		    s->good || find_datum(node, &u, &found) != s->good)
			fail_msg("%s: %s", s->name, s->good ? "refused" :
			    "taken");
		assert_int_equal(dropped(node), !s->good);
		node_free(node);
	}
}

/* One TLV holds no more: what is longer cannot have come from the wire. */
static void
key_and_value_fit_into_one_tlv(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u = { .lifetime = 60, .seqno = 1, .data = { 99 } };
	struct update found;

	(void)state;
	assert_string_equal(core_update(node->core, STRANGER, &u, now),
	    "malformed");
	u.keylen = 200;
	u.vallen = DATUM_MAX - 200 + 1;
	assert_string_equal(core_update(node->core, STRANGER, &u, now),
	    "malformed");
	assert_int_equal(dropped(node), 2);
	u.vallen--;
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.vallen, DATUM_MAX - 200);
	node_free(node);
}

#define V4	"\1\4\xc0\xa8\x2c\x09"
#define V6	"\2\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define NAME	"\3\3ap9"
#define BUILD	"\4\5" "1.2.3"

#define Z16	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define KEY	"\5\x20" "key" Z16 "\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RUN	"\7\10\1\0\0\0\0\0\0\2"
#define CONFIG	"\10\10configur"
#define SIGNED	"\6\x40" "sig" Z16 Z16 Z16 "\0\0\0\0\0\0\0\0\0\0\0\0\0"

static int
says(const char *value, size_t len, struct router_info *info)
{
	return router_info_parse((const uint8_t *)"\3" ID, 9,
	    (const uint8_t *)value, (uint8_t)len, info);
}
#define SAYS(value, info)	says(value, sizeof(value) - 1, info)
#define WHOLE(fields, info)	SAYS(fields RUN KEY SIGNED, info)

static void
a_routers_word_is_read_field_by_field(void **state)
{
	struct router_info info;
	struct addr addr4, addr6;

	(void)state;
	(void)addr_parse("192.168.44.9", &addr4);
	(void)addr_parse("2001:db8::9", &addr6);
	assert_int_equal(WHOLE(V4 V6 NAME BUILD CONFIG, &info), 0);
	assert_memory_equal(info.id.octet, ID, 8);
	assert_int_equal(addr_cmp(&info.addr4, &addr4), 0);
	assert_int_equal(addr_cmp(&info.addr6, &addr6), 0);
	assert_string_equal(info.name, "ap9");
	assert_string_equal(info.version, "1.2.3");
	assert_memory_equal(info.key.octet, "key", 4);
	assert_memory_equal(info.signature.octet, "sig", 4);
	assert_int_equal(info.run, 0x0100000000000002);
	assert_int_equal(info.has_config, 1);
	assert_memory_equal(info.config, "configur", 8);
	assert_int_equal(info.signed_len, sizeof(V4 V6 NAME BUILD RUN CONFIG
	    KEY) - 1);
	/* In any order, and what is not known is skipped. */
	assert_int_equal(WHOLE(BUILD "\x7f\2??" NAME "\x7e\0" V4, &info), 0);
	assert_int_equal(addr_cmp(&info.addr4, &addr4), 0);
	assert_true(addr_is_none(&info.addr6));
	assert_string_equal(info.name, "ap9");
	assert_string_equal(info.version, "1.2.3");
	assert_int_equal(info.has_config, 0);
	assert_int_equal(WHOLE("", &info), 0);
	assert_string_equal(info.version, "");
}

static void
a_routers_word_that_is_cut_or_odd_is_refused(void **state)
{
	static const char whole[] = V4 V6 NAME BUILD RUN CONFIG KEY SIGNED;
	struct router_info info;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(whole); len++)
		assert_int_equal(says(whole, len, &info),
		    len == sizeof(whole) - 1 ? 0 : -1);
	assert_int_equal(WHOLE("\1\3\xc0\xa8\x2c", &info), -1);
	assert_int_equal(WHOLE("\1\5\xc0\xa8\x2c\x09\0", &info), -1);
	assert_int_equal(WHOLE("\2\4\x20\1\x0d\xb8", &info), -1);
	assert_int_equal(WHOLE("\3\3a p", &info), -1);
	assert_int_equal(WHOLE("\4\3" "1\x7f" "2", &info), -1);
	/* Where no route can lead to. */
	assert_int_equal(WHOLE("\1\4\x7f\0\0\1", &info), -1);
	assert_int_equal(WHOLE("\1\4\0\0\0\1", &info), -1);
	assert_int_equal(WHOLE("\1\4\xe0\0\0\1", &info), -1);
	assert_int_equal(WHOLE("\2\x10\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
	    &info), -1);
	assert_int_equal(WHOLE("\2\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
	    &info), -1);
	/* An IPv4 address has a field of its own. */
	assert_int_equal(WHOLE("\2\x10\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\xa8"
	    "\x2c\x09", &info), -1);
	/* A key or a signature is missing, is there twice, or is not last. */
	assert_int_equal(SAYS(RUN KEY, &info), -1);
	assert_int_equal(SAYS(RUN SIGNED, &info), -1);
	assert_int_equal(SAYS(KEY SIGNED, &info), -1);
	assert_int_equal(WHOLE(KEY, &info), -1);
	assert_int_equal(WHOLE(RUN, &info), -1);
	assert_int_equal(SAYS(RUN KEY SIGNED SIGNED, &info), -1);
	assert_int_equal(SAYS(RUN KEY SIGNED NAME, &info), -1);
	assert_int_equal(SAYS(RUN KEY SIGNED "\x7f\0", &info), -1);
	assert_int_equal(SAYS("\7\7\1\0\0\0\0\0\0" KEY SIGNED, &info), -1);
	assert_int_equal(SAYS("\7\10\0\0\0\0\0\0\0\0" KEY SIGNED, &info),
	    -1);
	assert_int_equal(WHOLE("\10\7configu", &info), -1);
	assert_int_equal(SAYS(RUN "\5\4keys" SIGNED, &info), -1);
	assert_int_equal(SAYS(RUN KEY "\6\4sign", &info), -1);
}

/* A name is whole, or of 40 octets where all of it has no room. */
static void
said_and_read(const struct router_info *said, size_t name)
{
	struct router_info read;
	struct router_signature s;
	uint8_t value[DATUM_MAX + 1], len;
	size_t whole = strlen(said->name);

	len = router_info_build(said, value);
	assert_in_range(len, 1, ROUTER_SIGNED_MAX);
	memset(&s, 's', sizeof(s));
	assert_in_range(ROUTER_KEY + router_info_sign(value, len, &s), 1,
	    DATUM_MAX);
	assert_int_equal(says((const char *)value, len + 66U, &read), 0);
	assert_int_equal(read.signed_len, len);
	assert_memory_equal(&read.signature, &s, sizeof(s));
	assert_int_equal(strlen(read.name), name);
	assert_true(name == whole || (name == 40 &&
	    len + whole - name > ROUTER_SIGNED_MAX));
	assert_memory_equal(read.name, said->name, name);
	assert_string_equal(read.version, said->version);
	assert_int_equal(addr_cmp(&read.addr4, &said->addr4), 0);
	assert_int_equal(addr_cmp(&read.addr6, &said->addr6), 0);
	assert_int_equal(router_key_cmp(&read.key, &said->key), 0);
	assert_int_equal(read.run, said->run);
	assert_int_equal(read.has_config, said->has_config);
	assert_memory_equal(read.config, said->config, ROUTER_CONFIG);
}

static void
what_a_router_says_of_itself_is_read_as_it_was_said(void **state)
{
	struct router_info said;
	int has, name, version, rest, fits;

	(void)state;
	for (has = 0; has < 8; has++)
		for (name = 0; name < ROUTER_NAME_MAX; name++)
			for (version = 0; version < ROUTER_VERSION_MAX;
			    version++) {
				memset(&said, 0, sizeof(said));
				memcpy(said.id.octet, ID, 8);
				memset(said.key.octet, 'k', 32);
				said.run = 9;
				if (has & 1)
					(void)addr_parse("192.168.44.9",
					    &said.addr4);
				if (has & 2)
					(void)addr_parse("2001:db8::9",
					    &said.addr6);
				said.has_config = (uint8_t)(has >> 2);
				memset(said.config, 'c' * said.has_config, 8);
				memset(said.name, 'n', (size_t)name);
				memset(said.version, 'v', (size_t)version);
				/* Of the 237 octets. */
				rest = 9 + 66 + 34 + 10 + 2 + 2 + version +
				    (has & 1 ? 6 : 0) + (has & 2 ? 18 : 0) +
				    (has & 4 ? 10 : 0);
				fits = rest + name <= DATUM_MAX;
				said_and_read(&said, fits ? (size_t)name :
				    40);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_lengths),
		cmocka_unit_test(key_and_value_fit_into_one_tlv),
		cmocka_unit_test(a_routers_word_is_read_field_by_field),
		cmocka_unit_test(a_routers_word_that_is_cut_or_odd_is_refused),
		cmocka_unit_test(
		    what_a_router_says_of_itself_is_read_as_it_was_said),
	};

	return cmocka_run_group_tests_name("core_shape", tests, NULL, NULL);
}
