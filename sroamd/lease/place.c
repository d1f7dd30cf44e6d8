/* SPDX-License-Identifier: ISC */
/* Routers by their addresses: place.h. */
#include <string.h>

#include "lease/place.h"
#include "lease/router.h"
#include "lease/state.h"
#include "table/state.h"

#define LOOK_MAX	32	/* routers at one address, of those looked at */

static void	put(struct core *, struct router *, unsigned int,
		    const struct addr *);

RB_GENERATE(place_tree, router_place, entry, place_cmp)

int
place_cmp(const struct router_place *a, const struct router_place *b)
{
	int	c = addr_cmp(&a->addr, &b->addr);

	return c != 0 ? c : router_id_cmp(&a->router->info.id,
	    &b->router->info.id);
}

void
place_set(struct core *core, struct router *r)
{
	put(core, r, 0, &r->info.addr4);
	put(core, r, 1, &r->info.addr6);
}

void
place_clear(struct core *core, struct router *r)
{
	put(core, r, 0, &addr_none);
	put(core, r, 1, &addr_none);
}

static void
put(struct core *core, struct router *r, unsigned int which,
    const struct addr *addr)
{
	struct router_place	*p = &r->places[which];

	if (addr_cmp(&p->addr, addr) == 0)
		return;
	if (!addr_is_none(&p->addr))
		RB_REMOVE(place_tree, &core->lease->places, p);
	p->addr = *addr;
	p->router = r;
	if (!addr_is_none(addr))
		RB_INSERT(place_tree, &core->lease->places, p);
}

struct router *
place_other(struct core *core, const struct router_place *at, bool silent)
{
	struct router_place	 key = *at, *p;
	struct router		 first;
	unsigned int		 n = 0;

	if (addr_is_none(&at->addr))
		return NULL;
	memset(&first, 0, sizeof(first));
	key.router = &first;
	for (p = RB_NFIND(place_tree, &core->lease->places, &key);
	    p != NULL && addr_cmp(&p->addr, &at->addr) == 0 && n < LOOK_MAX;
	    p = RB_NEXT(place_tree, &core->lease->places, p), n++)
		if (p->router != at->router && p->router->silent == silent &&
		    (p->router->datum != NULL || router_id_cmp(&core->self,
		    &p->router->info.id) == 0))
			return p->router;
	return NULL;
}
