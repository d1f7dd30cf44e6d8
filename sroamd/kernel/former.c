/* SPDX-License-Identifier: ISC */
/* Prefixes in which what has our protocol is ours. */
#include "kernel/former.h"
#include "kernel/state.h"

/* After a reload: k->conf is new. */
void
former_conf(struct kernel *k, const struct conf_global *old)
{
	uint32_t i;

	for (i = 0; i < old->nprefixes && k->nformer < FORMER_MAX; i++)
		if (!former_owns(k, &old->prefixes[i]))
			k->former[k->nformer++] = old->prefixes[i];
	k->former_walk = k->walk;
}

bool
former_owns(struct kernel *k, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < k->nformer; i++)
		if (prefix_covers(&k->former[i], p))
			return true;
	return conf_covers(&k->conf, p);
}
