/* SPDX-License-Identifier: ISC */
/*
 * A station at this router, as an object; and what the link layer is told of
 * it.  Who comes and who goes: roam/assoc.c.
 */
#include <string.h>

#include "core/state.h"

struct assoc *
assoc_here(const struct station *s)
{
	return s->assoc != NULL && s->assoc->state == ASSOC_HERE ?
	    s->assoc : NULL;
}

/*
 * Have the link layer forget the station, so that it is seen anew; silent: a
 * station that is not here, and would be thrown out elsewhere if it heard.
 */
void
assoc_disassociate(struct core *core, const struct assoc *a, bool silent)
{
	struct disassociate	 dis;
	struct effect		 e = { .type = EFFECT_DISASSOCIATE };

	memset(&dis, 0, sizeof(dis));
	dis.ifindex = a->iface->link.ifindex;
	dis.port = a->port;
	dis.mac = a->station->mac;
	dis.silent = silent;
	e.disassociate = &dis;
	core_effect(core, &e);
}

/* Make the station ask anew: the address that it has is another's. */
void
assoc_renumber(struct core *core, struct assoc *a, monotime_t now)
{
	a->station->renumber = monotime_add(now, RENUMBER_MS);
	assoc_disassociate(core, a, false);
}
