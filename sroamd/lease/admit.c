/* SPDX-License-Identifier: ISC */
/*
 * Which routers this one admits: those that are known, or all but denied; and
 * stations but denied ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lease/admit.h"
#include "lease/drop.h"
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
	to->nbars = conf->nbars;
	to->routers = copy(conf->routers, conf->nrouters,
	    sizeof(*conf->routers));
	to->denies = copy(conf->denies, conf->ndenies, sizeof(*conf->denies));
	to->bars = copy(conf->bars, conf->nbars, sizeof(*conf->bars));
	if ((conf->nrouters == 0 || to->routers != NULL) &&
	    (conf->ndenies == 0 || to->denies != NULL) &&
	    (conf->nbars == 0 || to->bars != NULL))
		return 0;
	admission_free(to);
	return -1;
}

void
admission_free(struct conf *lists)
{
	free(lists->routers);
	free(lists->denies);
	free(lists->bars);
	lists->routers = NULL;
	lists->denies = NULL;
	lists->bars = NULL;
	lists->nrouters = lists->ndenies = lists->nbars = 0;
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
	own->bars = lists->bars;
	own->nbars = lists->nbars;
	lists->routers = NULL;
	lists->denies = NULL;
	lists->bars = NULL;
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

bool
station_barred(struct core *core, uint32_t ifindex, const struct mac *mac)
{
	if (!conf_barred(&core->lease->admission, mac))
		return false;
	drop_message(core, ifindex, mac, CTL_DROP_DENIED);
	return true;
}
