/* SPDX-License-Identifier: ISC */
/* The data of leases, by what is leased. */
#include "lease/find.h"
#include "lease/network.h"
#include "table/table.h"

/* Of the network whose prefix it is in, or as one without a name. */
uint8_t
lease_whole_key(const struct core *core, enum lease_kind kind,
    const struct prefix *p, uint8_t key[KEY_MAX])
{
	const struct pool	*pool;
	uint8_t			 plain[LEASE_KEY_MAX];

	if (!networks_named(core) || (pool = pool_over(core, p)) == NULL ||
	    pool->network->number == 0)
		return lease_key(kind, p, key);
	return network_key(pool->network, plain, lease_key(kind, p, plain),
	    key);
}

struct datum *
lease_find(struct core *core, enum lease_kind kind, const struct prefix *p)
{
	uint8_t	key[KEY_MAX], keylen;

	keylen = lease_whole_key(core, kind, p, key);
	return table_find(core, key, keylen);
}
