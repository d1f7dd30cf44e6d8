/* SPDX-License-Identifier: ISC */
/* Router solicitations: a station asks for an advertisement. */
#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/door.h"
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/neigh.h"
#include "lease/station.h"

/*
 * RFC 4861 6.2.6, RFC 8273 4.  Only for stations that are known to be here.
 * One that asks before the link layer has reported it gets an advertisement
 * when it joins; for one that is not here we keep no state.
 */
void
core_solicit(struct core *core, const struct solicit *rs, monotime_t now)
{
	struct iface	*i = iface_at(core, rs->ifindex);
	struct station	*s;
	struct assoc	*a;

	if (i == NULL || !mac_is_station(&rs->source_mac) ||
	    (mac_is_station(&rs->lladdr) &&
	    mac_cmp(&rs->lladdr, &rs->source_mac) != 0) ||
	    (s = station_find(core, i->network, &rs->source_mac)) == NULL ||
	    (a = assoc_here(s)) == NULL ||
	    a->iface->link.ifindex != rs->ifindex) {
		drop_message(core, rs->ifindex, &rs->source_mac,
		    CTL_DROP_RS_PLACE);
		return;
	}
	a->heard = now;
	if (!advert_may_ask(a, now)) {
		drop_message(core, rs->ifindex, &rs->source_mac,
		    CTL_DROP_RS_OFTEN);
		return;
	}
	if (!addr_is_none(&rs->source))
		neigh_heard(core, a, &rs->source, now);
	advert_answer(core, a, &rs->source, now);
}
