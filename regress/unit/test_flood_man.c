/* SPDX-License-Identifier: ISC */
/*
 * The examples of sroam-flood(7) are what the code sends: each block of hex
 * behind a comment `example: name' has a row here, and each row a block.
 */
#include <ctype.h>
#include <setjmp.h>
#include <sodium/crypto_sign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/core.h"
#include "hex.h"
#include "lease/client.h"
#include "regress/fake_signer.h"
#include "wire/flood.h"

#define PAGE		"man/sroam-flood.7"
#define EXAMPLES	34
/* Of the examples, whose seed is 00 01 ... 1f. */
#define ROUTER		"d750bf48d37463f6"
#define ID_KEY	\
	"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define RUN		"1122334455667788"
#define RUN_NUMBER	0x1122334455667788ULL
#define SESSION_SIGNED	\
	"3560a2dbddae8d04e817fac7967f8aa9f95b5e004f3a29928f33997d2f19204b" \
	"0fbc059088b7219de5f940d76a9ebb494664" \
	"9096c3e2538c4c3190b6a4933c0d"
#define ROUTER_SIGNED	\
	"14dc3516f0c0c322782dfbdf1f303758fd1abc8efd41a832463845cbb148e08f" \
	"eefe31036283ab44777c011f36bf70b6a62be38f6bc0904deb3103d1c1ca6f09"
#define ROUTER_FIELDS	"01040a010101 0303617031 0403322e30 0520" ID_KEY \
	"0708" RUN "0640" ROUTER_SIGNED

/* Of the identifier ff 01 02 03 04 05. */
#define WHOSE		"8b23a91349f549bf"

struct example {
	char	name[32];
	uint8_t	octets[256];
	size_t	len;
	bool	used;
};

static struct example	examples[EXAMPLES];
static int		nexamples;

/* A datum, as text: key and value. */
static struct update
update(const char *key, const char *value, uint64_t seqno, uint32_t lifetime,
    uint32_t age)
{
	struct update u;

	memset(&u, 0, sizeof(u));
	u.keylen = (uint8_t)hex(key, u.data, sizeof(u.data));
	u.vallen = (uint8_t)hex(value, u.data + u.keylen,
	    sizeof(u.data) - u.keylen);
	u.seqno = seqno;
	u.lifetime = lifetime;
	u.age = age;
	return u;
}

static void
add_hex(struct example *e, const char *line)
{
	unsigned int octet;
	int n;

	while (sscanf(line, " %2x%n", &octet, &n) == 1) {
		assert_true(e->len < sizeof(e->octets));
		e->octets[e->len++] = (uint8_t)octet;
		line += n;
	}
	while (isspace((unsigned char)*line))
		line++;
	assert_string_equal(line, "");
}

static int
read_page(void **state)
{
	struct example *e = NULL;
	char line[256];
	FILE *page;
	bool inside = false;

	(void)state;
	if ((page = fopen(PAGE, "r")) == NULL)
		return -1;
	while (fgets(line, sizeof(line), page) != NULL) {
		if (strncmp(line, ".\\\" example: ", 13) == 0) {
			assert_true(nexamples < EXAMPLES);
			e = &examples[nexamples++];
			assert_int_equal(sscanf(line + 13, "%31s", e->name),
			    1);
		} else if (e != NULL && strncmp(line, ".Bd", 3) == 0)
			inside = true;
		else if (inside && strncmp(line, ".Ed", 3) == 0) {
			inside = false;
			e = NULL;
		} else if (inside)
			add_hex(e, line);
	}
	fclose(page);
	return 0;
}

static struct example *
example(const char *name)
{
	int i;

	for (i = 0; i < nexamples; i++)
		if (strcmp(examples[i].name, name) == 0) {
			examples[i].used = true;
			return &examples[i];
		}
	fail_msg("%s has no example %s", PAGE, name);
	return NULL;
}

static void
same(const char *name, const struct ibuf *buf, const uint8_t *room)
{
	const struct example *e = example(name);

	assert_int_equal(ibuf_len(buf), e->len);
	assert_memory_equal(room, e->octets, e->len);
}

/* It decodes, and to what the code would send. */
static void
decodes(const char *name, enum flood_kind kind)
{
	const struct example *e = example(name);
	struct flood_tlv tlv;
	struct ibuf buf;

	ibuf_from(&buf, e->octets, e->len);
	assert_int_equal(wire_flood_next(&buf, &tlv), 1);
	assert_int_equal(tlv.kind, kind);
	assert_int_equal(ibuf_left(&buf), 0);
}

static void
the_hash_of_an_identifier_is_as_in_the_page(void **state)
{
	struct ident ident, page;

	(void)state;
	ident_make(&ident, (const uint8_t *)"\xff\1\2\3\4\5", 6);
	assert_int_equal(hex(WHOSE, page.octet, sizeof(page.octet)), IDENT);
	assert_memory_equal(ident.octet, page.octet, IDENT);
}

static void
updates_are_as_in_the_page(void **state)
{
	static const struct {
		const char	*name, *key, *value;
		uint64_t	 seqno;
		uint32_t	 lifetime, age;
	} rows[] = {
		{ "lease4", "00c0a82c11", "020000000007", 3, 1800,
		    AGE_UNKNOWN },
		{ "lease6", "0120010db812345678", "020000000007", 0, 5400,
		    250 },
		{ "delegated", "053c20010db880000010", "020000000007", 2, 5400,
		    250 },
		{ "location", "02020000000007", ROUTER, 5, 5400, 1500 },
		{ "nowhere", "02020000000007", "", 6, 600, 0 },
		{ "late", "02020000000007", ROUTER, 1ULL << 63, 60, 0 },
		{ "network", "10056775657374 000a2d0011", "020000000007", 1,
		    600, 0 },
		{ "router", "03" ROUTER, ROUTER_FIELDS, 1, 3600, 0 },
		{ "whose", "0800c0a82c11", WHOSE, 3, 88200, 0 },
		{ "whose-net", "10056775657374 0800c0a82c11", WHOSE, 3, 88200,
		    0 }
	};
	struct update u;
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		u = update(rows[i].key, rows[i].value, rows[i].seqno,
		    rows[i].lifetime, rows[i].age);
		ibuf_to(&buf, room, sizeof(room));
		assert_int_equal(rows[i].age == AGE_UNKNOWN ?
		    wire_flood_add_update(&buf, &u) :
		    wire_flood_add_aged(&buf, &u), 0);
		same(rows[i].name, &buf, room);
		decodes(rows[i].name, rows[i].age == AGE_UNKNOWN ?
		    FLOOD_UPDATE : FLOOD_AGED);
	}
}

static void
a_counted_update_is_as_in_the_page(void **state)
{
	struct update u = update("03" ROUTER, ROUTER_FIELDS, 1, 3600, 0);
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];

	(void)state;
	u.hops = 2;
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_counted(&buf, &u), 0);
	same("counted", &buf, room);
	decodes("counted", FLOOD_COUNTED);
}

static void
digests_are_as_in_the_page(void **state)
{
	static const char *const names[] = { [DIGEST_SUMMARY] = "summary",
	    [DIGEST_SUMS] = "sums", [DIGEST_FETCH] = "fetch" };
	struct digest g;
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];
	int kind;

	(void)state;
	for (kind = DIGEST_SUMMARY; kind <= DIGEST_FETCH; kind++) {
		memset(&g, 0, sizeof(g));
		g.kind = (uint8_t)kind;
		g.sums[kind == DIGEST_SUMS ? 2 : 0] = 0x0123456789abcdefULL;
		g.level = kind == DIGEST_FETCH;
		g.index = kind == DIGEST_FETCH ? 7 : 0;
		ibuf_to(&buf, room, sizeof(room));
		assert_int_equal(wire_flood_add_digest(&buf, &g), 0);
		same(names[kind], &buf, room);
		decodes(names[kind], FLOOD_DIGEST);
	}
}

static void
handshake_and_heartbeat_are_as_in_the_page(void **state)
{
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];

	(void)state;
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_handshake(&buf, FLOOD_CAP_2), 0);
	same("handshake", &buf, room);
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_heartbeat(&buf), 0);
	same("heartbeat", &buf, room);
	decodes("heartbeat", FLOOD_HEARTBEAT);
}

static void
effect(void *arg, const struct effect *e)
{
	(void)arg;
	(void)e;
}

static uint32_t
random_word(void *arg)
{
	(void)arg;
	return 4;
}

/* The Sums of a node as the core gives them. */
static struct digest
sums_of(struct core *core, uint8_t level, uint16_t index)
{
	struct digest g;

	memset(&g, 0, sizeof(g));
	g.kind = DIGEST_SUMS;
	if (level == 1) {
		g.level = 0;
		memset(g.sums, 0x5a, sizeof(g.sums));
		core_digest(core, 1, &g);
		while (core_peer_digest(core, 1, &g))
			if (g.kind == DIGEST_SUMS && g.level == 1 &&
			    g.index == index)
				return g;
		memset(&g, 0, sizeof(g));
		return g;
	}
	(void)core_peer_digest(core, 1, &g);
	return g;
}

static uint64_t
number(const uint8_t *octets)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n = n << 8 | octets[i];
	return n;
}

/* A table before and after it holds the example's lease. */
static void
check_sum(uint32_t lifetime, uint64_t sum, uint8_t place)
{
	struct core_ops ops = { effect, random_word, FAKE_SIGNER, NULL };
	struct router_id id = { { 2, 0, 0, 0, 0, 0, 0, 1 } };
	struct conf *conf = conf_new();
	struct digest before, after;
	struct update u;
	struct core *core;
	int i, n;

	assert_non_null(conf);
	core = fake_core(&ops, &id, conf, MONOTIME_ZERO);
	assert_non_null(core);
	u = update("00c0a82c11", "020000000007", 3, lifetime, 0);
	core_peer_up(core, 1, PEER_EXTENDED | PEER_DIGESTS | PEER_OPENER,
	    MONOTIME_ZERO);
	before = sums_of(core, 0, 0);
	core_peer_down(core, 1, MONOTIME_ZERO);
	core_update(core, 2, &u, MONOTIME_ZERO);
	core_peer_up(core, 1, PEER_EXTENDED | PEER_DIGESTS | PEER_OPENER,
	    MONOTIME_ZERO);
	after = sums_of(core, 0, 0);
	for (i = 0; i < DIGEST_FANOUT; i++)
		assert_int_equal(after.sums[i] - before.sums[i],
		    i == place >> 4 ? sum : 0);
	after = sums_of(core, 1, place >> 4);
	for (n = 0, i = 0; i < DIGEST_FANOUT; i++)
		n += after.sums[i] == sum && i == (place & 15);
	assert_int_equal(n, 1);
	core_free(core);
	conf_free(conf);
}

static void
sums_and_place_are_as_in_the_page(void **state)
{
	const struct example *e = example("sum");

	(void)state;
	assert_int_equal(e->len, 18);
	check_sum(1800, number(e->octets), e->octets[16]);
	check_sum(41, number(e->octets), e->octets[16]);
	check_sum(40, number(e->octets + 8), e->octets[16]);
	check_sum(1, number(e->octets + 8), e->octets[16]);
}

/* The router of the examples. */
static void
hello_of(struct hello *h)
{
	memset(h, 0, sizeof(*h));
	hex(ID_KEY, h->key.octet, sizeof(h->key.octet));
	router_key_id(&h->key, &h->id);
	h->run = RUN_NUMBER;
}

static void
an_identity_is_as_in_the_page(void **state)
{
	const struct example *e = example("identity");
	struct hello h;

	(void)state;
	hello_of(&h);
	assert_int_equal(e->len, 40);
	assert_memory_equal(e->octets, h.key.octet, 32);
	assert_memory_equal(e->octets + 32, h.id.octet, 8);
}

static void
hellos_are_as_in_the_page(void **state)
{
	struct hello h;
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];

	(void)state;
	hello_of(&h);
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_hello(&buf, &h), 0);
	same("plain-hello", &buf, room);
	decodes("plain-hello", FLOOD_HELLO);
	h.is_signed = true;
	hex(SESSION_SIGNED, h.signature.octet, sizeof(h.signature.octet));
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_hello(&buf, &h), 0);
	same("hello", &buf, room);
	decodes("hello", FLOOD_HELLO);
}

/* By libsodium from the seed, over the texts as the page gives them. */
static void
signatures_are_as_in_the_page(void **state)
{
	const struct example *hello = example("hello");
	const struct example *router = example("router");
	uint8_t seed[32], public[32], secret[64], text[256];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	assert_int_equal(crypto_sign_seed_keypair(public, secret, seed), 0);
	assert_memory_equal(public, hello->octets + 10, 32);
	n = hex("73726f616d2073657373696f6e 63", text, sizeof(text));
	memset(text + n, 0xff, 32);
	assert_int_equal(crypto_sign_verify_detached(hello->octets + 50, text,
	    n + 32, public), 0);
	n = hex("73726f616d20726f75746572 03" ROUTER, text, sizeof(text));
	memcpy(text + n, router->octets + 2, 8);
	/* The value, without the 66 octets of its last field. */
	i = router->len - 28 - 66;
	memcpy(text + n + 8, router->octets + 28, i);
	assert_int_equal(crypto_sign_verify_detached(router->octets +
	    router->len - 64, text, n + 8 + i, public), 0);
}

static void
neighbours_and_a_refusal_are_as_in_the_page(void **state)
{
	struct neighbours n = { .operation = NEIGHBOURS_NEW, .n = 2 };
	struct refusal r = { REFUSAL_DENIED, "denied" };
	struct ibuf buf;
	uint8_t room[FLOOD_TLV_MAX];

	(void)state;
	hex(ROUTER, n.ids[0].octet, 8);
	hex("0200000000000002", n.ids[1].octet, 8);
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_neighbours(&buf, &n), 0);
	same("neighbours", &buf, room);
	decodes("neighbours", FLOOD_NEIGHBOURS);
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_refusal(&buf, &r), 0);
	same("refusal", &buf, room);
	decodes("refusal", FLOOD_REFUSAL);
}

static void
every_example_is_checked(void **state)
{
	int i;

	(void)state;
	assert_int_not_equal(nexamples, 0);
	for (i = 0; i < nexamples; i++)
		if (!examples[i].used)
			fail_msg("%s: example %s: no row here", PAGE,
			    examples[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake_and_heartbeat_are_as_in_the_page),
		cmocka_unit_test(the_hash_of_an_identifier_is_as_in_the_page),
		cmocka_unit_test(updates_are_as_in_the_page),
		cmocka_unit_test(a_counted_update_is_as_in_the_page),
		cmocka_unit_test(digests_are_as_in_the_page),
		cmocka_unit_test(sums_and_place_are_as_in_the_page),
		cmocka_unit_test(an_identity_is_as_in_the_page),
		cmocka_unit_test(hellos_are_as_in_the_page),
		cmocka_unit_test(signatures_are_as_in_the_page),
		cmocka_unit_test(neighbours_and_a_refusal_are_as_in_the_page),
		cmocka_unit_test(every_example_is_checked),
	};

	return cmocka_run_group_tests(tests, read_page, NULL);
}
