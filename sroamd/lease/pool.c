/* SPDX-License-Identifier: ISC */
/*
 * Pools: what can be leased of each configured prefix, its ranges without what
 * is excluded.
 */
#include <stdlib.h>
#include <string.h>

#include "lease/pool.h"
#include "table/key.h"

static uint32_t	v4_number(const struct addr *);
static int	span_cmp(const void *, const void *);
static void	add_span(struct pool *, uint32_t, uint32_t);
static void	cut_span(struct pool *, uint32_t, uint32_t);
static void	make_spans(const struct conf_network *, struct pool *);

static uint32_t
v4_number(const struct addr *addr)
{
	const uint8_t	*v4 = addr_v4(addr);

	return (uint32_t)v4[0] << 24 | (uint32_t)v4[1] << 16 |
	    (uint32_t)v4[2] << 8 | v4[3];
}

static int
span_cmp(const void *a, const void *b)
{
	const struct span	*x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static void
add_span(struct pool *pool, uint32_t first, uint32_t last)
{
	pool->spans[pool->nspans].first = first;
	pool->spans[pool->nspans++].last = last;
}

/* Remove a range from all spans; in the middle of one, it makes two. */
static void
cut_span(struct pool *pool, uint32_t first, uint32_t last)
{
	struct pool	was = *pool;
	uint32_t	i;

	pool->nspans = 0;
	for (i = 0; i < was.nspans; i++) {
		if (last < was.spans[i].first || first > was.spans[i].last) {
			add_span(pool, was.spans[i].first, was.spans[i].last);
			continue;
		}
		if (first > was.spans[i].first)
			add_span(pool, was.spans[i].first, first - 1);
		if (last < was.spans[i].last)
			add_span(pool, last + 1, was.spans[i].last);
	}
}

/* Ranges may overlap; spans do not. */
static void
make_spans(const struct conf_network *net, struct pool *pool)
{
	const struct prefix	*prefix = &pool->prefix;
	uint32_t		 first = v4_number(&prefix->addr), i, n = 0;
	uint32_t		 last = first |
				    (uint32_t)(UINT64_C(0xffffffff) >>
				    (prefix->len - V4_PLEN));

	for (i = 0; i < net->nranges; i++)
		if (prefix_contains(prefix, &net->ranges[i].first))
			add_span(pool, v4_number(&net->ranges[i].first),
			    v4_number(&net->ranges[i].last));
	if (pool->nspans == 0)
		add_span(pool, first, last);
	qsort(pool->spans, pool->nspans, sizeof(pool->spans[0]), span_cmp);
	for (i = 1; i < pool->nspans; i++) {
		if (pool->spans[i].first > pool->spans[n].last)
			pool->spans[++n] = pool->spans[i];
		else if (pool->spans[i].last > pool->spans[n].last)
			pool->spans[n].last = pool->spans[i].last;
	}
	pool->nspans = n + 1;
	for (i = 0; i < net->nexcludes; i++)
		if (prefix_contains(prefix, &net->excludes[i].first))
			cut_span(pool, v4_number(&net->excludes[i].first),
			    v4_number(&net->excludes[i].last));
	for (i = 0; i < net->nstatics; i++)
		if (prefix_contains(prefix, &net->statics[i].first))
			cut_span(pool, v4_number(&net->statics[i].first),
			    v4_number(&net->statics[i].last));
}

void
pool_make(struct pool *pool, const struct conf_network *net, uint32_t i)
{
	unsigned int	n, bits;

	memset(pool, 0, sizeof(*pool));
	pool->prefix = net->prefixes[i];
	pool->len = conf_lease_len(net, i);
	if (!prefix_is_v4(&pool->prefix)) {
		pool->kind = net->delegates[i] != 0 ? LEASE_DELEGATED :
		    LEASE_PREFIX;
		bits = (unsigned int)pool->len - pool->prefix.len;
		pool->size = bits >= 63 ? 1ULL << 63 : 1ULL << bits;
		return;
	}
	pool->kind = LEASE_ADDRESS;
	make_spans(net, pool);
	for (n = 0; n < pool->nspans; n++)
		pool->size += (uint64_t)pool->spans[n].last -
		    pool->spans[n].first + 1;
}

bool
pool_is_end(const struct pool *pool, const struct prefix *p)
{
	uint32_t	ones, n;

	if (!prefix_is_v4(p) || prefix_plen(&pool->prefix) >= 31)
		return false;
	ones = UINT32_MAX >> prefix_plen(&pool->prefix);
	n = v4_number(&p->addr) & ones;
	return n == 0 || n == ones;
}

bool
pool_has(const struct pool *pool, const struct prefix *p)
{
	uint32_t	i, n;

	if (!prefix_is_v4(p))
		return true;
	n = v4_number(&p->addr);
	for (i = 0; i < pool->nspans; i++)
		if (n >= pool->spans[i].first && n <= pool->spans[i].last)
			return true;
	return false;
}

void
pool_nth(const struct pool *pool, uint64_t n, struct prefix *p)
{
	uint64_t	size;
	uint32_t	i;
	int		o;

	*p = pool->prefix;
	p->len = pool->len;
	if (!prefix_is_v4(p)) {
		n <<= 64 - pool->len;
		for (o = 7; o >= 0 && n != 0; o--, n >>= 8)
			p->addr.octet[o] |= (uint8_t)n;
		return;
	}
	for (i = 0; i < pool->nspans; i++, n -= size) {
		size = (uint64_t)pool->spans[i].last - pool->spans[i].first + 1;
		if (n >= size)
			continue;
		n += pool->spans[i].first;
		for (o = 15; o >= 12; o--, n >>= 8)
			p->addr.octet[o] = (uint8_t)n;
		return;
	}
}
