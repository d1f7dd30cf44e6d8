/* SPDX-License-Identifier: ISC */
/* Routers and stations by their addresses. */
#include "sim.h"

struct router *
ap_find(struct sim *sim, const struct router_id *id)
{
	int i = (id->octet[6] << 8 | id->octet[7]) - 1;

	return i >= 0 && i < sim->nrouters &&
	    router_id_cmp(&sim->routers[i]->id, id) == 0 ?
	    sim->routers[i] : NULL;
}

struct station *
sta_find(struct sim *sim, const struct mac *mac, uint32_t net)
{
	int i = mac->octet[4] << 8 | mac->octet[5];

	struct station *s;

	if (i >= sim->nstations ||
	    mac_cmp(&sim->stations[i]->mac, mac) != 0)
		return NULL;
	s = sim->stations[i];
	if (s->net != net)
		s = s->twin;
	return s != NULL && s->net == net ? s : NULL;
}
