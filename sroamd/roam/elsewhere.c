/* SPDX-License-Identifier: ISC */
/*
 * Locations in networks that are not configured here.  One that names this
 * router is of a former configuration, or nobody's word: the station is not
 * here.  Others would send its packets here, and they would be sent back.
 */
#include <string.h>

#include "roam/elsewhere.h"
#include "roam/location.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/order.h"
#include "table/scope.h"
#include "table/state.h"
#include "table/table.h"

#define ORPHAN_MS	2000	/* as where the network is configured */

static bool	names_us(const struct core *, const struct datum *);
static bool	deny(struct core *, struct datum *, monotime_t);

static bool
names_us(const struct core *core, const struct datum *d)
{
	struct inner	inner;

	return !core->clone && d->vallen == sizeof(core->self.octet) &&
	    key_inner(core, d->data, d->keylen, &inner) &&
	    key_is_of_station(&inner) && memcmp(datum_value(d),
	    core->self.octet, sizeof(core->self.octet)) == 0;
}

/* false: no memory. */
static bool
deny(struct core *core, struct datum *d, monotime_t now)
{
	uint8_t		key[DATUM_MAX];
	struct claim	c = {
		.key = key, .keylen = d->keylen, .value = key,
		.seqno = seqno_after(d->seqno), .own = true, .claimed = now
	};

	memcpy(key, d->data, d->keylen);
	c.expires = monotime_add(now, 1000LL * kind_life(core, d->kind, key,
	    d->keylen, 0, c.seqno));
	if ((d = table_put(core, d, &c, now)) == NULL)
		return false;
	elsewhere_stored(core, d, now);
	return true;
}

void
elsewhere_stored(struct core *core, struct datum *d, monotime_t now)
{
	monotime_t	due = digest_add(core, d, now);

	if (names_us(core, d))
		due = monotime_min(due, monotime_add(now, ORPHAN_MS));
	timer_set(&core->timers, &d->timer, due);
}

void
elsewhere_timer(struct core *core, struct datum *d, monotime_t now)
{
	if (!datum_live(d, now))
		table_remove(core, d);
	else if (!core->started || !names_us(core, d) || !deny(core, d, now))
		elsewhere_stored(core, d, now);
}
