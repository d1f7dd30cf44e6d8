/* SPDX-License-Identifier: ISC */
/*
 * A station at this router, as an object, and what is asked of the link layer.
 * How stations come and go: roam/assoc.c.
 */
#include <string.h>

#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/station.h"
#include "table/effect.h"

#define RENUMBER_MS	600000	/* if the station does not react */

struct assoc *
assoc_here(const struct station *s)
{
	return s->assoc != NULL && s->assoc->state == ASSOC_HERE ?
	    s->assoc : NULL;
}

bool
assoc_lasts(const struct assoc *a)
{
	return a->source == SOURCE_NL80211 || a->fixed;
}

void
assoc_disassociate(struct core *core, const struct assoc *a, bool silent)
{
	struct disassociate	 dis;

	memset(&dis, 0, sizeof(dis));
	dis.ifindex = a->iface->link.ifindex;
	dis.port = a->port;
	dis.mac = a->station->mac;
	dis.silent = silent;
	core_effect(core, EFFECT_DISASSOCIATE, &dis, sizeof(dis));
}

void
assoc_renumber(struct core *core, struct assoc *a, monotime_t now)
{
	a->station->renumber = monotime_add(now, RENUMBER_MS);
	assoc_disassociate(core, a, false);
}
