/* SPDX-License-Identifier: ISC */
/* Whether stations have a prefix, by the networks of a configuration. */
#ifndef SROAMD_REGRESS_COVERS_H
#define SROAMD_REGRESS_COVERS_H

#include <stdbool.h>

#include "conf/conf.h"

/* The length that one station has there, or 0. */
static inline uint8_t
lease_len(const struct conf *conf, const struct prefix *prefix)
{
	const struct conf_network *net;
	uint32_t i;

	for (net = conf->networks; net < conf->networks + conf->nnetworks;
	    net++)
		for (i = 0; i < net->nprefixes; i++)
			if (prefix_covers(&net->prefixes[i], prefix))
				return conf_lease_len(net, i);
	return 0;
}

static inline bool
is_covered(const struct conf *conf, const struct prefix *prefix)
{
	return lease_len(conf, prefix) != 0;
}

static inline bool
is_leasable(const struct conf *conf, const struct prefix *prefix)
{
	return prefix->len != 0 && lease_len(conf, prefix) == prefix->len;
}
#endif
