/* SPDX-License-Identifier: ISC */
/*
 * What the core drops: counted by reason, for each interface and in all.  The
 * interface may be gone, or not be there yet; its counts stay.
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
	RB_ENTRY(drops)		 entry;
	uint32_t		 ifindex;
	uint64_t		 count[CTL_DROPS];
};

static int	drops_cmp(const struct drops *, const struct drops *);
static struct drops *drops_get(struct core *, uint32_t ifindex);

RB_PROTOTYPE(drops_tree, drops, entry, drops_cmp)
RB_GENERATE(drops_tree, drops, entry, drops_cmp)

#define TOTAL(x)	offsetof(struct ctl_status, x)

static const struct {
	size_t		 total;		/* in struct ctl_status */
	const char	*text;
} reasons[CTL_DROPS] = {
	[CTL_DROP_DHCP_GATEWAY] = { TOTAL(dhcp_dropped),
	    "dhcp: no gateway address to answer from" },
	[CTL_DROP_DHCP_SENDER] = { TOTAL(dhcp_dropped),
	    "dhcp: not from the station that it is for" },
	[CTL_DROP_DHCP_TYPE] = { TOTAL(dhcp_dropped),
	    "dhcp: no message of a client" },
	[CTL_DROP_DHCP_SERVER] = { TOTAL(dhcp_dropped),
	    "dhcp: for another server, or for no address" },
	[CTL_DROP_DHCP_OWNER] = { TOTAL(dhcp_dropped),
	    "dhcp: of an address that it has not" },
	[CTL_DROP_DHCP_EMPTY] = { TOTAL(dhcp_dropped),
	    "dhcp: no address is free" },
	[CTL_DROP_DHCP_FULL] = { TOTAL(dhcp_dropped),
	    "dhcp: the table is full" },
	[CTL_DROP_DHCP_LIMIT] = { TOTAL(dhcp_limited),
	    "dhcp: too many new leases" },
	[CTL_DROP_DHCP6_OFF] = { TOTAL(dhcp6_dropped),
	    "dhcp6: not configured" },
	[CTL_DROP_DHCP6_PLACE] = { TOTAL(dhcp6_dropped),
	    "dhcp6: no station here" },
	[CTL_DROP_DHCP6_OFTEN] = { TOTAL(dhcp6_dropped),
	    "dhcp6: asks too often" },
	[CTL_DROP_DHCP6_SERVER] = { TOTAL(dhcp6_dropped),
	    "dhcp6: for another server, or its identifiers are wrong" },
	[CTL_DROP_DHCP6_NOTHING] = { TOTAL(dhcp6_dropped),
	    "dhcp6: there is nothing to answer" },
	[CTL_DROP_DHCP6_LIMIT] = { TOTAL(dhcp_limited),
	    "dhcp6: too many new leases" },
	[CTL_DROP_RS_PLACE] = { TOTAL(solicits_dropped),
	    "router solicitation: no station here" },
	[CTL_DROP_RS_OFTEN] = { TOTAL(solicits_dropped),
	    "router solicitation: asks too often" },
	[CTL_DROP_JOIN_LIMIT] = { TOTAL(joins_limited),
	    "too many new stations" },
	[CTL_DROP_ADDRESS] = { TOTAL(impostors),
	    "has an address of a router" },
	[CTL_DROP_OVERLOAD] = { TOTAL(answers_dropped),
	    "too many answers wait to be sent" }
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
