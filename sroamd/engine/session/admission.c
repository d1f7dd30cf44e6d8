/* SPDX-License-Identifier: ISC */
/* Which routers the configuration admits: `routers known', `deny router'. */
#include "engine/session/local.h"
#include "wire/flood.h"

/* What admission_refusal needs of it: 0, or -1: no memory. */
int
admission_prepare(struct sessions *all, const struct conf *conf)
{
	struct conf	*st;
	size_t		 i;

	if ((st = all->staged_admits = conf_new()) == NULL)
		return -1;
	st->global.routers = conf->global.routers;
	for (i = 0; i < conf->nrouters; i++)
		if (conf_add_router(st, &conf->routers[i]) == -1)
			return -1;
	for (i = 0; i < conf->ndenies; i++)
		if (conf_add_deny(st, &conf->denies[i]) == -1)
			return -1;
	conf_routers_sort(st);
	return 0;
}

void
admission_abort(struct sessions *all)
{
	conf_free(all->staged_admits);
	all->staged_admits = NULL;
}

void
admission_commit(struct sessions *all)
{
	conf_free(all->admits);
	all->admits = all->staged_admits;
	all->staged_admits = NULL;
}

/* 0, or the code of the refusal. */
uint8_t
admission_refusal(const struct sessions *all, const struct router_id *id)
{
	if (conf_denied(all->admits, id))
		return REFUSAL_DENIED;
	if (all->admits->global.routers == ROUTERS_KNOWN &&
	    conf_router_find(all->admits, id) == NULL)
		return REFUSAL_UNKNOWN;
	return 0;
}

/* It has no id. */
bool
admission_of_v1(const struct sessions *all)
{
	return all->admits->global.routers == ROUTERS_ANY;
}
