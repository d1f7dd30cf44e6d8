/* SPDX-License-Identifier: ISC */
/* Checks of what clients of the control socket ask for. */
#include <string.h>

#include "frontend/request.h"
#include "msg.h"

static const char	*check_filter(const struct ctl_request *);
static const char	*check_prefix(const struct ctl_request *);
static bool		 is_masked(const struct ctl_request *);

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
	case CTL_SHOW_LEASES:
	case CTL_SHOW_STATIONS:
	case CTL_SHOW_ROAMS:
		if ((wrong = check_filter(r)) != NULL)
			return wrong;
		clean.mac = r->mac;
		clean.has_prefix = r->has_prefix;
		clean.prefix.addr = r->prefix.addr;
		clean.prefix.len = r->prefix.len;
		memcpy(clean.router, r->router, sizeof(clean.router));
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
	case CTL_CLEAR_ROUTER:
		if (r->router[0] == '\0' ||
		    strnlen(r->router, sizeof(r->router)) ==
		    sizeof(r->router))
			return "not the name or id of a router";
		strlcpy(clean.router, r->router, sizeof(clean.router));
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

static bool
is_masked(const struct ctl_request *r)
{
	struct prefix masked = r->prefix;

	if (r->has_prefix > 1 || r->prefix.len > 128)
		return false;
	prefix_mask(&masked);
	return prefix_cmp(&masked, &r->prefix) == 0;
}

/* What narrows a listing; without meaning it is zero. */
static const char *
check_filter(const struct ctl_request *r)
{
	static const struct mac none;
	static const struct prefix all;
	size_t i;

	if (!mac_is_station(&r->mac) && mac_cmp(&r->mac, &none) != 0)
		return "not the MAC address of a station";
	if (!is_masked(r) || (!r->has_prefix && prefix_cmp(&r->prefix,
	    &all) != 0))
		return "not a prefix";
	for (i = strnlen(r->router, sizeof(r->router) - 1);
	    i < sizeof(r->router); i++)
		if (r->router[i] != '\0')
			return "not the name of a router";
	return NULL;
}

const char *
request_unfit(const struct ipc_ctl *ctl)
{
	const struct imsg imsg = { IPC_CTL, 0, sizeof(*ctl), -1, ctl };

	return ipc_check(&imsg, PROC_FRONTEND, PROC_ENGINE);
}

static const char *
check_prefix(const struct ctl_request *r)
{
	const struct prefix masked = r->prefix;

	if (!is_masked(r))
		return "not a prefix";
	if (prefix_is_v4(&masked) ? masked.len != 128 :
	    masked.len < DELEGATED_SHORTEST || masked.len > DELEGATED_LONGEST)
		return "not a lease: those are an IPv4 address, an IPv6 /64 "
		    "or a delegated prefix";
	return NULL;
}
