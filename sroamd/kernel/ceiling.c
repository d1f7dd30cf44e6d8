/* SPDX-License-Identifier: ISC */
/* Ceilings of routes, neighbours and routers. */
#include <unistd.h>

#include "kernel/ceiling.h"
#include "kernel/nexthop.h"
#include "kernel/state.h"

/*
 * In the kernel and here, measured: 740 and 260 for a route in both tables with
 * its neighbour, 340 and 90 for a neighbour.
 */
#define ROUTE_OCTETS	1024
#define NEIGH_OCTETS	512
#define NEIGHS_MAX	100000
#define NEIGHS_STATION	17	/* lease/neigh.c, and its link-local one */
/* More than CONF_MEMBERS, as old ones are freed only at the end of a turn. */
#define ROUTERS_MAX	(NEXTHOP_NUMBERS / 4 * 3)
#define ROUTERS_LEAST	64

static uint64_t	least(uint64_t, uint64_t);

uint64_t
ceiling_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || size <= 0)
		return UINT64_MAX;
	return (uint64_t)pages * (uint64_t)size;
}

/*
 * One for each lease at most.  Those that the engine has withdrawn are here
 * until they have been removed: an eighth more.
 */
uint64_t
ceiling_routes(const struct kernel *k)
{
	uint64_t data = k->conf.max_data;

	return least(data + data / 8 + 64, k->memory / 4 / ROUTE_OCTETS);
}

uint64_t
ceiling_neighs(const struct kernel *k)
{
	return least(least((uint64_t)k->conf.max_data * NEIGHS_STATION,
	    NEIGHS_MAX), k->memory / 8 / NEIGH_OCTETS);
}

uint64_t
ceiling_neighs_all(const struct kernel *k)
{
	uint64_t neighs = ceiling_neighs(k);

	return neighs + neighs / 8;
}

/*
 * Twice as many as announce themselves: stations may be at others yet.  In each
 * VRF they are others.
 */
uint64_t
ceiling_routers(const struct kernel *k)
{
	return least(((uint64_t)k->conf.max_routers * 2 + ROUTERS_LEAST) *
	    (k->vrfs.n + 1), ROUTERS_MAX);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}
