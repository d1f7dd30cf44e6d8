/* SPDX-License-Identifier: ISC */
/*
 * Addresses, prefixes, MAC addresses and router ids: compared, read from text
 * and written as text.
 */
#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/addr.h"

#define TEXTS	16		/* texts that are valid at the same time */

static char	*next_text(void);
static int	 parse_octets(const char *, uint8_t *, size_t);
static bool	 same_bits(const uint8_t *, const uint8_t *, unsigned int);

static const uint8_t	v4_mapped[12] = { [10] = 0xff, [11] = 0xff };

const struct addr	addr_none;

int
mac_cmp(const struct mac *a, const struct mac *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet));
}

bool
mac_is_station(const struct mac *mac)
{
	static const struct mac zero;

	return (mac->octet[0] & 1) == 0 && mac_cmp(mac, &zero) != 0;
}

int
mac_parse(const char *text, struct mac *mac)
{
	struct mac m;

	if (parse_octets(text, m.octet, sizeof(m.octet)) == -1)
		return -1;
	*mac = m;
	return 0;
}

static uint32_t
fnv1a(const uint8_t *octet, size_t len, uint32_t seed)
{
	uint32_t hash = 2166136261U ^ seed;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ octet[i]) * 16777619U;
	return hash;
}

uint32_t
mac_hash(const struct mac *mac, uint32_t seed)
{
	return fnv1a(mac->octet, sizeof(mac->octet), seed);
}

uint32_t
addr_hash(const struct addr *addr, uint32_t seed)
{
	return fnv1a(addr->octet, sizeof(addr->octet), seed);
}

const char *
mac_text(const struct mac *mac)
{
	const uint8_t *o = mac->octet;
	char *text = next_text();

	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
	    o[0], o[1], o[2], o[3], o[4], o[5]);
	return text;
}

int
addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet));
}

bool
addr_is_none(const struct addr *addr)
{
	return addr_cmp(addr, &addr_none) == 0;
}

bool
addr_is_v4(const struct addr *addr)
{
	return memcmp(addr->octet, v4_mapped, sizeof(v4_mapped)) == 0;
}

/* fe80::/10, and 169.254.0.0/16 of RFC 3927. */
bool
addr_is_linklocal(const struct addr *addr)
{
	const uint8_t *o = addr->octet;

	if (addr_is_v4(addr))
		return o[12] == 169 && o[13] == 254;
	return o[0] == 0xfe && (o[1] & 0xc0) == 0x80;
}

bool
addr_is_multicast(const struct addr *addr)
{
	if (addr_is_v4(addr))
		return (addr->octet[12] & 0xf0) == 0xe0;
	return addr->octet[0] == 0xff;
}

void
addr_from_v4(struct addr *addr, const uint8_t v4[4])
{
	memcpy(addr->octet, v4_mapped, sizeof(v4_mapped));
	memcpy(addr->octet + sizeof(v4_mapped), v4, 4);
}

void
addr_from_mac(struct addr *addr, const struct mac *mac)
{
	memset(addr, 0, sizeof(*addr));
	addr->octet[0] = 0xfe;
	addr->octet[1] = 0x80;
	memcpy(addr->octet + 8, mac->octet, 3);
	addr->octet[8] ^= 0x02;
	addr->octet[11] = 0xff;
	addr->octet[12] = 0xfe;
	memcpy(addr->octet + 13, mac->octet + 3, 3);
}

const uint8_t *
addr_v4(const struct addr *addr)
{
	return addr->octet + sizeof(v4_mapped);
}

int
addr_parse(const char *text, struct addr *addr)
{
	struct in6_addr in6;
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) == 1) {
		addr_from_v4(addr, (const uint8_t *)&in.s_addr);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &in6) == 1) {
		memcpy(addr->octet, in6.s6_addr, sizeof(addr->octet));
		return 0;
	}
	return -1;
}

const char *
addr_text(const struct addr *addr)
{
	char *text = next_text();

	if (addr_is_v4(addr))
		inet_ntop(AF_INET, addr_v4(addr), text, ADDR_TEXT);
	else
		inet_ntop(AF_INET6, addr->octet, text, ADDR_TEXT);
	return text;
}

int
prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int cmp;

	if ((cmp = addr_cmp(&a->addr, &b->addr)) != 0)
		return cmp;
	return (a->len > b->len) - (a->len < b->len);
}

bool
prefix_is_v4(const struct prefix *prefix)
{
	return prefix->len >= V4_PLEN && addr_is_v4(&prefix->addr);
}

unsigned int
prefix_plen(const struct prefix *prefix)
{
	return prefix_is_v4(prefix) ? prefix->len - V4_PLEN : prefix->len;
}

/* The families stay apart: ::/0 does not contain an IPv4 address. */
bool
prefix_contains(const struct prefix *prefix, const struct addr *addr)
{
	return prefix_is_v4(prefix) == addr_is_v4(addr) &&
	    same_bits(prefix->addr.octet, addr->octet, prefix->len);
}

bool
prefix_covers(const struct prefix *wide, const struct prefix *narrow)
{
	return wide->len <= narrow->len &&
	    prefix_is_v4(wide) == prefix_is_v4(narrow) &&
	    same_bits(wide->addr.octet, narrow->addr.octet, wide->len);
}

bool
prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

void
prefix_host(struct prefix *prefix, const struct addr *addr)
{
	prefix->addr = *addr;
	prefix->len = 128;
}

void
prefix_mask(struct prefix *prefix)
{
	unsigned int i, keep;

	for (i = 0; i < sizeof(prefix->addr.octet); i++) {
		keep = prefix->len > i * 8 ? prefix->len - i * 8 : 0;
		if (keep < 8)
			prefix->addr.octet[i] &= 0xff00 >> keep;
	}
}

/* An address without a length is a host: /32 or /128. */
int
prefix_parse(const char *text, struct prefix *prefix)
{
	char buf[PREFIX_TEXT], *slash;
	struct prefix p, masked;
	unsigned int len, max;
	bool dotted;

	if (strlcpy(buf, text, sizeof(buf)) >= sizeof(buf))
		return -1;
	if ((slash = strchr(buf, '/')) != NULL)
		*slash++ = '\0';
	if (addr_parse(buf, &p.addr) == -1)
		return -1;
	dotted = strchr(buf, ':') == NULL;
	max = dotted ? 32 : 128;
	len = max;
	if (slash != NULL) {
		size_t digits = strspn(slash, "0123456789");

		if (digits == 0 || digits > 3 || slash[digits] != '\0' ||
		    (len = strtoul(slash, NULL, 10)) > max)
			return -1;
	}
	p.len = dotted ? len + V4_PLEN : len;
	masked = p;
	prefix_mask(&masked);
	if (prefix_cmp(&masked, &p) != 0)
		return -1;
	*prefix = p;
	return 0;
}

const char *
prefix_text(const struct prefix *prefix)
{
	char *text = next_text();

	snprintf(text, PREFIX_TEXT, "%s/%u", addr_text(&prefix->addr),
	    prefix_plen(prefix));
	return text;
}

int
router_id_cmp(const struct router_id *a, const struct router_id *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet));
}

bool
router_id_is_none(const struct router_id *id)
{
	static const struct router_id none;

	return router_id_cmp(id, &none) == 0;
}

int
router_id_parse(const char *text, struct router_id *id)
{
	struct router_id r;

	if (parse_octets(text, r.octet, sizeof(r.octet)) == -1)
		return -1;
	*id = r;
	return 0;
}

const char *
router_id_text(const struct router_id *id)
{
	const uint8_t *o = id->octet;
	char *text = next_text();

	snprintf(text, ROUTER_ID_TEXT,
	    "%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x",
	    o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]);
	return text;
}

static char *
next_text(void)
{
	static char texts[TEXTS][PREFIX_TEXT];
	static unsigned int next;

	return texts[next++ % TEXTS];
}

/* n octets of one or two hexadecimal digits, colons between. */
static int
parse_octets(const char *text, uint8_t *octet, size_t n)
{
	size_t i, digits;

	for (i = 0; i < n; i++) {
		digits = strspn(text, "0123456789abcdefABCDEF");
		if (digits < 1 || digits > 2 ||
		    text[digits] != (i == n - 1 ? '\0' : ':'))
			return -1;
		octet[i] = strtoul(text, NULL, 16);
		text += digits + 1;
	}
	return 0;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned int n)
{
	unsigned int whole = n / 8, rest = n % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) & (0xff00 >> rest) & 0xff)
	    == 0;
}
