/* SPDX-License-Identifier: ISC */
/*
 * The last roams of stations in the whole network, as this router heard of
 * them, to see how a roam went.
 */
#include <string.h>

#include "common/cursor.h"
#include "lease/door.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/door.h"
#include "roam/roam.h"
#include "roam/state.h"
#include "table/datum.h"
#include "table/state.h"

static const struct roam	*former(const struct core *,
				    struct ctl_cursor *);
static const char		*name_of(const struct roam *);

/* older ones come with a full table, not by a roam */
#define NEWS_MS		60000

/*
 * A station moved: old is NULL when it was nowhere, its router when it is.
 * During the start, perhaps only we did not know where it was.
 */
void
roam_note(struct core *core, const struct station *s,
    const struct router *old, monotime_t now)
{
	const struct datum	*d = s->location;
	struct roam		*roam;
	int64_t			 late;

	if (d == NULL || (old == NULL && !core->started))
		return;
	late = monotime_ms(d->claimed, now);
	if (late < 0 || late > NEWS_MS)
		return;
	roam = &core->roam->roams[core->roam->nroams++ % ROAMS];
	memset(roam, 0, sizeof(*roam));
	roam->mac = s->mac;
	memcpy(roam->network, s->network->conf.name, sizeof(roam->network));
	roam->heard = now;
	roam->late = (uint32_t)late;
	if (old != NULL)
		roam->from = old->info.id;
	if (s->router != NULL)
		roam->to = s->router->info.id;
}

/* The one before the cursor that an operator means, or NULL. */
static const struct roam *
former(const struct core *core, struct ctl_cursor *cursor)
{
	const struct roam	*roam;
	uint64_t		 i = core->roam->nroams;

	if (cursor->started)
		memcpy(&i, cursor->key, sizeof(i));
	while (i > 0 && core->roam->nroams - i < ROAMS) {
		i--;
		cursor_set(cursor, &i, sizeof(i));
		roam = &core->roam->roams[i % ROAMS];
		if (cursor->network[0] == '\0' ||
		    strcmp(name_of(roam), cursor->network) == 0)
			return roam;
	}
	return NULL;
}

static const char *
name_of(const struct roam *roam)
{
	return roam->network[0] != '\0' ? roam->network : CTL_UNNAMED;
}

/* The latest first. */
int
core_show_roam(struct core *core, struct ctl_cursor *cursor,
    struct ctl_roam *c, monotime_t now)
{
	const struct roam	*roam = former(core, cursor);

	memset(c, 0, sizeof(*c));
	if (roam == NULL)
		return 0;
	strlcpy(c->scope.network, name_of(roam), sizeof(c->scope.network));
	c->scope.width = core->lease->networks.names.list[0].width;
	c->mac = roam->mac;
	c->ago = (uint64_t)monotime_ms(roam->heard, now) + roam->late;
	c->late = roam->late;
	c->from = roam->from;
	c->to = roam->to;
	core_name_router(core, &c->from, c->from_name, sizeof(c->from_name));
	core_name_router(core, &c->to, c->to_name, sizeof(c->to_name));
	return 1;
}
