/* SPDX-License-Identifier: ISC */
/* The prefixes of all networks, by address. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "conf/prefixes.h"

#define V4_LEN	96	/* of ::ffff:0:0, before an IPv4 address */
#define V4_HALF	0xffff	/* what stands there in the lower half */

static int			cmp(const void *, const void *);
static struct conf_number	number(const struct addr *);
static struct conf_number	last_of(const struct prefix *);
static bool			is_behind(struct conf_number,
				    struct conf_number);
static bool			is_v4(struct conf_number, uint8_t len);

static int
cmp(const void *a, const void *b)
{
	const struct conf_prefix	*x = a, *y = b;

	return addr_cmp(&x->prefix.addr, &y->prefix.addr);
}

void
conf_prefixes_make(struct conf_prefixes *all, const struct conf *conf)
{
	const struct conf_network	*net;
	struct conf_prefix		*p;
	uint32_t			 i, n;

	memset(all, 0, sizeof(*all));
	for (n = 0; n < conf->nnetworks && n < CONF_NETWORKS; n++) {
		net = &conf->networks[n];
		for (i = 0; i < net->nprefixes && i < CONF_PREFIXES; i++) {
			p = &all->list[all->n++];
			p->prefix = net->prefixes[i];
			p->network = n;
			p->number = i;
			p->table = net->table;
			p->lease_len = conf_lease_len(net, i);
		}
	}
	qsort(all->list, all->n, sizeof(all->list[0]), cmp);
	for (i = 0; i < all->n; i++) {
		all->first[i] = number(&all->list[i].prefix.addr);
		all->last[i] = last_of(&all->list[i].prefix);
	}
}

/* In network order, as addresses are compared. */
static struct conf_number
number(const struct addr *addr)
{
	struct conf_number	n;

	memcpy(&n.high, addr->octet, sizeof(n.high));
	memcpy(&n.low, addr->octet + sizeof(n.high), sizeof(n.low));
	n.high = be64toh(n.high);
	n.low = be64toh(n.low);
	return n;
}

static struct conf_number
last_of(const struct prefix *prefix)
{
	struct conf_number	n = number(&prefix->addr);

	if (prefix->len < 64) {
		n.high |= UINT64_MAX >> prefix->len;
		n.low = UINT64_MAX;
	} else if (prefix->len < 128)
		n.low |= UINT64_MAX >> (prefix->len - 64);
	return n;
}

static bool
is_behind(struct conf_number a, struct conf_number b)
{
	return a.high != b.high ? a.high > b.high : a.low > b.low;
}

static bool
is_v4(struct conf_number n, uint8_t len)
{
	return len >= V4_LEN && n.high == 0 && n.low >> 32 == V4_HALF;
}

/* The last one that does not begin behind it. */
const struct conf_prefix *
conf_prefix_over(const struct conf_prefixes *all, const struct prefix *prefix)
{
	struct conf_number	address = number(&prefix->addr);
	uint32_t		low = 0, high = all->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (is_behind(all->first[middle], address))
			high = middle;
		else
			low = middle + 1;
	}
	if (low-- == 0 || is_behind(address, all->last[low]) ||
	    prefix->len < all->list[low].prefix.len ||
	    is_v4(address, prefix->len) != is_v4(all->first[low],
	    all->list[low].prefix.len))
		return NULL;
	return &all->list[low];
}

bool
conf_covers(const struct conf_prefixes *all, const struct prefix *prefix)
{
	return conf_prefix_over(all, prefix) != NULL;
}

bool
conf_leases(const struct conf_prefixes *all, const struct prefix *prefix)
{
	const struct conf_prefix	*p = conf_prefix_over(all, prefix);

	return p != NULL && prefix->len == p->lease_len;
}
