/* SPDX-License-Identifier: ISC */
/* Whose an address is, as prefix_covers says it of each prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/prefixes.h"

#define TRIES	200000

static uint32_t	seed;

static uint32_t
dice(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void
add(struct conf *conf, uint32_t network, const char *text)
{
	struct conf_network *net;

	while (conf->nnetworks <= network)
		assert_int_equal(conf_add_network(conf,
		    &(struct conf_network){ .name = "n" }), 0);
	net = &conf->networks[network];
	assert_int_equal(prefix_parse(text, &net->prefixes[net->nprefixes]),
	    0);
	net->nprefixes++;
}

/* Its ends, what is right beside them, and anything; of any length. */
static struct prefix
any_prefix(const struct prefix *of)
{
	struct prefix p = *of;
	uint8_t *last = &p.addr.octet[15];
	uint32_t i, first = of->len / 8 + (of->len % 8 != 0);

	switch (dice() % 5) {
	case 0:
		break;
	case 1:
		for (i = first; i < 16; i++)
			p.addr.octet[i] = 0xff;
		break;
	case 2:
		if (first > 0)
			p.addr.octet[first - 1]++;
		break;
	case 3:
		if (first > 0)
			p.addr.octet[first - 1]--;
		for (i = first; i < 16; i++)
			p.addr.octet[i] = 0xff;
		break;
	default:
		for (i = dice() % 16; i < 16; i++)
			p.addr.octet[i] = (uint8_t)dice();
	}
	if (dice() % 4 == 0)
		*last = (uint8_t)(*last + 1);
	p.len = dice() % 2 ? 128 : (uint8_t)(dice() % 129);
	if (dice() % 2)
		prefix_mask(&p);
	return p;
}

static void
compare(const struct conf *conf)
{
	static struct conf_prefixes all;
	const struct conf_prefix *found, *want;
	struct prefix p;
	uint32_t i, n;

	conf_prefixes_make(&all, conf);
	for (n = 0; n < TRIES; n++) {
		p = any_prefix(&all.list[dice() % all.n].prefix);
		want = NULL;
		for (i = 0; i < all.n; i++)
			if (prefix_covers(&all.list[i].prefix, &p))
				want = &all.list[i];
		found = conf_prefix_over(&all, &p);
		if (found != want)
			fail_msg("%s: %s, not %s", prefix_text(&p),
			    found != NULL ? prefix_text(&found->prefix) :
			    "none", want != NULL ? prefix_text(&want->prefix) :
			    "none");
	}
}

static void
each_is_found_by_its_addresses(void **state)
{
	struct conf *conf = conf_new();

	(void)state;
	assert_non_null(conf);
	add(conf, 0, "192.168.44.0/24");
	add(conf, 0, "2001:db8:44::/48");
	add(conf, 1, "10.45.0.0/16");
	add(conf, 1, "2001:db8:45::/64");
	add(conf, 2, "10.46.0.1/32");
	add(conf, 2, "10.46.0.3/32");
	add(conf, 2, "2001:db8:46:8000::/49");
	add(conf, 3, "2001:db8:47::8/125");
	add(conf, 3, "255.0.0.0/8");
	add(conf, 4, "fc00::/7");
	add(conf, 4, "2001:db8:47::80/128");
	compare(conf);
	conf_free(conf);
}

/* An IPv4 address is in no prefix of IPv6, however wide. */
static void
the_whole_of_a_family_is_one(void **state)
{
	struct conf *conf = conf_new();

	(void)state;
	assert_non_null(conf);
	add(conf, 0, "::/0");
	compare(conf);
	conf->networks[0].nprefixes = 0;
	add(conf, 0, "0.0.0.0/0");
	compare(conf);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found_by_its_addresses),
		cmocka_unit_test(the_whole_of_a_family_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
