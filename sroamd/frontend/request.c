/* SPDX-License-Identifier: ISC */
/* Checks of what clients of the control socket ask for. */
#include <string.h>

#include "frontend/request.h"
#include "msg.h"

static const char	*check_prefix(const struct ctl_request *);

const char *
request_check(uint32_t type, struct ctl_request *r)
{
	struct ctl_request clean = { .version = CTL_VERSION };
	const char *wrong;

	memcpy(clean.network, r->network, sizeof(clean.network));
	switch (type) {
	case CTL_LOG:
		if (r->number > 1)
			return "neither brief nor verbose";
		clean.number = r->number;
		break;
	case CTL_MONITOR:
		if (r->number >= 1U << CTL_EVENTS)
			return "no such event";
		clean.number = r->number;
		break;
	case CTL_DISASSOCIATE:
		if (!mac_is_station(&r->mac))
			return "not the MAC address of a station";
		clean.mac = r->mac;
		break;
	case CTL_CLEAR_LEASE:
		if (r->has_prefix) {
			if ((wrong = check_prefix(r)) != NULL)
				return wrong;
			clean.has_prefix = 1;
			clean.prefix.addr = r->prefix.addr;
			clean.prefix.len = r->prefix.len;
		} else if (!mac_is_station(&r->mac))
			return "neither an address nor a station's MAC address";
		else
			clean.mac = r->mac;
		break;
	default:
		break;
	}
	*r = clean;
	return NULL;
}

static const char *
check_prefix(const struct ctl_request *r)
{
	struct prefix masked = r->prefix;

	if (r->has_prefix > 1 || r->prefix.len > 128)
		return "not a prefix";
	prefix_mask(&masked);
	if (prefix_cmp(&masked, &r->prefix) != 0)
		return "not a prefix";
	if (prefix_is_v4(&masked) ? masked.len != 128 :
	    masked.len < DELEGATED_SHORTEST || masked.len > DELEGATED_LONGEST)
		return "not a lease: those are an IPv4 address, an IPv6 /64 "
		    "or a delegated prefix";
	return NULL;
}
