/* SPDX-License-Identifier: ISC */
/* A record of the table, as an object. */
#include <string.h>

#include "table/datum.h"

RB_GENERATE(datum_tree, datum, entry, datum_cmp)

const uint8_t *
datum_key(const struct datum *d)
{
	return d->data + d->inner;
}

uint8_t
datum_keylen(const struct datum *d)
{
	return (uint8_t)(d->keylen - d->inner);
}

const uint8_t *
datum_value(const struct datum *d)
{
	return d->data + d->keylen;
}

bool
datum_live(const struct datum *d, monotime_t now)
{
	return monotime_before(now, d->expires);
}

uint32_t
datum_remaining(const struct datum *d, monotime_t now)
{
	if (!datum_live(d, now))
		return 0;
	return (uint32_t)(monotime_ms(now, d->expires) / 1000);
}

int
datum_cmp(const struct datum *a, const struct datum *b)
{
	size_t	n = a->keylen < b->keylen ? a->keylen : b->keylen;
	int	c;

	if ((c = memcmp(a->data, b->data, n)) != 0)
		return c;
	return (a->keylen > b->keylen) - (a->keylen < b->keylen);
}
