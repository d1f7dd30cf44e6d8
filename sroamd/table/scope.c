/* SPDX-License-Identifier: ISC */
/* Keys of data and of networks. */
#include <stdlib.h>
#include <string.h>

#include "table/scope.h"
#include "table/state.h"

#define AT_NAME		2	/* behind kind and length */

static int	cmp(const void *, const void *);
static int32_t	find(const struct scopes *, const uint8_t *, uint8_t);

/* Shorter ones first. */
static int
cmp(const void *a, const void *b)
{
	const struct scope	*x = a, *y = b;

	if (x->len != y->len)
		return x->len - y->len;
	return memcmp(x->name, y->name, x->len);
}

void
scopes_make(struct scopes *all, const struct conf *conf)
{
	struct scope	*s;
	uint32_t	 i;

	memset(all, 0, sizeof(*all));
	for (i = 1; i < conf->nnetworks && i < CONF_NETWORKS; i++) {
		s = &all->list[all->n++];
		strlcpy(s->name, conf->networks[i].name, sizeof(s->name));
		s->len = (uint8_t)strlen(s->name);
		s->number = i;
	}
	qsort(all->list, all->n, sizeof(all->list[0]), cmp);
}

static int32_t
find(const struct scopes *all, const uint8_t *name, uint8_t len)
{
	struct scope		 like = { .len = len };
	const struct scope	*s;

	memcpy(like.name, name, len);
	s = bsearch(&like, all->list, all->n, sizeof(like), cmp);
	return s != NULL ? (int32_t)s->number : -1;
}

bool
key_inner(const struct core *core, const uint8_t *key, uint8_t keylen,
    struct inner *inner)
{
	uint8_t	len;

	inner->key = key;
	inner->len = keylen;
	inner->at = 0;
	inner->network = 0;
	if (keylen == 0 || key[0] != DATUM_NETWORK)
		return keylen > 0;
	if (keylen < AT_NAME || (len = key[1]) == 0 ||
	    len >= NETWORK_NAME_MAX || keylen <= AT_NAME + len)
		return false;
	inner->at = (uint8_t)(AT_NAME + len);
	inner->key = key + inner->at;
	inner->len = (uint8_t)(keylen - inner->at);
	inner->network = find(&core->scopes, key + AT_NAME, len);
	return inner->key[0] != DATUM_ROUTER && inner->key[0] != DATUM_NETWORK;
}

bool
key_is_of_station(const struct inner *inner)
{
	return inner->len == 1 + sizeof(struct mac) &&
	    mac_is_station((const struct mac *)(inner->key + 1));
}

uint8_t
key_outer(const char *network, const uint8_t *key, uint8_t len,
    uint8_t outer[KEY_MAX])
{
	uint8_t	n = (uint8_t)strlen(network), at = 0;

	if (n > 0) {
		outer[0] = DATUM_NETWORK;
		outer[1] = n;
		memcpy(outer + AT_NAME, network, n);
		at = (uint8_t)(AT_NAME + n);
	}
	memcpy(outer + at, key, len);
	return (uint8_t)(at + len);
}
