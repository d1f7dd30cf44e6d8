/* SPDX-License-Identifier: ISC */
/*
 * Pools: what can be leased of each configured prefix, its ranges without what
 * is excluded.
 */
#include <stdlib.h>
#include <string.h>

#include "lease/pool.h"
#include "lease/state.h"
#include "table/key.h"
#include "table/state.h"

static uint32_t	v4_number(const struct addr *);
static int	span_cmp(const void *, const void *);
static void	add_span(struct pool *, uint32_t, uint32_t);
static void	cut_span(struct pool *, uint32_t, uint32_t);
static void	make_spans(const struct conf_global *, const struct prefix *,
		    struct pool *);

int
pool_of(const struct core *core, enum lease_kind kind, const struct prefix *p)
{
	unsigned int	i;

	for (i = 0; i < core->conf.nprefixes; i++)
		if (core->lease->pools[i].kind == kind &&
		    core->lease->pools[i].len == p->len &&
		    prefix_covers(&core->conf.prefixes[i], p))
			return (int)i;
	return -1;
}

enum lease_kind
pool_kind(const struct core *core, const struct prefix *p)
{
	unsigned int	i;

	for (i = 0; i < core->conf.nprefixes; i++)
		if (prefix_covers(&core->conf.prefixes[i], p))
			return core->lease->pools[i].kind;
	return prefix_is_v4(p) ? LEASE_ADDRESS : LEASE_PREFIX;
}

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
make_spans(const struct conf_global *g, const struct prefix *prefix,
    struct pool *pool)
{
	uint32_t	first = v4_number(&prefix->addr), i, n = 0;
	uint32_t	last = first | (uint32_t)(UINT64_C(0xffffffff) >>
			    (prefix->len - V4_PLEN));

	for (i = 0; i < g->nranges; i++)
		if (prefix_contains(prefix, &g->ranges[i].first))
			add_span(pool, v4_number(&g->ranges[i].first),
			    v4_number(&g->ranges[i].last));
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
	for (i = 0; i < g->nexcludes; i++)
		if (prefix_contains(prefix, &g->excludes[i].first))
			cut_span(pool, v4_number(&g->excludes[i].first),
			    v4_number(&g->excludes[i].last));
}

void
pools_make(struct core *core)
{
	const struct prefix	*prefix;
	struct pool		*pool;
	unsigned int		 i, n, bits;

	memset(core->lease->pools, 0, sizeof(core->lease->pools));
	for (i = 0; i < core->conf.nprefixes; i++) {
		prefix = &core->conf.prefixes[i];
		pool = &core->lease->pools[i];
		pool->len = conf_lease_len(&core->conf, i);
		if (!prefix_is_v4(prefix)) {
			pool->kind = core->conf.delegates[i] != 0 ?
			    LEASE_DELEGATED : LEASE_PREFIX;
			bits = (unsigned int)pool->len - prefix->len;
			pool->size = bits >= 63 ? 1ULL << 63 : 1ULL << bits;
			continue;
		}
		pool->kind = LEASE_ADDRESS;
		make_spans(&core->conf, prefix, pool);
		for (n = 0; n < pool->nspans; n++)
			pool->size += (uint64_t)pool->spans[n].last -
			    pool->spans[n].first + 1;
	}
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
pool_nth(const struct pool *pool, const struct prefix *prefix, uint64_t n,
    struct prefix *p)
{
	uint64_t	size;
	uint32_t	i;
	int		o;

	*p = *prefix;
	p->len = pool->len;
	if (!prefix_is_v4(prefix)) {
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

int
pool_inside(const struct core *core, enum lease_kind kind,
    const struct prefix *p)
{
	int	pool = pool_of(core, kind, p);

	return pool != -1 && pool_has(&core->lease->pools[pool], p) ? pool : -1;
}
