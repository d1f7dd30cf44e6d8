/* SPDX-License-Identifier: ISC */
/*
 * State on disk: a router that goes down leaves its present data, or those of
 * the time before (the disk was full), or nothing.
 */
#include <stdlib.h>

#include "sim.h"

void
store_keep(struct router *router)
{
	size_t room = 0;
	struct stored *longer;

	if (!router->sim->store)
		return;
	switch (sim_random(&router->rng) % 3) {
	case 0:
		return;			/* the one before, if any */
	case 1:
		router->nkept = 0;
		return;
	}
	router->nkept = 0;
	core_store_start(router->core);
	core_store_all(router->core);
	for (;;) {
		if (router->nkept == room) {
			room = room == 0 ? 64 : room * 2;
			longer = realloc(router->kept,
			    room * sizeof(*longer));
			if (longer == NULL)
				abort();
			router->kept = longer;
		}
		if (!core_store_next(router->core,
		    &router->kept[router->nkept]))
			break;
		router->nkept++;
	}
}

void
store_load(struct router *router, monotime_t now)
{
	size_t i;

	for (i = 0; i < router->nkept; i++)
		(void)core_store_load(router->core, &router->kept[i], now);
}

void
store_free(struct router *router)
{
	free(router->kept);
	router->kept = NULL;
	router->nkept = 0;
}
