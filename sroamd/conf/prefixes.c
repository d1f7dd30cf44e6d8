/* SPDX-License-Identifier: ISC */
/* The prefixes of all networks, by address. */
#include <stdlib.h>
#include <string.h>

#include "conf/prefixes.h"

static int	cmp(const void *, const void *);

static int
cmp(const void *a, const void *b)
{
	const struct conf_prefix	*x = a, *y = b;

	return addr_cmp(&x->prefix.addr, &y->prefix.addr);
}

void
conf_prefixes_make(struct conf_prefixes *all, const struct conf *conf)
{
	const struct conf_network	*net;
	struct conf_prefix		*p;
	uint32_t			 i, n;

	memset(all, 0, sizeof(*all));
	for (n = 0; n < conf->nnetworks && n < CONF_NETWORKS; n++) {
		net = &conf->networks[n];
		for (i = 0; i < net->nprefixes && i < CONF_PREFIXES; i++) {
			p = &all->list[all->n++];
			p->prefix = net->prefixes[i];
			p->network = n;
			p->number = i;
			p->lease_len = conf_lease_len(net, i);
		}
	}
	qsort(all->list, all->n, sizeof(all->list[0]), cmp);
}

/* The last one that does not begin behind it. */
const struct conf_prefix *
conf_prefix_over(const struct conf_prefixes *all, const struct prefix *prefix)
{
	uint32_t	low = 0, high = all->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (addr_cmp(&all->list[middle].prefix.addr,
		    &prefix->addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !prefix_covers(&all->list[low - 1].prefix, prefix))
		return NULL;
	return &all->list[low - 1];
}

bool
conf_covers(const struct conf_prefixes *all, const struct prefix *prefix)
{
	return conf_prefix_over(all, prefix) != NULL;
}

bool
conf_leases(const struct conf_prefixes *all, const struct prefix *prefix)
{
	const struct conf_prefix	*p = conf_prefix_over(all, prefix);

	return p != NULL && prefix->len == p->lease_len;
}
