/* SPDX-License-Identifier: ISC */
/* Addresses, as numbers and as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/addr.h"
#include "common/fingerprint.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

static struct prefix
prefix_of(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static struct addr
addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static void
texts_of_macs_parse_back(void **state)
{
	static const struct {
		const char *text, *canonical;
		int rc, station;
	} rows[] = {
		{ "02:00:00:00:00:07", "02:00:00:00:00:07", 0, 1 },
		{ "2:0:0:A:b:7", "02:00:00:0a:0b:07", 0, 1 },
		{ "00:00:00:00:00:00", "00:00:00:00:00:00", 0, 0 },
		{ "01:00:5e:00:00:01", "01:00:5e:00:00:01", 0, 0 },
		{ "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff", 0, 0 },
		{ "02:00:00:00:00", NULL, -1, 0 },
		{ "02:00:00:00:00:07:", NULL, -1, 0 },
		{ "02:00:00:00:00:07:08", NULL, -1, 0 },
		{ "02:00:00:00:00:007", NULL, -1, 0 },
		{ "02-00-00-00-00-07", NULL, -1, 0 },
		{ "02:00::00:00:07", NULL, -1, 0 },
		{ " 2:0:0:0:0:7", NULL, -1, 0 },
		{ "-2:0:0:0:0:7", NULL, -1, 0 },
		{ "0x:0:0:0:0:7", NULL, -1, 0 },
		{ "", NULL, -1, 0 }
	};
	struct mac mac;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_int_equal(mac_parse(rows[i].text, &mac), rows[i].rc);
		if (rows[i].rc == -1)
			continue;
		assert_string_equal(mac_text(&mac), rows[i].canonical);
		assert_int_equal(mac_is_station(&mac), rows[i].station);
	}
}

static void
macs_are_ordered_by_octets(void **state)
{
	struct mac a, b;

	(void)state;
	mac_parse("02:00:00:00:00:07", &a);
	mac_parse("02:00:00:00:00:f0", &b);
	assert_true(mac_cmp(&a, &b) < 0);
	assert_true(mac_cmp(&b, &a) > 0);
	assert_int_equal(mac_cmp(&a, &a), 0);
}

static void
addresses_of_both_families_parse_back(void **state)
{
	static const struct {
		const char *text, *canonical;
		int rc, v4, linklocal, multicast, none;
	} rows[] = {
		{ "192.168.44.17", "192.168.44.17", 0, 1, 0, 0, 0 },
		{ "0.0.0.0", "0.0.0.0", 0, 1, 0, 0, 0 },
		{ "169.254.1.2", "169.254.1.2", 0, 1, 1, 0, 0 },
		{ "224.0.0.1", "224.0.0.1", 0, 1, 0, 1, 0 },
		{ "239.255.255.255", "239.255.255.255", 0, 1, 0, 1, 0 },
		{ "240.0.0.1", "240.0.0.1", 0, 1, 0, 0, 0 },
		{ "::ffff:10.1.1.1", "10.1.1.1", 0, 1, 0, 0, 0 },
		{ "::", "::", 0, 0, 0, 0, 1 },
		{ "::1", "::1", 0, 0, 0, 0, 0 },
		{ "2001:DB8::44", "2001:db8::44", 0, 0, 0, 0, 0 },
		{ "fe80::44", "fe80::44", 0, 0, 1, 0, 0 },
		{ "febf::1", "febf::1", 0, 0, 1, 0, 0 },
		{ "fec0::1", "fec0::1", 0, 0, 0, 0, 0 },
		{ "ff02::1", "ff02::1", 0, 0, 0, 1, 0 },
		{ "192.168.44", NULL, -1, 0, 0, 0, 0 },
		{ "192.168.44.256", NULL, -1, 0, 0, 0, 0 },
		{ "192.168.44.1/24", NULL, -1, 0, 0, 0, 0 },
		{ "2001:db8::1::2", NULL, -1, 0, 0, 0, 0 },
		{ "wlan0", NULL, -1, 0, 0, 0, 0 },
		{ "", NULL, -1, 0, 0, 0, 0 }
	};
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_int_equal(addr_parse(rows[i].text, &a), rows[i].rc);
		if (rows[i].rc == -1)
			continue;
		assert_string_equal(addr_text(&a), rows[i].canonical);
		assert_int_equal(addr_is_v4(&a), rows[i].v4);
		assert_int_equal(addr_is_linklocal(&a), rows[i].linklocal);
		assert_int_equal(addr_is_multicast(&a), rows[i].multicast);
		assert_int_equal(addr_is_none(&a), rows[i].none);
	}
}

static void
ipv4_octets_go_in_and_out(void **state)
{
	static const uint8_t v4[4] = { 192, 168, 44, 1 };
	struct addr a;

	(void)state;
	addr_from_v4(&a, v4);
	assert_string_equal(addr_text(&a), "192.168.44.1");
	assert_memory_equal(addr_v4(&a), v4, sizeof(v4));
}

/* RFC 4291, appendix A: its example has no link-local prefix. */
static void
a_mac_address_makes_a_link_local_one(void **state)
{
	struct mac mac;
	struct addr a;

	(void)state;
	assert_int_equal(mac_parse("34:56:78:9a:bc:de", &mac), 0);
	addr_from_mac(&a, &mac);
	assert_string_equal(addr_text(&a), "fe80::3656:78ff:fe9a:bcde");
	assert_int_equal(mac_parse("02:00:00:00:00:07", &mac), 0);
	addr_from_mac(&a, &mac);
	assert_string_equal(addr_text(&a), "fe80::ff:fe00:7");
}

static void
prefixes_parse_with_exact_bits(void **state)
{
	static const struct {
		const char *text, *canonical;
		int rc, len, plen;
	} rows[] = {
		{ "192.168.44.0/24", "192.168.44.0/24", 0, 120, 24 },
		{ "192.168.44.17", "192.168.44.17/32", 0, 128, 32 },
		{ "0.0.0.0/0", "0.0.0.0/0", 0, 96, 0 },
		{ "10.0.0.128/25", "10.0.0.128/25", 0, 121, 25 },
		{ "2001:db8:1234::/48", "2001:db8:1234::/48", 0, 48, 48 },
		{ "2001:db8::1", "2001:db8::1/128", 0, 128, 128 },
		{ "::/0", "::/0", 0, 0, 0 },
		{ "::ffff:10.0.0.0/104", "10.0.0.0/8", 0, 104, 8 },
		{ "192.168.44.1/24", NULL, -1, 0, 0 },
		{ "10.0.0.64/25", NULL, -1, 0, 0 },
		{ "2001:db8:1234:1::/48", NULL, -1, 0, 0 },
		{ "::ffff:10.0.0.0/90", NULL, -1, 0, 0 },
		{ "10.0.0.0/33", NULL, -1, 0, 0 },
		{ "2001:db8::/129", NULL, -1, 0, 0 },
		{ "10.0.0.0/", NULL, -1, 0, 0 },
		{ "10.0.0.0/-1", NULL, -1, 0, 0 },
		{ "10.0.0.0/+8", NULL, -1, 0, 0 },
		{ "10.0.0.0/8x", NULL, -1, 0, 0 },
		{ "10.0.0.0/00000000008", NULL, -1, 0, 0 },
		{ "/24", NULL, -1, 0, 0 },
		{ "", NULL, -1, 0, 0 }
	};
	struct prefix p;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		assert_int_equal(prefix_parse(rows[i].text, &p), rows[i].rc);
		if (rows[i].rc == -1)
			continue;
		assert_int_equal(p.len, rows[i].len);
		assert_int_equal(prefix_plen(&p), rows[i].plen);
		assert_string_equal(prefix_text(&p), rows[i].canonical);
	}
}

static void
prefixes_contain_their_own_family_only(void **state)
{
	static const struct {
		const char *prefix, *addr;
		int contains;
	} rows[] = {
		{ "192.168.44.0/24", "192.168.44.0", 1 },
		{ "192.168.44.0/24", "192.168.44.255", 1 },
		{ "192.168.44.0/24", "192.168.45.0", 0 },
		{ "10.0.0.128/25", "10.0.0.127", 0 },
		{ "10.0.0.128/25", "10.0.0.200", 1 },
		{ "192.168.40.0/21", "192.168.47.255", 1 },
		{ "192.168.40.0/21", "192.168.48.0", 0 },
		{ "0.0.0.0/0", "1.2.3.4", 1 },
		{ "0.0.0.0/0", "2001:db8::1", 0 },
		{ "::/0", "1.2.3.4", 0 },
		{ "::/0", "2001:db8::1", 1 },
		{ "2001:db8:1234::/48", "2001:db8:1234:ffff::1", 1 },
		{ "2001:db8:1234::/48", "2001:db8:1235::1", 0 },
		{ "2001:db8::1/128", "2001:db8::1", 1 },
		{ "2001:db8::1/128", "2001:db8::2", 0 }
	};
	struct prefix p;
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		p = prefix_of(rows[i].prefix);
		a = addr_of(rows[i].addr);
		assert_int_equal(prefix_contains(&p, &a), rows[i].contains);
	}
}

static void
covering_and_overlapping(void **state)
{
	static const struct {
		const char *a, *b;
		int covers, overlaps;
	} rows[] = {
		{ "10.0.0.0/8", "10.1.0.0/16", 1, 1 },
		{ "10.1.0.0/16", "10.0.0.0/8", 0, 1 },
		{ "10.0.0.0/8", "10.0.0.0/8", 1, 1 },
		{ "10.0.0.0/8", "11.0.0.0/8", 0, 0 },
		{ "::/0", "10.0.0.0/8", 0, 0 },
		{ "0.0.0.0/0", "2001:db8::/32", 0, 0 },
		{ "::/0", "2001:db8::/32", 1, 1 },
		{ "2001:db8::/33", "2001:db8:8000::/33", 0, 0 }
	};
	struct prefix a, b;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		a = prefix_of(rows[i].a);
		b = prefix_of(rows[i].b);
		assert_int_equal(prefix_covers(&a, &b), rows[i].covers);
		assert_int_equal(prefix_overlaps(&a, &b), rows[i].overlaps);
		assert_int_equal(prefix_overlaps(&b, &a), rows[i].overlaps);
	}
}

static void
masking_clears_all_bits_past_the_length(void **state)
{
	struct prefix p;
	unsigned int len, bit;

	(void)state;
	for (len = 0; len <= 128; len++) {
		memset(&p.addr, 0xff, sizeof(p.addr));
		p.len = len;
		prefix_mask(&p);
		for (bit = 0; bit < 128; bit++)
			assert_int_equal(p.addr.octet[bit / 8] >>
			    (7 - bit % 8) & 1, bit < len);
	}
}

static void
prefixes_are_ordered_by_address_then_length(void **state)
{
	struct prefix a = prefix_of("10.0.0.0/8"), b = prefix_of("10.0.0.0/9"),
	    c = prefix_of("10.1.0.0/16"), h;
	struct addr addr = addr_of("10.1.1.1");

	(void)state;
	assert_true(prefix_cmp(&a, &b) < 0);
	assert_true(prefix_cmp(&b, &a) > 0);
	assert_true(prefix_cmp(&b, &c) < 0);
	assert_int_equal(prefix_cmp(&c, &c), 0);
	prefix_host(&h, &addr);
	assert_string_equal(prefix_text(&h), "10.1.1.1/32");
}

static void
router_ids_parse_back(void **state)
{
	struct router_id id;

	(void)state;
	assert_int_equal(router_id_parse("02:00:00:ff:fe:00:00:01", &id), 0);
	assert_string_equal(router_id_text(&id), "02:00:00:ff:fe:00:00:01");
	assert_false(router_id_is_none(&id));
	assert_int_equal(router_id_parse("0:0:0:0:0:0:0:0", &id), 0);
	assert_true(router_id_is_none(&id));
	assert_int_equal(router_id_parse("02:00:00:ff:fe:00:00", &id), -1);
}

static void
several_texts_live_at_the_same_time(void **state)
{
	struct mac m[4] = { 0 };
	const char *text[4];
	char want[MAC_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		m[i].octet[5] = i;
		text[i] = mac_text(&m[i]);
	}
	for (i = 0; i < 4; i++) {
		snprintf(want, sizeof(want), "00:00:00:00:00:%02x", i);
		assert_string_equal(text[i], want);
	}
}

/* As base64(1) says it. */
static void
fingerprints_are_base64(void **state)
{
	char text[FINGERPRINT_TEXT];
	uint8_t hash[32];
	int i;

	(void)state;
	for (i = 0; i < 32; i++)
		hash[i] = (uint8_t)(i * 37 + 251);
	fingerprint_text(text, hash);
	assert_string_equal(text,
	    "SHA256:+yBFao+02f4jSG2St9wBJktwlbrfBClOc5i94gcsUXY");
	memset(hash, 0xff, sizeof(hash));
	fingerprint_text(text, hash);
	assert_string_equal(text,
	    "SHA256://////////////////////////////////////////8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_macs_parse_back),
		cmocka_unit_test(macs_are_ordered_by_octets),
		cmocka_unit_test(addresses_of_both_families_parse_back),
		cmocka_unit_test(ipv4_octets_go_in_and_out),
		cmocka_unit_test(a_mac_address_makes_a_link_local_one),
		cmocka_unit_test(prefixes_parse_with_exact_bits),
		cmocka_unit_test(prefixes_contain_their_own_family_only),
		cmocka_unit_test(covering_and_overlapping),
		cmocka_unit_test(masking_clears_all_bits_past_the_length),
		cmocka_unit_test(prefixes_are_ordered_by_address_then_length),
		cmocka_unit_test(router_ids_parse_back),
		cmocka_unit_test(fingerprints_are_base64),
		cmocka_unit_test(several_texts_live_at_the_same_time)
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
