/* SPDX-License-Identifier: ISC */
/* Prefixes in which routes and neighbours with our protocol are ours. */
#include "kernel/former.h"
#include "kernel/state.h"

void
former_add(struct kernel *k, const struct prefix *prefix)
{
	if (k->nformer < FORMER_MAX && !former_owns(k, prefix))
		k->former[k->nformer++] = *prefix;
	k->former_walk = k->walk;
}

bool
former_owns(struct kernel *k, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < k->nformer; i++)
		if (prefix_covers(&k->former[i], p))
			return true;
	return conf_covers(&k->prefixes, p);
}
