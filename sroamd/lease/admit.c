/* SPDX-License-Identifier: ISC */
/* Which routers this one admits: those that are known, or all but denied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lease/admit.h"
#include "lease/state.h"

static void	*copy(const void *, size_t n, size_t size);

/* NULL if there is nothing, or no memory. */
static void *
copy(const void *from, size_t n, size_t size)
{
	void	*list;

	if (n == 0 || (list = calloc(n, size)) == NULL)
		return NULL;
	return memcpy(list, from, n * size);
}

int
admission_make(struct conf *to, const struct conf *conf)
{
	to->nrouters = conf->nrouters;
	to->ndenies = conf->ndenies;
	to->routers = copy(conf->routers, conf->nrouters,
	    sizeof(*conf->routers));
	to->denies = copy(conf->denies, conf->ndenies, sizeof(*conf->denies));
	if ((conf->nrouters == 0 || to->routers != NULL) &&
	    (conf->ndenies == 0 || to->denies != NULL))
		return 0;
	admission_free(to);
	return -1;
}

void
admission_free(struct conf *lists)
{
	free(lists->routers);
	free(lists->denies);
	lists->routers = NULL;
	lists->denies = NULL;
	lists->nrouters = lists->ndenies = 0;
}

void
admission_replace(struct core *core, struct conf *lists)
{
	struct conf	*own = &core->lease->admission;

	admission_free(own);
	own->routers = lists->routers;
	own->nrouters = lists->nrouters;
	own->denies = lists->denies;
	own->ndenies = lists->ndenies;
	lists->routers = NULL;
	lists->denies = NULL;
}

const char *
router_refused(const struct core *core, const struct router_id *id)
{
	static char		 why[64];
	const struct conf	*lists = &core->lease->admission;

	if (router_id_cmp(id, &core->self) == 0)
		return NULL;
	if (conf_denied(lists, id)) {
		snprintf(why, sizeof(why), "router %s is denied",
		    router_id_text(id));
		return why;
	}
	if (core->conf.routers == ROUTERS_KNOWN &&
	    conf_router_find(lists, id) == NULL) {
		snprintf(why, sizeof(why), "router %s is not known",
		    router_id_text(id));
		return why;
	}
	return NULL;
}
