/* SPDX-License-Identifier: ISC */
/*
 * Counts what the core drops, by reason, for each interface and in total.  The
 * counts of an interface stay when it is gone.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "lease/door.h"
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/state.h"
#include "table/effect.h"
#include "table/state.h"

/* Of an interface, by reason; kept when it is gone. */
struct drops {
	RB_ENTRY(drops)	entry;
	uint32_t	ifindex;
	uint64_t	count[CTL_DROPS];
};

static int		 drops_cmp(const struct drops *, const struct drops *);
static struct drops	*drops_get(struct core *, uint32_t ifindex);

RB_PROTOTYPE(drops_tree, drops, entry, drops_cmp)
RB_GENERATE(drops_tree, drops, entry, drops_cmp)

#define REASON(name, total, key, label, text) \
	[CTL_DROP_##name] = { offsetof(struct ctl_status, total), text },

static const struct {
	size_t		 total;		/* in struct ctl_status */
	const char	*text;
} reasons[CTL_DROPS] = {
	CTL_DROP_LIST(REASON)
};

static int
drops_cmp(const struct drops *a, const struct drops *b)
{
	return (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
}

/* NULL: no memory, or more interfaces than there can be. */
static struct drops *
drops_get(struct core *core, uint32_t ifindex)
{
	struct drops	*d, key;

	key.ifindex = ifindex;
	if ((d = RB_FIND(drops_tree, &core->lease->drops, &key)) != NULL ||
	    core->lease->ndrops >= CONF_IFACES)
		return d;
	if ((d = calloc(1, sizeof(*d))) == NULL) {
		core_no_memory(core, "the counts of an interface");
		return NULL;
	}
	d->ifindex = ifindex;
	RB_INSERT(drops_tree, &core->lease->drops, d);
	core->lease->ndrops++;
	return d;
}

void
drop_count(struct core *core, uint32_t ifindex, enum ctl_drop why)
{
	struct drops	*d = drops_get(core, ifindex);
	uint64_t	*total;

	if (d != NULL)
		d->count[why]++;
	total = (uint64_t *)(void *)((char *)&core->counters +
	    reasons[why].total);
	++*total;
}

void
drop_message(struct core *core, uint32_t ifindex, const struct mac *mac,
    enum ctl_drop why)
{
	struct iface	*i;

	drop_count(core, ifindex, why);
	if (!core->verbose)
		return;
	i = iface_at(core, ifindex);
	core_log(core, LEVEL_DEBUG, "%s: station %s: dropped: %s",
	    i != NULL ? i->link.name : "?", mac_text(mac), reasons[why].text);
}

void
core_answer_dropped(struct core *core, uint32_t ifindex)
{
	drop_count(core, ifindex, CTL_DROP_OVERLOAD);
}

int
core_show_drops(struct core *core, uint32_t *ifindex,
    uint64_t count[CTL_DROPS])
{
	struct drops	*d, key;

	key.ifindex = *ifindex + 1;
	if ((d = RB_NFIND(drops_tree, &core->lease->drops, &key)) == NULL)
		return 0;
	*ifindex = d->ifindex;
	memcpy(count, d->count, sizeof(d->count));
	return 1;
}

void
drops_free(struct core *core)
{
	struct drops	*d;

	while ((d = RB_ROOT(&core->lease->drops)) != NULL) {
		RB_REMOVE(drops_tree, &core->lease->drops, d);
		free(d);
	}
}
