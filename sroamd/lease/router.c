/* SPDX-License-Identifier: ISC */
/* The routers of the network, by their id.  Their data: router_datum.c. */
#include <string.h>

#include "lease/door.h"
#include "lease/router.h"
#include "lease/state.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/room.h"
#include "table/state.h"

RB_GENERATE(router_tree, router, entry, router_cmp)

int
router_cmp(const struct router *a, const struct router *b)
{
	return router_id_cmp(&a->info.id, &b->info.id);
}

struct router *
router_find(const struct core *core, const struct router_id *id)
{
	struct router	key;

	key.info.id = *id;
	return RB_FIND(router_tree, &core->lease->routers, &key);
}

struct router *
router_get(struct core *core, const struct router_id *id)
{
	struct router	*r;

	if ((r = router_find(core, id)) != NULL)
		return r;
	if ((r = room_alloc(core, sizeof(*r))) == NULL) {
		core_no_memory(core, "a router");
		return NULL;
	}
	r->info.id = *id;
	LIST_INIT(&r->stations);
	RB_INSERT(router_tree, &core->lease->routers, r);
	core->lease->nrouters++;
	return r;
}

void
router_release(struct core *core, struct router *r)
{
	if (r->datum != NULL || r->nstations > 0 || router_is_self(core, r))
		return;
	place_clear(core, r);
	RB_REMOVE(router_tree, &core->lease->routers, r);
	core->lease->nrouters--;
	room_free(core, r, sizeof(*r));
}

bool
router_is_self(const struct core *core, const struct router *r)
{
	return router_id_cmp(&r->info.id, &core->self) == 0;
}

bool
router_reachable(const struct router *r)
{
	return !addr_is_none(&r->info.addr4) || !addr_is_none(&r->info.addr6);
}

bool
core_router_heard(struct core *core, const struct router_id *id,
    monotime_t *when)
{
	const struct router	*r = router_find(core, id);

	if (r == NULL || r->datum == NULL)
		return false;
	*when = r->datum->claimed;
	return true;
}

const char *
core_router_name(const struct router *r)
{
	return r->info.name[0] != '\0' ? r->info.name :
	    router_id_text(&r->info.id);
}

void
core_name_router(const struct core *core, const struct router_id *id,
    char *name, size_t size)
{
	const struct router	*r;

	if ((r = router_find(core, id)) != NULL)
		strncpy(name, r->info.name, size - 1);
}

void
routers_free(struct core *core)
{
	struct router	*r;

	while ((r = RB_ROOT(&core->lease->routers)) != NULL) {
		RB_REMOVE(router_tree, &core->lease->routers, r);
		room_free(core, r, sizeof(*r));
	}
}
